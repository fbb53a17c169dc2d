// The native response itself comes back: nothing read, copied or changed.

export const cases = {
  'what a Response is': async ({ F, at, see }) => {
    const response = await F(at('/echo'));
    see(response);
    see(response.constructor === Response, Object.getPrototypeOf(response) === Response.prototype);
    see(Reflect.ownKeys(response), Object.isExtensible(response));
    see(
      response.body === Reflect.get(response, 'body'),
      response.headers === Reflect.get(response, 'headers'),
    );
    see(response.body.locked, response.bodyUsed, response.body instanceof ReadableStream);
  },
  'each way to read a body, once': async ({ F, at, see, outcome }) => {
    const reading = (as) => F(at('/typed', { as }));
    see(await (await reading('plain')).text());
    see(await (await reading('json')).json());
    see(await (await reading('bytes')).arrayBuffer());
    see((await (await reading('bytes')).blob()).size);
    see([...(await (await reading('form')).formData())]);
    see(typeof Response.prototype.bytes);
    const response = await reading('plain');
    await response.text();
    see(response.bodyUsed, response.body.locked);
    await outcome(response.text());
  },
  'reading what is no JSON, no form': async ({ F, at, outcome }) => {
    await outcome(F(at('/typed', { as: 'plain' })).then((response) => response.json()));
    await outcome(F(at('/typed', { as: 'plain' })).then((response) => response.formData()));
  },
  'a clone before and after reading': async ({ F, at, see, attempt }) => {
    const response = await F(at('/typed', { as: 'plain' }));
    const clone = response.clone();
    see(await clone.text(), response.bodyUsed, clone.url === response.url, clone.type);
    see(await response.text());
    attempt('clone', () => response.clone());
  },
  'tee, pipe and cancel': async ({ F, at, see }) => {
    const [one, two] = (await F(at('/typed', { as: 'plain' }))).body.tee();
    see(await new Response(one).text(), await new Response(two).text());
    const counting = new TransformStream({
      transform(chunk, controller) {
        see(chunk.length);
        controller.enqueue(chunk);
      },
    });
    const piped = (await F(at('/typed', { as: 'plain' }))).body.pipeThrough(counting);
    see(await new Response(piped).text());
    const response = await F(at('/gate'));
    see(await response.body.cancel('why'), response.bodyUsed);
  },
  'headers are there before the body, chunk by chunk': async ({ F, at, see, release }) => {
    const response = await F(at('/gate'));
    see(response);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    see(decoder.decode((await reader.read()).value));
    await release();
    see(decoder.decode((await reader.read()).value), await reader.read());
  },
  'response headers: values, order, cookies, guard': async ({ F, at, see, attempt }) => {
    const sent = [
      ['x-b', '2'],
      ['x-a', ' 1 '],
      ['x-list', ['1', '2']],
      ['set-cookie', 'a=b; path=/nowhere'],
      ['server-timing', 'db;dur=1'],
    ];
    const { headers } = await F(at('/echo', { headers: JSON.stringify(sent) }));
    see([...headers.keys()].filter((name) => /^(x-|set)/.test(name)));
    see(headers.get('X-A'), headers.get('x-list'), headers.get('set-cookie'), headers.has('x-c'));
    for (const method of ['set', 'append', 'delete'])
      attempt(method, () => headers[method]('x-a', '2'));
  },
  'statuses with and without a body': async ({ F, at, see }) => {
    for (const code of [200, 201, 204, 205, 206, 226, 299, 304, 400, 404, 418, 500, 599]) {
      const response = await F(at('/status', { code, text: 'Text' }));
      see(code, response, response.body === null, (await response.text()).length);
    }
  },
  'HEAD and OPTIONS': async ({ F, at, see }) => {
    for (const method of ['HEAD', 'OPTIONS', 'DELETE', 'QUERY', 'x-own']) {
      const response = await F(at('/typed', { as: 'plain' }), { method });
      see(method, response.status, (await response.text()).length);
    }
  },
  'compileStreaming takes it': async ({ F, at, see }) => {
    const module = await WebAssembly.compileStreaming(F(at('/typed', { as: 'wasm' })));
    see(module instanceof WebAssembly.Module);
    const response = await F(at('/typed', { as: 'wasm' }));
    const { instance } = await WebAssembly.instantiateStreaming(response);
    see(instance.exports.f(), response.bodyUsed);
  },
  'compileStreaming refuses what is not wasm': async ({ F, at, outcome }) => {
    await outcome(WebAssembly.compileStreaming(F(at('/typed', { as: 'plain' }))));
    await outcome(WebAssembly.compileStreaming(F(at('/status', { code: 500 }))));
    await outcome(WebAssembly.compileStreaming(F('http://[')));
  },
  'a Cache takes it': async ({ F, at, see, outcome }) => {
    const cache = await caches.open('tests');
    const url = at('/typed', { as: 'plain' });
    const response = await F(url);
    await cache.put(url, response);
    see(response.bodyUsed, await (await cache.match(url)).text());
    await outcome(cache.put(url, await F(at('/status', { code: 206 }))));
    await caches.delete('tests');
  },
  'as the body of another request and response': async ({ F, at, see }) => {
    const { body } = await F(at('/typed', { as: 'plain' }));
    see(await new Response(body, { status: 201 }).text());
    const blob = await (await F(at('/typed', { as: 'plain' }))).blob();
    see((await (await F(at('/echo'), { method: 'POST', body: blob })).json()).h['content-type']);
  },
  'a body that breaks': async ({ F, at, see, outcome }) => {
    const response = await F(at('/reset', { late: 1 }));
    see(response.status, response.ok);
    await outcome(response.text());
    see(response.bodyUsed);
  },
  'no structured clone, no new own property is refused': async ({ F, at, see, attempt }) => {
    const response = await F(at('/status', { code: 204 }));
    attempt('structuredClone', () => structuredClone(response));
    response.mine = 1;
    see(response.mine, Object.keys(response), response.url, response.toString());
  },
  'read in a later task, by several': async ({ F, at, see, turn }) => {
    const promise = F(at('/typed', { as: 'plain' }));
    await promise;
    await turn();
    const [one, two] = [await promise, await promise];
    see(one === two, await one.text(), two.bodyUsed);
  },
  'one resource timing entry, with everything in it': async ({ F, at, see, turn }) => {
    const url = at('/typed', { as: 'plain', timing: 1 });
    await (await F(url)).text();
    let found = [];
    for (let turns = 0; turns < 100 && !found.length; turns++) {
      await turn();
      found = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith(url));
    }
    see(
      found.map((entry) => [
        entry.initiatorType,
        entry.decodedBodySize,
        entry.responseStatus,
        entry.nextHopProtocol,
        entry.transferSize > 0,
      ]),
    );
  },
};
