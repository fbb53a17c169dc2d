// The ticket shop: a page without a collector. Its buffer and its console hold what happened, and nothing leaves it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';
import { startService } from '../../scripts/lib/service.mjs';
import { BROWSERS, launch, openPage } from './harness/browsers.mjs';

const SERVER = join(root, 'examples', 'ticket-shop', 'server.mjs');
const WAIT = { timeout: 15_000 };

const startShop = () =>
  startService('ticket shop', process.execPath, [SERVER], { cwd: root, env: { PORT: '0' } });

/** What `debug: 'console'` prints of a span: name, duration, trace. */
const lineOf = ({ name, traceId, status, startTimeUnixNano: from, endTimeUnixNano: to }) => {
  const ms = (Number(BigInt(to) - BigInt(from)) / 1e6).toFixed(1);
  return `tracelink: ${name} ${ms} ms${status.code === 'error' ? ' failed' : ''} [${traceId}]`;
};

/** The buffer as the page's own button shows it, once it holds `count` spans of this name. */
async function bufferWith(page, name, count) {
  const shown = await page.waitForFunction(
    (wanted, most) => {
      document.getElementById('look').click();
      const spans = JSON.parse(document.getElementById('spans').textContent);
      return spans.filter((span) => span.name === wanted).length >= most && spans;
    },
    WAIT,
    name,
    count,
  );
  return shown.jsonValue();
}

const reads = (page, id, text) =>
  page.waitForFunction(
    (element, wanted) => document.getElementById(element).textContent === wanted,
    WAIT,
    id,
    text,
  );

for (const browserName of BROWSERS)
  describe(browserName, () => {
    let shop;
    let browser;
    before(async () => {
      [shop, browser] = await Promise.all([startShop(), launch(browserName)]);
    });
    after(async () => {
      await browser?.close();
      await shop?.stop();
    });

    test('page load, API calls and console, with no collector at all', async () => {
      const { page, printed, errors } = await openPage(browser);
      const requests = [];
      page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
      await page.goto(shop.url, { waitUntil: 'load' });
      await reads(page, 'lamplighters', '2 left');

      const loaded = await bufferWith(page, 'documentLoad', 1);
      const load = loaded.find(({ name }) => name === 'documentLoad');
      assert.equal(load.parentSpanId, undefined);
      assert.equal(load.attributes['page.name'], 'home');
      assert.equal(load.serviceName, 'ticket-shop');
      const below = loaded.filter(({ parentSpanId }) => parentSpanId === load.spanId);
      const paths = below.map(({ name, traceId, attributes }) => {
        assert.equal(traceId, load.traceId);
        return `${name} ${new URL(attributes['url.full']).pathname}`;
      });
      for (const expected of [
        'documentFetch /',
        'resourceFetch /shop.css',
        'resourceFetch /shop.js',
      ])
        assert.ok(paths.includes(expected), `${expected} among ${paths}`);
      assert.ok(!paths.some((path) => path.includes('tracelink')), `our own files among ${paths}`);

      await page.click('button[value="lamplighters"]');
      await reads(page, 'lamplighters', '1 left');
      await page.click('button[value="quiet-hour"]');
      await reads(page, 'quiet-hour', 'The shop answered 409');

      // The shows, and two purchases: each request is written when its timing is known.
      await bufferWith(page, 'GET', 1);
      const spans = await bufferWith(page, 'POST', 2);
      const [shows] = spans.filter(({ name }) => name === 'GET');
      assert.equal(shows.attributes['http.response.status_code'], 200);
      assert.equal(shows.parentSpanId, undefined, 'no span was active');
      assert.equal(shows.links[0].spanId, load.spanId, 'a trace of its own, linked to the page');
      const calls = spans.filter(({ name }) => name === 'buy ticket');
      assert.deepEqual(
        calls.map(({ kind, status, attributes }) => [kind, status, attributes['shop.show']]),
        [
          ['client', { code: 'ok' }, 'lamplighters'],
          ['client', { code: 'error', message: 'The shop answered 409' }, 'quiet-hour'],
        ],
      );
      for (const call of calls) {
        const children = spans.filter(({ parentSpanId }) => parentSpanId === call.spanId);
        assert.deepEqual(
          children.map(({ name }) => name),
          ['POST'],
        );
        assert.equal(children[0].traceId, call.traceId);
        assert.equal(call.parentSpanId, undefined);
      }

      const lines = printed.map((line) => line.replace(/ (\{|JSHandle|\[object|Object).*$/s, ''));
      for (const span of spans)
        assert.ok(
          lines.includes(`info: ${lineOf(span)}`),
          `${lineOf(span)} among\n${lines.join('\n')}`,
        );
      assert.equal(
        lines.filter((line) => line.startsWith('info: tracelink:')).length,
        spans.length,
      );

      // A flush would be the last occasion to send something.
      await page.evaluate(async () => {
        const { flush, stats } = await import('tracelink');
        await flush();
        window.stats = stats();
      });
      const { delivered, pending, kept, dropped } = await page.evaluate(() => window.stats);
      assert.deepEqual([delivered, pending, kept, dropped], [0, 0, spans.length, {}]);
      const elsewhere = requests.filter(
        (request) => !request.split(' ')[1].startsWith(shop.url) && !request.includes(' data:'),
      );
      assert.deepEqual(elsewhere, []);
      const posts = requests.filter((request) => request.startsWith('POST'));
      assert.deepEqual(posts, [
        `POST ${shop.url}/api/shows/lamplighters/tickets`,
        `POST ${shop.url}/api/shows/quiet-hour/tickets`,
      ]);
      assert.deepEqual(errors, []);
      await page.close();
    });
  });
