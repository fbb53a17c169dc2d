// The W3C's test harness for Trace Context, at one commit: it is not part of this repository.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tools } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';

const REPOSITORY = 'https://github.com/w3c/trace-context.git';
/** Of 2026-06-29. */
const COMMIT = 'acab820be9db7b3433668baa5cdd43f57f4c4be0';
const NAME = 'W3C Trace Context harness';

const folder = () =>
  process.env.TRACE_CONTEXT_HARNESS || join(tools, `trace-context-${COMMIT.slice(0, 16)}`);

/** Its Python program, once it is there. */
export const harnessProgram = () => join(folder(), 'test', 'test.py');

export const traceContextHarness = {
  name: NAME,
  seconds: 5,
  isThere: () => existsSync(harnessProgram()),
  async install() {
    const made = `${folder()}.new`;
    await rm(made, { recursive: true, force: true });
    await mkdir(made, { recursive: true });
    const git = (...args) =>
      must(NAME, 'git', args, {
        cwd: made,
        remedy: 'Check the network, or name a copy of it by TRACE_CONTEXT_HARNESS.',
      });
    await git('init', '--quiet');
    await git('fetch', '--quiet', '--depth=1', REPOSITORY, COMMIT);
    await git('checkout', '--quiet', 'FETCH_HEAD');
    await rename(made, folder());
  },
};
