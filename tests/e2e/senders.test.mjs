// Other ways of a page's spans into the collector: through a proxy on its own origin, and by Sentry's SDK for browsers.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { passSpans } from '../../examples/shared/span-proxy.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { startCollector } from '../../scripts/start/services.mjs';
import { BROWSERS, launch, openPage } from './harness/browsers.mjs';
import { CollectorClient } from './harness/collector-client.mjs';

const PACKAGE = /^\/dist\/[\w-]+\.(js|wasm)$/;
const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };
const HTML = 'text/html; charset=utf-8';

async function sentryBundle() {
  const { outputFiles } = await build({
    stdin: { contents: "export * from '@sentry/browser';", resolveDir: root },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'Sentry',
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

describe('other ways to send', () => {
  let collector;
  let site;
  let url;
  let traces;
  const proxied = [];
  before(async () => {
    collector = await startCollector({ port: 0, database: ':memory:' });
    traces = new CollectorClient(collector.url);
    const sentry = await sentryBundle();
    site = createServer(async (request, response) => {
      const [path] = request.url.split('?');
      const [, type] = PACKAGE.exec(path) ?? [];
      if (path === '/spans') {
        proxied.push(request.headers);
        return passSpans(request, response, `${collector.url}/v1/traces`);
      }
      response.setHeader('content-type', TYPES[type] ?? HTML);
      if (type) return response.end(await readFile(join(root, path)));
      const script = path === '/sentry' ? `<script>${sentry}</script>` : '';
      return response.end(`<!doctype html><link rel="icon" href="data:,">${script}`);
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    url = `http://127.0.0.1:${site.address().port}`;
  });
  after(async () => {
    site?.closeAllConnections();
    site?.close();
    await collector?.stop();
  });

  for (const browserName of BROWSERS) {
    describe(browserName, () => {
      let browser;
      before(async () => {
        browser = await launch(browserName);
      });
      after(() => browser?.close());

      test("a page sends to its own origin, whose server passes it on with the collector's answer", async () => {
        const { page, errors } = await openPage(browser);
        await page.goto(url);
        const before = proxied.length;
        const traceId = await page.evaluate(async () => {
          const t = await import('/dist/index.js');
          await t.init({ serviceName: 'shop', tracesEndpoint: '/spans' });
          const span = t.startSpan('by the proxy');
          span.end();
          await t.flush();
          return span.traceId;
        });
        const [span] = await traces.waitForSpans(traceId, (rows) => rows.length > 0);
        assert.deepEqual([span.name, span.serviceName], ['by the proxy', 'shop']);
        assert.ok(proxied.length > before, 'it came by the proxy');
        assert.deepEqual(errors, []);
        await page.close();
      });

      test("spans of Sentry's SDK in a page reach the collector by its DSN", async () => {
        const { page, errors, printed } = await openPage(browser);
        await page.goto(`${url}/sentry`);
        const traceId = await page.evaluate(async (host) => {
          const { Sentry } = window;
          Sentry.init({
            dsn: `http://key@${host}/1`,
            tracesSampleRate: 1,
            release: 'sentry-page@1.0.0',
          });
          const traceId = Sentry.startSpan({ name: 'checkout', op: 'task' }, (span) => {
            Sentry.startSpan({ name: 'validate', op: 'function' }, () => {});
            return span.spanContext().traceId;
          });
          await Sentry.flush(5000);
          return traceId;
        }, new URL(collector.url).host);
        const rows = await traces.waitForSpans(traceId, (spans) => spans.length >= 2);
        assert.deepEqual(
          rows.map(({ name, depth, serviceName, status }) => [
            name,
            depth,
            serviceName,
            status.code,
          ]),
          [
            ['checkout', 0, 'sentry-page', 'ok'],
            ['validate', 1, 'sentry-page', 'ok'],
          ],
        );
        assert.equal(rows[0].attributes['sentry.sdk.name'], 'sentry.javascript.browser');
        assert.deepEqual(errors, []);
        assert.deepEqual(
          printed.filter((line) => /CORS|blocked/i.test(line)),
          [],
        );
        await page.close();
      });
    });
  }
});
