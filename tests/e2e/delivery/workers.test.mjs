// Workers hear nothing of their end: what ends in one is on its way a quarter of a second later.
import assert from 'node:assert/strict';
import { inEveryBrowser } from '../shell/support/in-page.mjs';

/** A worker of this kind ends a span, and then itself after a quarter of a second. */
const trace = (run, kind, endpoint) =>
  run(
    async (kind, endpoint) => {
      const source = `
        import * as t from '${location.origin}/dist/index.js';
        const tell = (port) => async () => {
          const result = await t.init({ serviceName: 'worker', endpoint: '${endpoint}' });
          t.startSpan('work').end();
          setTimeout(() => {
            port.postMessage({ result, stats: t.stats() });
            close();
          }, 250);
        };
        if (self.SharedWorkerGlobalScope) onconnect = ({ ports: [port] }) => tell(port)();
        else onmessage = tell(self);
      `;
      const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
      const worker = new globalThis[kind](url, { type: 'module' });
      const port = worker.port ?? worker;
      const told = new Promise((resolve, reject) => {
        port.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message ?? 'no worker'));
      });
      if (port === worker) port.postMessage('go');
      return told;
    },
    kind,
    endpoint,
  );

const flushes = (kind) => async (context) => {
  const { site, open, run } = context;
  const sink = site.sink({ here: true });
  await open();
  const { result } = await trace(run, kind, sink.url);
  assert.deepEqual(result, { ok: true });
  await sink.until(() => sink.names().includes('work'));
  assert.deepEqual(sink.names(), ['work']);
};

export const workers = {
  'a dedicated worker': flushes('Worker'),
  'a shared worker': flushes('SharedWorker'),

  'a page has two seconds': async ({ site, start, run }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url });
    await run(async () => {
      window.t.startSpan('work').end();
      await new Promise((done) => setTimeout(done, 500));
    });
    assert.deepEqual(sink.requests, []);
  },
};

inEveryBrowser({ workers });
