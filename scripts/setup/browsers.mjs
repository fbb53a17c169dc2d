// The browsers and chromedriver that tests drive: named by a variable, on PATH, else Debian's packages.
import { existsSync, readFileSync } from 'node:fs';
import { must } from '../lib/run.mjs';
import { StepError } from '../lib/step.mjs';
import { programFor, which } from '../lib/which.mjs';

const PROGRAMS = {
  chrome: {
    variable: 'CHROME',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
    package: 'chromium',
  },
  chromedriver: { variable: 'CHROMEDRIVER', names: ['chromedriver'], package: 'chromium-driver' },
  firefox: { variable: 'FIREFOX', names: ['firefox-esr', 'firefox'], package: 'firefox-esr' },
};

/** Paths of the programs that are there; a missing one is undefined. */
export function findBrowsers() {
  return Object.fromEntries(
    Object.entries(PROGRAMS).map(([key, { variable, names }]) => [
      key,
      programFor(variable, names),
    ]),
  );
}

const missing = () =>
  Object.entries(findBrowsers())
    .filter(([, path]) => !path)
    .map(([key]) => PROGRAMS[key]);

function canUseApt() {
  const release = '/etc/os-release';
  const debian = existsSync(release) && /^ID=debian$/m.test(readFileSync(release, 'utf8'));
  return debian && process.getuid?.() === 0 && which('apt-get') !== undefined;
}

async function installFromDebian(packages) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const remedy = `Install ${packages.join(', ')}, or set CHROME, CHROMEDRIVER and FIREFOX.`;
  await must('browsers', 'apt-get', ['update'], { env, remedy });
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  await must('browsers', 'apt-get', args, { env, remedy });
}

export const browsers = {
  name: 'browsers',
  seconds: 60,
  isThere: () => missing().length === 0,
  async install() {
    const wanted = missing();
    const packages = wanted.map((program) => program.package);
    if (canUseApt()) return installFromDebian(packages);
    const variables = wanted.map((program) => program.variable).join(', ');
    throw new StepError(
      'browsers',
      `not found: ${wanted.map((program) => program.names[0]).join(', ')}`,
      `Install them (Debian: apt-get install ${packages.join(' ')}), or set ${variables}.`,
    );
  },
};
