// Drives the build on the demo page, and tells the page's spans of its trace from those of the processes.
import assert from 'node:assert/strict';
import { outline } from '../../harness/collector-client.mjs';

const WAIT = { timeout: 30_000 };

/** The trace that the status panel shows for the page load or the last click, once it does. */
async function shownTrace(page, id) {
  const shown = await page.waitForFunction(
    (wanted) =>
      document.querySelector('#status')?.shadowRoot?.querySelector(`#${wanted}`)?.textContent,
    WAIT,
    id,
  );
  return (await shown.jsonValue()).trim();
}

/** Clicks "Start build" and resolves with the trace that the click began. */
export async function startBuild({ world, page }) {
  await page.goto(world.demoUrl, { waitUntil: 'load' });
  await page.waitForFunction(
    () => document.querySelector('#connection')?.textContent === 'Live',
    WAIT,
  );
  // Traces are shown once tracelink is on; before that a request carries no context.
  await shownTrace(page, 'page');
  await page.click('#start-build');
  return shownTrace(page, 'click');
}

/** Once the page shows the build of this trace. */
export function showsBuild(page, traceId) {
  return page.waitForFunction(
    (id) => document.querySelector('#build-trace')?.href.endsWith(id),
    // A page in the background has no animation frames.
    { ...WAIT, polling: 100 },
    traceId,
  );
}

/** The steps as they are shown once the build is over: { states, notes, summary }. */
export async function finishedBuild(page, traceId) {
  await showsBuild(page, traceId);
  await page.waitForSelector('.build-summary:not(.running)', WAIT);
  return page.evaluate(() => ({
    states: [...document.querySelectorAll('.steps li')].map((step) => step.className),
    notes: [...document.querySelectorAll('.step-note')].map((note) => note.textContent),
    summary: document.querySelector('.build-summary span').textContent,
  }));
}

const isMessage = ({ name, kind }) => kind === 'consumer' && name.startsWith('process ');
const isUpdate = ({ name }) => name === 'ui.update';

/** The trace without what the page did with its updates, as indented lines. */
export function withoutScreen(spans) {
  return outline(spans.filter((span) => !isMessage(span) && !isUpdate(span)));
}

const continues = (span, spanId) =>
  span.parentSpanId === spanId || span.links.some((link) => link.spanId === spanId);

/** Whether every broadcast of the trace has reached the screen. */
export function isOnScreen(spans) {
  const messages = spans.filter(isMessage);
  return (
    messages.every(({ spanId }) => spans.some((span) => span.parentSpanId === spanId)) &&
    spans
      .filter(({ name }) => name === 'send builds')
      .every(({ spanId }) => messages.some((message) => continues(message, spanId)))
  );
}

/**
 * Each broadcast update is continued by one message, below it or, when a batch held several, linked to it; and each
 * message by one change on screen.
 */
export function assertOnScreen(spans, host) {
  const messages = spans.filter(isMessage);
  for (const { spanId } of spans.filter(({ name }) => name === 'send builds')) {
    const found = messages.filter((message) => continues(message, spanId));
    assert.equal(found.length, 1, `one message for each update in\n${outline(spans)}`);
  }
  for (const message of messages) {
    assert.equal(message.name, `process ${host}/ws`);
    assert.equal(message.serviceName, 'demo-page');
    const parent = spans.find(({ spanId }) => spanId === message.parentSpanId);
    assert.equal(parent?.name, 'send builds');
    const below = spans.filter(({ parentSpanId }) => parentSpanId === message.spanId);
    assert.deepEqual(
      below.map(({ name, serviceName }) => [name, serviceName]),
      [['ui.update', 'demo-page']],
    );
    assert.ok(Number(below[0].attributes['ui.mutations']) > 0, 'the update changed the screen');
  }
}
