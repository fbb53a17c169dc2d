// Runs in the page: puts secrets wherever a span can carry text, and collects all that can be seen of spans there.

/** Every secret starts so; what follows says where it was planted. */
export const SECRET = 'hushhush';

/** Options of `init` beside the endpoint; functions cannot be sent, so this runs in the page too. */
export function optionsOf(secret) {
  return {
    serviceName: 'page',
    debug: 'console',
    session: 'tab',
    buffer: { retain: 5000 },
    resource: {
      'page.origin': `https://u:${secret}-resource@h/?token=${secret}-resource2`,
      card: `${secret}-resource3`,
      list: [`/p?sid=${secret}-resource4`],
    },
    ignoreUrls: [`/ignored?token=${secret}-ignored`],
    captureHeaders: {
      request: ['Authorization', 'x-own', 'X-API-Key', 'x-url'],
      response: ['location', 'content-location', 'referer', 'set-cookie', 'x-auth-token'],
    },
    redact: {
      attributes: ['card', 'messaging.destination.name'],
      headers: ['X-Own'],
      queryParameters: ['Ticket'],
      emails: true,
      url: (url) => url.replaceAll(`${secret}-visitor`, 'visitor'),
    },
  };
}

/** Texts with a secret in them, one for each way around the rules that somebody thought of. */
export function textsWith(secret) {
  const s = (where) => `${secret}-${where}`;
  return [
    `https://h/p?token=${s('plain')}&harmless=seen`,
    `https://h/p?%74oken=${s('encoded')}`,
    `https://h/p?%2574oken=${s('twice')}`,
    `https://h/p?ToKeN=${s('case')}`,
    `https://h/p?a=1;password=${s('semicolon')}`,
    `https://h/p;sid=${s('matrix')}/q?b=1`,
    `https://h/#/callback?token=${s('route')}`,
    `https://h/app#access_token=${s('fragment')}`,
    `https://user:${s('userinfo')}@h/p`,
    `//user:${s('relative')}@h/p`,
    `postgres://user:${s('postgres')}@db/x`,
    `data:text/plain,${s('data')}`,
    `blob:https://u:${s('blob')}@h/1`,
    `/p?next=https%3A%2F%2Fu%3A${s('nested')}%40h%2F%3Ftoken%3D${s('nested2')}`,
    `{"u":"https:\\/\\/u:${s('json')}@h\\/?a=1\\u0026token=${s('json2')}"}`,
    `two https://u:${s('first')}@a/?sig=${s('first2')} and 'https://b/?key=${s('second')}'`,
    `/p?user[password]=${s('bracket')}&ticket=${s('own')}&X-Amz-Signature=${s('amz')}`,
    `write to ${secret}@mail.example, or ${secret}%40mail.example`,
  ];
}

/** Everything but the network: one span for each text, with the text in every place of it. */
export function plantInSpans(t, texts, secret) {
  const context = {
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    baggage: `user=${secret}-baggage,sentry-trace_id=${'a'.repeat(32)}`,
  };
  const fail = (text) => {
    const error = new TypeError(text, { cause: new Error(`cause ${text}`) });
    error.name = `Error at ${text}`;
    return error;
  };
  for (const text of texts) {
    const span = t.startSpan(text, {
      parent: context,
      attributes: { text, [text]: text, 'url.full': text, 'url.query': text.split('?')[1] ?? '' },
      links: [{ context, attributes: { text, [text]: text, card: `${secret}-link` } }],
    });
    span
      .setAttributes({
        list: [text, text],
        'url.original': [text],
        'document.referrer': text,
        'http.request.header.location': [text],
        'http.request.header.authorization': [`Bearer ${secret}-header`],
        'http.response.header.set_cookie': `${secret}-cookie`,
        'url.fragment': `${secret}-fragment`,
        card: [`${secret}-card`],
      })
      .setAttribute('card', `${secret}-card2`)
      .addEvent(text, { text, [text]: [text], card: 'x' })
      .addLink(context, { text })
      .recordException(fail(text))
      .recordException(text)
      .recordException(new DOMException(text, 'AbortError'))
      .setStatus('error', text)
      .updateName(`updated ${text}`);
    span.child(text).end();
    span.end();
    try {
      t.withSpan(text, () => {
        throw fail(text);
      });
    } catch {
      // It was thrown for its span.
    }
    t.traceFlow(text, { attributes: { text, [text]: text } }, (flow) => flow.child(text).end());
    t.traceMessage(
      `{"traceparent":"${context.traceparent}","baggage":"a=${secret}-body","body":"${secret}-body2"}`,
      (message) => message.setAttribute('text', text),
      { name: () => text, destination: text, attributes: { text }, update: false },
    );
    t.setAttributes({ everywhere: text, [text]: text });
    t.startSpan('with what all have').end();
    t.setAttributes({ everywhere: null, [text]: null });
  }
}

/** What can be seen of spans in the page, as text. */
export async function seenInPage(t, records) {
  const bytes = t.exportBuffer('protobuf');
  const stored = [];
  for (const { name } of (await indexedDB.databases?.()) ?? []) {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = reject;
    });
    for (const store of database.objectStoreNames) {
      const request = database.transaction(store).objectStore(store).getAll();
      await new Promise((resolve) => {
        request.onsuccess = resolve;
      });
      for (const value of request.result) {
        const parts = value instanceof Object ? Object.values(value) : [value];
        for (const part of parts)
          stored.push(part?.buffer ? new TextDecoder('latin1').decode(part) : JSON.stringify(part));
      }
    }
  }
  return {
    bufferedSpans: JSON.stringify(t.bufferedSpans()),
    json: t.exportBuffer(),
    protobuf: new TextDecoder('latin1').decode(bytes),
    onSpanEnd: JSON.stringify(records.ended),
    console: records.printed.join('\n'),
    sessionStorage: JSON.stringify({ ...sessionStorage }),
    localStorage: JSON.stringify({ ...localStorage }),
    indexedDB: stored.join('\n'),
  };
}
