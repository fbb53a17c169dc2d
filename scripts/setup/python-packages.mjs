// The Python packages of the FastAPI example, in a virtual environment that every checkout shares.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root, tools, versions } from '../lib/paths.mjs';
import { must, run } from '../lib/run.mjs';
import { StepError } from '../lib/step.mjs';
import { programFor } from '../lib/which.mjs';
import { atLeast } from './prerequisites.mjs';

const REQUIREMENTS = join(root, 'examples', 'backends', 'fastapi', 'requirements.txt');
const REMEDY = `Install Python ${versions.python} or later with its venv module (Debian: apt-get install python3-venv), or set PYTHON.`;

function environment() {
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  return join(tools, `python-${hash.slice(0, 16)}`);
}

/** The interpreter that finds the packages, once they are installed. */
export const pythonProgram = () => join(environment(), 'bin', 'python');

/** Written last: missing while an installation is incomplete. */
const complete = () => join(environment(), 'complete');

async function usersPython() {
  const python = programFor('PYTHON', ['python3', 'python']);
  if (!python) throw new StepError('Python packages', 'python3 was not found', REMEDY);
  const { code, output } = await run(python, ['--version']);
  const version = output.match(/^Python (\d+\.\d+\.\d+)/)?.[1];
  if (code !== 0 || !version || !atLeast(version, versions.python)) {
    const found = version ? `Python ${version} is too old` : `${python} does not run`;
    throw new StepError('Python packages', found, REMEDY);
  }
  return python;
}

export const pythonPackages = {
  name: 'Python packages',
  seconds: 20,
  isThere: () => existsSync(complete()) && existsSync(pythonProgram()),
  async install() {
    const python = await usersPython();
    await rm(environment(), { recursive: true, force: true });
    await must('Python packages', python, ['-m', 'venv', environment()], { remedy: REMEDY });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
    await must('Python packages', pythonProgram(), [...pip, '--requirement', REQUIREMENTS], {
      remedy: 'Check the network.',
    });
    await writeFile(complete(), '');
  },
};
