// The README's round trip: a click on the demo page becomes one trace, read back from the collector span by span.
import assert from 'node:assert/strict';
import { outline } from './harness/collector-client.mjs';
import { inEveryBrowser } from './harness/scenarios.mjs';

const CLICK = `\
click add-todo [internal demo-page]
  POST [client demo-page]
    POST /api/todos [server todo-backend]
      INSERT todos [client todo-backend]
      SELECT todos [client todo-backend]
      send todos [producer todo-backend]
        process HOST/ws [consumer demo-page]
          ui.update [internal demo-page]`;

/** How far two clocks of one machine may be apart. */
const CLOCK_NS = 10_000_000n;

async function openDemo({ world, page }) {
  await page.goto(world.demoUrl, { waitUntil: 'load' });
  await page.waitForFunction(() => document.querySelector('#connection')?.textContent === 'Live', {
    timeout: 10_000,
  });
}

/** The trace id that the status panel shows for the page load, the last click or the last update. */
function shownTrace(page, id) {
  return page
    .waitForFunction(
      (wanted) => {
        const shown = document.querySelector('#status')?.shadowRoot?.querySelector(`#${wanted}`);
        return shown?.textContent.trim() || false;
      },
      { timeout: 10_000 },
      id,
    )
    .then((handle) => handle.jsonValue());
}

function byName(spans, name) {
  const found = spans.filter((span) => span.name === name);
  assert.equal(found.length, 1, `one span ${name} in\n${outline(spans)}`);
  return found[0];
}

const nano = (text) => BigInt(text);

inEveryBrowser({
  'a click, its request, the database and the update on screen are one tree': async (context) => {
    const { world, page, errors } = context;
    await openDemo(context);
    await shownTrace(page, 'page');
    await page.type('#title', 'write it down');
    await page.click('#add-todo');
    const traceId = await shownTrace(page, 'click');
    assert.match(traceId, /^[0-9a-f]{32}$/);
    await page.waitForFunction(
      () => document.querySelector('#todos')?.textContent.includes('write it down'),
      { timeout: 10_000 },
    );
    assert.equal(await shownTrace(page, 'update'), traceId, 'the message continues the click');

    const host = new URL(world.demoUrl).host;
    const expected = CLICK.replace('HOST', host);
    const count = expected.split('\n').length;
    const spans = await world.traces.waitForSpans(traceId, (rows) => rows.length >= count);
    assert.equal(outline(spans), expected);

    const span = (name) => byName(spans, name);
    const click = span('click add-todo');
    const request = span('POST');
    const server = span('POST /api/todos');
    const insert = span('INSERT todos');
    const send = span('send todos');
    const message = span(`process ${host}/ws`);
    const update = span('ui.update');

    const parents = [
      [request, click],
      [server, request],
      [insert, server],
      [span('SELECT todos'), server],
      [send, server],
      [message, send],
      [update, message],
    ];
    assert.equal(click.parentSpanId ?? '', '');
    for (const [child, parent] of parents) {
      assert.equal(child.parentSpanId, parent.spanId, `${child.name} below ${parent.name}`);
    }
    for (const { name, traceId: id, startTimeUnixNano, endTimeUnixNano, status } of spans) {
      assert.equal(id, traceId, name);
      assert.ok(nano(startTimeUnixNano) <= nano(endTimeUnixNano), `${name} ends after its start`);
      assert.notEqual(status.code, 'error', name);
    }
    // One machine, and clocks that browsers round: what is below does not start before.
    for (const [child, parent] of parents) {
      const early = nano(parent.startTimeUnixNano) - nano(child.startTimeUnixNano);
      assert.ok(early <= CLOCK_NS, `${child.name} starts ${early} ns before ${parent.name}`);
    }

    assert.equal(request.attributes['http.request.method'], 'POST');
    assert.equal(Number(request.attributes['http.response.status_code']), 201);
    assert.equal(request.attributes['url.full'], new URL('api/todos', world.demoUrl).href);
    assert.equal(insert.attributes['db.collection.name'], 'todos');
    assert.equal(message.attributes['messaging.system'], 'websocket');
    assert.ok(Number(update.attributes['ui.mutations']) > 0, 'the update changed the screen');
    // Lit renders in the handler.
    assert.equal(update.attributes['ui.mutation'], 'sync');
    assert.notEqual(update.attributes['ui.painted'], false);
    assert.deepEqual(errors, []);
  },

  'the page load continues the server that rendered it': async (context) => {
    const { world, page, errors } = context;
    await openDemo(context);
    const traceId = await shownTrace(page, 'page');
    const names = ['documentLoad', 'documentFetch', 'resourceFetch', 'GET /'];
    const spans = await world.traces.waitForSpans(traceId, (rows) =>
      names.every((name) => rows.some((row) => row.name === name)),
    );
    const server = byName(spans, 'GET /');
    const load = byName(spans, 'documentLoad');
    const fetched = byName(spans, 'documentFetch');
    assert.equal(server.serviceName, 'todo-backend');
    assert.equal(load.serviceName, 'demo-page');
    assert.equal(load.parentSpanId, server.spanId);
    assert.equal(fetched.parentSpanId, load.spanId);
    assert.equal(load.attributes['page.name'], 'demo');
    const resources = spans.filter((row) => row.name === 'resourceFetch');
    for (const resource of resources) assert.equal(resource.parentSpanId, load.spanId);
    const urls = resources.map((row) => new URL(row.attributes['url.full']).pathname);
    assert.ok(
      urls.some((path) => path.endsWith('.css')),
      `the style sheet is among ${urls}`,
    );
    assert.ok(!urls.some((path) => path.endsWith('.wasm')), `our own wasm is not among ${urls}`);
    assert.deepEqual(errors, []);
  },

  'what the API says is what the database holds': async (context) => {
    const { world, page } = context;
    await openDemo(context);
    await page.type('#title', 'in the file');
    await page.click('#add-todo');
    const traceId = await shownTrace(page, 'click');
    const rows = await world.traces.waitForSpans(traceId, (spans) =>
      spans.some((span) => span.name === 'ui.update'),
    );
    const answer = await world.traces.get(`/api/v3/traces/${traceId}`);
    const ids = answer.result.resourceSpans
      .flatMap((resource) => resource.scopeSpans)
      .flatMap((scope) => scope.spans)
      .map((span) => span.spanId);
    assert.deepEqual(ids.toSorted(), rows.map((row) => row.spanId).toSorted());
    assert.equal(new Set(ids).size, ids.length, 'every span is stored once');
    const [summary] = await world.traces.waitForSummaries({ q: 'click add-todo' });
    assert.equal(summary.rootName, 'click add-todo');
    assert.deepEqual(summary.services.toSorted(), ['demo-page', 'todo-backend']);
  },

  'the viewer shows the trace of the click': async (context) => {
    const { world, page, errors } = context;
    await openDemo(context);
    await page.type('#title', 'look at me');
    await page.click('#add-todo');
    const traceId = await shownTrace(page, 'click');
    await world.traces.waitForSpans(traceId, (spans) =>
      spans.some((span) => span.name === 'ui.update'),
    );
    await page.goto(`${world.collectorUrl}/#/trace/${traceId}`, { waitUntil: 'load' });
    const text = await page.waitForFunction(
      () => {
        const texts = [];
        const walk = (node) => {
          if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
          if (node.shadowRoot) walk(node.shadowRoot);
          for (const child of node.childNodes) walk(child);
        };
        walk(document.body);
        const all = texts.join(' ');
        return all.includes('ui.update') && all.includes('INSERT todos') ? all : false;
      },
      { timeout: 10_000 },
    );
    assert.match(await text.jsonValue(), /POST \/api\/todos/);
    assert.deepEqual(errors, []);
  },
});
