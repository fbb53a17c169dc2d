// The W3C's own test harness for Trace Context level 2 against a page: every test, none left out.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { run } from '../../../scripts/lib/run.mjs';
import { pythonProgram } from '../../../scripts/setup/python-packages.mjs';
import { harnessProgram } from '../../../scripts/setup/trace-context-harness.mjs';
import { continueTrace } from '../../e2e/network/support/continue-trace.mjs';
import { inEveryBrowser } from '../../e2e/network/support/scenarios.mjs';
import { startBridge } from './bridge.mjs';

const TESTS = 41;
const MOST_MS = 240_000;

/** The harness listens, too, on a port that it has to be told. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

inEveryBrowser({
  'all tests of the harness pass, at the highest levels': async (context) => {
    await context.start();
    const bridge = await startBridge((...given) => context.run(continueTrace, ...given));
    try {
      const { code, output } = await run(
        pythonProgram('trace-context'),
        [harnessProgram(), bridge.url],
        {
          timeoutMs: MOST_MS,
          env: {
            SPEC_LEVEL: '2',
            STRICT_LEVEL: '2',
            HARNESS_PORT: `${await freePort()}`,
            HARNESS_TIMEOUT: '30',
          },
        },
      );
      assert.equal(code, 0, output);
      // Nothing was skipped, and nothing failed as expected.
      assert.match(output, new RegExp(`^Ran ${TESTS} tests in .*\\n\\nOK$`, 'm'), output);
    } finally {
      await bridge.stop();
    }
  },
});
