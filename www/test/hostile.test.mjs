// A trace whose every text is an attack: nothing of it runs, nothing of it becomes an element, and it stays readable.
import assert from 'node:assert/strict';
import { inEveryBrowser } from '../../tests/e2e/harness/scenarios.mjs';
import {
  click,
  element,
  newTraceId,
  open,
  spanId,
  TITLE,
  texts,
  untilTexts,
} from './viewer-page.mjs';

const RAN = 'window.ran = true';
const ATTACKS = {
  markup: `<img src=x onerror="${RAN}"><svg onload="${RAN}"><iframe srcdoc="<script>parent.ran=true</script>">`,
  script: `</title></style></script><script>${RAN}</script>`,
  template: `\${alert(1)}{{constructor.constructor('${RAN}')()}}<!--?lit$1$--><!--/lit--> lit$2$`,
  quotes: `"'\`><x onclick=${RAN} style="position:fixed;inset:0">`,
  url: `javascript:${RAN}//https://example.com`,
  data: `data:text/html,<script>${RAN}</script>`,
  bidi: 'user\u202egnp.exe\u2066 \u200bzero\ufeff',
  control: 'a\u0000b\u0007c\u001b[31md\r\ne\u0085f',
  combining: `Z${'\u0301'.repeat(500)}`,
  rtl: 'مرحبا بالعالم',
  long: 'x'.repeat(100_000),
  words: 'long '.repeat(20_000),
  empty: '',
  spaces: ' \n\t ',
  proto: '__proto__',
};

const text = (stringValue) => ({ stringValue });

/** A request in which the attack stands in every place that takes text. */
function attacked(traceId, attack, index) {
  const start = 1_700_000_000_000_000_000n + BigInt(index) * 1_000_000_000n;
  const attributes = [
    { key: attack, value: text(attack) },
    { key: `url.full`, value: text(attack) },
    { key: 'list', value: { arrayValue: { values: [text(attack), text(attack)] } } },
    { key: 'map', value: { kvlistValue: { values: [{ key: attack, value: text(attack) }] } } },
    { key: '__proto__', value: text(attack) },
    { key: 'constructor', value: text(attack) },
    { key: 'toString', value: { boolValue: true } },
  ];
  const span = (id, more) => ({
    traceId,
    spanId: spanId(id),
    name: attack,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 5_000_000n),
    traceState: 'a=1',
    attributes,
    events: [{ name: attack, timeUnixNano: String(start), attributes }],
    links: [{ traceId, spanId: spanId('2'), attributes }],
    status: { code: 2, message: attack },
    ...more,
  });
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: text(attack) }, ...attributes] },
        schemaUrl: attack,
        scopeSpans: [
          {
            scope: { name: attack, version: attack, attributes },
            schemaUrl: attack,
            spans: [span('1'), span('2', { parentSpanId: spanId('1') })],
          },
        ],
      },
    ],
  };
}

/** Elements that the viewer never makes, and attributes that it never sets. */
const intruders = (page) =>
  page.evaluate(() => ({
    ran: globalThis.ran === true,
    elements: globalThis
      .deep(
        'img, iframe, object, embed, script:not([src]), b:not(.number), x, base, form[action], svg [onload]',
      )
      .map(({ outerHTML }) => outerHTML.slice(0, 200)),
    handlers: globalThis
      .deep('*')
      .flatMap(({ attributes }) => [...attributes])
      .filter(({ name }) => name.startsWith('on') || name === 'srcdoc')
      .map(({ name }) => name),
    urls: globalThis
      .deep('[href], [src]')
      .map((one) => new URL(one.getAttribute('href') ?? one.getAttribute('src'), location.href))
      .filter(({ origin }) => origin !== location.origin)
      .map(({ href }) => href.slice(0, 200)),
  }));

const NONE = { ran: false, elements: [], handlers: [], urls: [] };

/** What is shown of a text holds nothing that cannot be seen or that turns the text around it. */
const unseen = (page) =>
  page.evaluate(() =>
    globalThis
      .deep('h1, h2, dt, dd, .label, .service, .message, .told, .what, option, .name a')
      .filter(({ textContent }) => /(?![\t\n\r])\p{Cc}|\p{Bidi_Control}/u.test(textContent))
      .map(({ localName }) => localName),
  );

const overflowing = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

inEveryBrowser({
  'nothing that a span says runs or becomes an element': async (context) => {
    const { world, page, printed, errors } = context;
    await open(context, '#/');
    for (const [index, [name, attack]] of Object.entries(ATTACKS).entries()) {
      const traceId = newTraceId();
      const response = await fetch(new URL('/v1/traces', world.collectorUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(attacked(traceId, attack, index)),
      });
      assert.deepEqual([response.status, await response.text()], [200, '{}'], name);
      await open(context, `#/trace/${traceId}?span=${spanId('1')}`);
      await texts(page, TITLE);
      await texts(page, '.row .label', 2);
      await texts(page, '.told', 3);
      assert.deepEqual(await intruders(page), NONE, name);
      assert.deepEqual(await unseen(page), [], name);
      assert.equal(await overflowing(page), false, name);
    }
    await open(context, '#/');
    await texts(page, '.name a', Object.keys(ATTACKS).length);
    assert.deepEqual(await intruders(page), NONE, 'the list');
    assert.deepEqual(await unseen(page), [], 'the list');
    assert.deepEqual(errors, []);
    assert.deepEqual(
      printed.filter((line) => /security|refused|blocked|violat/i.test(line)),
      [],
      'the viewer keeps its own policy',
    );
  },

  'an attack is shown as the text that it is': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    await fetch(new URL('/v1/traces', world.collectorUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(attacked(traceId, ATTACKS.quotes, 0)),
    });
    await open(context, `#/trace/${traceId}?span=${spanId('1')}`);
    await untilTexts(page, TITLE, [ATTACKS.quotes]);
    const keys = await texts(page, 'dt', 10);
    for (const key of [ATTACKS.quotes, '__proto__', 'constructor', 'toString', 'url.full']) {
      assert.ok(keys.includes(key), `${key} in ${keys}`);
    }
    // A value becomes a filter, and comes back as the text that it is.
    await click(page, 'a', 'Traces with this value of url.full');
    await untilTexts(page, 'li .mono', [`url.full:${ATTACKS.quotes}`]);
    const names = await texts(page, '.name a');
    assert.ok(
      names.every((name) => name === ATTACKS.quotes),
      `${names}`,
    );
    assert.deepEqual(await intruders(page), NONE);
  },

  'a hostile address does nothing': async (context) => {
    const { page, errors } = context;
    const attack = encodeURIComponent(`"><img src=x onerror="${RAN}">`);
    const addresses = [
      `#/trace/${attack}?span=${attack}`,
      `#/trace/${newTraceId()}?span=${attack}`,
      `#/?service=${attack}&q=${attack}&attribute=${attack}:${attack}&status=${attack}&since=${attack}`,
      '#/trace/%E0%A4%A',
      '#/?q=%E0%A4%A',
      '#__proto__/constructor?toString=1',
      'javascript:window.ran=true',
    ];
    for (const address of addresses) {
      await open(context, address.startsWith('#') ? address : `#${address}`);
      await element(page, '.notice, table');
      assert.deepEqual(await intruders(page), NONE, address);
    }
    assert.deepEqual(errors, []);
  },

  'the policy stops what would get in all the same': async (context) => {
    const { world, page, browserName } = context;
    const { headers } = await fetch(new URL('/', world.collectorUrl));
    const policy = headers.get('content-security-policy');
    assert.ok(!/unsafe|\*/.test(policy), policy);
    await open(context, '#/');
    const blocked = await page.evaluate(async () => {
      const violations = [];
      const told = new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
          violations.push(effectiveDirective);
          const wanted = [/^connect-src/, /^style-src/, /^(script-src|require-trusted)/];
          if (wanted.every((kind) => violations.some((name) => kind.test(name)))) resolve();
        });
      });
      const script = document.createElement('script');
      let trusted = '';
      try {
        script.textContent = 'window.ran = true';
      } catch (error) {
        trusted = error.name;
      }
      document.body.append(script);
      const link = document.createElement('a');
      link.href = 'javascript:window.ran = true';
      document.body.append(link);
      link.click();
      const style = document.createElement('div');
      style.setAttribute('style', 'color: red');
      document.body.append(style);
      await fetch('https://example.invalid/').catch(() => {});
      await told;
      return { ran: globalThis.ran, trusted, colour: style.style.color };
    });
    assert.equal(blocked.ran, undefined);
    assert.equal(blocked.colour, '');
    if (browserName === 'chromium') assert.equal(blocked.trusted, 'TypeError');
  },
});
