// Python packages in virtual environments that every checkout shares: of the FastAPI example, of the W3C's harness, rotel, and Phoenix.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root, tools, versions } from '../lib/paths.mjs';
import { must, run } from '../lib/run.mjs';
import { StepError } from '../lib/step.mjs';
import { programFor } from '../lib/which.mjs';
import { atLeast } from './prerequisites.mjs';

const REQUIREMENTS = {
  fastapi: join(root, 'examples', 'backends', 'fastapi', 'requirements.txt'),
  'trace-context': join(root, 'tests', 'interop', 'trace-context', 'requirements.txt'),
  rotel: join(root, 'tests', 'interop', 'otlp-peers', 'requirements.txt'),
  phoenix: join(root, 'bench', 'collector', 'phoenix-requirements.txt'),
};
/** Phoenix is 850 MB with what it needs. */
const SECONDS = { phoenix: 180 };
const REMEDY = `Install Python ${versions.python} or later with its venv module (Debian: apt-get install python3-venv), or set PYTHON.`;

function environment(user) {
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS[user])).digest('hex');
  return join(tools, `python-${hash.slice(0, 16)}`);
}

/** The interpreter that finds the packages of one of their users, once they are installed. */
export const pythonProgram = (user) => join(environment(user), 'bin', 'python');

/** Written last: missing while an installation is incomplete. */
const complete = (user) => join(environment(user), 'complete');

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

/** The version of a package that one of their users is given. */
export const pythonVersion = (user, name) =>
  readFileSync(REQUIREMENTS[user], 'utf8').match(new RegExp(`^${name}==(\\S+)`, 'm'))?.[1];

/** `user`: 'fastapi', 'trace-context', 'rotel' or 'phoenix'. */
export const pythonPackages = (user) => ({
  name: `Python packages of ${user}`,
  seconds: SECONDS[user] ?? 20,
  isThere: () => existsSync(complete(user)) && existsSync(pythonProgram(user)),
  async install() {
    const python = await usersPython();
    await rm(environment(user), { recursive: true, force: true });
    await must('Python packages', python, ['-m', 'venv', environment(user)], { remedy: REMEDY });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
    await must(
      'Python packages',
      pythonProgram(user),
      [...pip, '--requirement', REQUIREMENTS[user]],
      { remedy: 'Check the network.' },
    );
    await writeFile(complete(user), '');
  },
});
