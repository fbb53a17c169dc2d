// Random asynchronous programs, run in a page, and the tree of spans that each was meant to record.

/**
 * Runs a program for each seed, all of them at once, so that their tasks and microtasks interleave. Everything is in
 * this one function, since the page gets its source. Nothing here asks tracelink what is active: each piece of code is
 * told by whoever calls it, and after an `await` nothing is.
 *
 * `carriers`: spans are also named by their headers. `off`: nothing is recorded, so nothing is active. Returns what the
 * page recorded beside what was meant, span by span, and where `activeSpan()` was another than the one that was meant.
 */
export async function runPrograms({ seeds, carriers = false, off = false }) {
  const { t } = window;
  const wrong = [];
  const meant = [];
  const target = new EventTarget();

  // The programs: blocks of steps, made before anything runs, so that a seed always gives the same one.
  const generate = (seed) => {
    let word = seed * 0x9e3779b9;
    const below = (most) => {
      // Mulberry32.
      word = (word + 0x6d2b79f5) | 0;
      let bits = Math.imul(word ^ (word >>> 15), 1 | word);
      bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
      return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 4294967296) * most);
    };
    const one = (...values) => values[below(values.length)];
    const callback = () => one('timeout', 'microtask', 'channel', 'then', 'catch', 'event');
    const makers = {
      look: () => ({}),
      start: () => ({
        below: one('active', 'active', 'span', 'none', ...(carriers ? ['headers'] : [])),
        links: below(3) === 0,
        end: one('now', 'dispose', 'block', 'timeout'),
      }),
      child: () => ({ end: one('now', 'block', 'timeout') }),
      inside: (depth) => ({
        how: one('withSpan', 'withSpan', 'traceApiCall', 'traced', 'method', 'traceFlow'),
        options: below(2) === 0,
        ...body(depth),
      }),
      message: (depth) => ({ context: carriers && below(2) === 0, ...body(depth) }),
      run: (depth) => body(depth),
      bind: (depth) => ({ callback: callback(), ...body(depth) }),
      later: (depth) => ({ callback: callback(), ...body(depth) }),
      generator: () => ({ steps: 1 + below(3) }),
      fetch: () => ({ below: one('active', 'span'), awaited: below(2) === 0 }),
      wait: () => ({ callback: callback() }),
    };
    const body = (depth) => ({
      isAsync: below(2) === 0,
      awaited: below(2) === 0,
      fails: below(5) === 0,
      block: block(depth + 1),
    });
    const leaves = ['look', 'start', 'child', 'generator', 'fetch', 'wait'];
    const block = (depth) =>
      Array.from({ length: 1 + below(4) }, () => {
        const kind = depth < 4 ? one(...Object.keys(makers)) : one(...leaves);
        return { kind, pick: below(1000), ...makers[kind](depth) };
      });
    return block(0);
  };

  // The interpreter. `here` is what a piece of code knows: the span that is active in it and those that it can name.
  const runProgram = async (seed) => {
    const pending = [];
    let count = 0;
    const note = (parent, more) => {
      const span = { name: `${seed}.${++count}`, parent, flow: parent?.flow, ...more };
      meant.push(span);
      return span;
    };
    const look = (here, place) => {
      const active = t.activeSpan();
      if (!off && active !== here.active?.handle)
        wrong.push(
          `${seed}: ${place}: ${active?.spanId} is active instead of ${here.active?.name}`,
        );
    };
    const picked = (here, pick) => here.spans[pick % here.spans.length];
    const endAs = (span, end, here) => {
      const { handle } = span;
      if (end === 'now') handle.end();
      else if (end === 'dispose') handle[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
      else if (end === 'timeout') pending.push(call('timeout', () => handle.end()));
      else here.open.push(span);
      here.spans.push(span);
    };

    /** Has a function called that way; a promise of its result. `event` calls it before this returns. */
    const call = (how, work) =>
      new Promise((resolve, reject) => {
        const settled = () => {
          try {
            resolve(work());
          } catch (error) {
            reject(error);
          }
        };
        if (how === 'timeout') setTimeout(settled, seed % 3);
        else if (how === 'microtask') queueMicrotask(settled);
        else if (how === 'then') Promise.resolve().then(settled);
        else if (how === 'catch') Promise.reject(new Error('for catch')).catch(settled);
        else if (how === 'channel') {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            port1.close();
            settled();
          };
          port2.postMessage(0);
        } else {
          target.addEventListener('step', settled, { once: true });
          target.dispatchEvent(new Event('step'));
        }
      });

    const failure = new Error(`of ${seed}`);
    const expectFailure = (error) => {
      if (error !== failure) wrong.push(`${seed}: ${error?.stack ?? error} came out`);
    };
    const finish = (here) => {
      look(here, 'end of a block');
      for (const { handle } of here.open) handle.end();
    };
    const nested = (outer, active) => ({ active, spans: [...outer.spans], open: [] });

    const runSync = (step, here) => {
      look(here, 'begin of a block');
      for (const inner of step.block) {
        const result = perform(inner, here);
        if (result) pending.push(result);
      }
      finish(here);
      if (step.fails) throw failure;
    };
    const runAsync = async (step, here) => {
      look(here, 'begin of an async function');
      for (const inner of step.block) {
        const result = perform(inner, here);
        if (result && (inner.awaited || inner.kind === 'wait')) {
          await result;
          here.active = undefined;
        } else if (result) pending.push(result);
      }
      finish(here);
      if (step.fails) throw failure;
    };
    const runBody = (step, here) => (step.isAsync ? runAsync : runSync)(step, here);
    /** Calls what runs a body; its failure ends here. */
    const guarded = (step, work) => {
      try {
        const result = work();
        if (step.isAsync) return result.catch(expectFailure);
      } catch (error) {
        expectFailure(error);
      }
      return undefined;
    };

    const inside = {
      withSpan: ({ name }, options, work) => t.withSpan(name, ...options, work),
      traceApiCall: ({ name }, options, work) => t.traceApiCall(name, ...options, work),
      traceFlow: ({ name }, options, work) => t.traceFlow(name, ...options, work),
      traced: ({ name }, _, work) => t.traced(name, () => work(t.activeSpan()))(),
      method({ name }, _, work) {
        class Owner {
          value = name;
          act(given) {
            if (this.value !== name || given !== 1) wrong.push(`${seed}: this or arguments lost`);
            return work(t.activeSpan());
          }
        }
        // What a compiler makes of @traced(name).
        const context = { kind: 'method', name: 'act' };
        Owner.prototype.act = t.traced(name)(Owner.prototype.act, context);
        return new Owner().act(1);
      },
    };

    const performers = {
      look: (_, here) => look(here, 'look'),
      start(step, here) {
        const other = picked(here, step.pick);
        const links = step.links && other ? [{ context: other.handle }] : undefined;
        const linked = links && other;
        let span;
        let options;
        if (step.below === 'active' || (step.below !== 'none' && !other))
          [span, options] = [note(here.active, { linked }), { links }];
        else if (step.below === 'none')
          [span, options] = [note(undefined, { linked }), { links, parent: null }];
        else if (step.below === 'span')
          [span, options] = [note(other, { linked }), { links, parent: other.handle }];
        else {
          const { traceparent } = other.handle;
          [span, options] = [
            note(other, { linked, flow: undefined }),
            { links, parent: { traceparent } },
          ];
        }
        span.handle = t.startSpan(span.name, options);
        endAs(span, step.end, here);
      },
      child(step, here) {
        const parent = picked(here, step.pick);
        if (!parent) return;
        const span = note(parent);
        span.handle = parent.handle.child(span.name);
        endAs(span, step.end, here);
      },
      inside(step, here) {
        const other = step.options && !/^(traced|method)$/.test(step.how);
        const parent = other ? picked(here, step.pick) : here.active;
        const span = note(parent, { failed: step.fails });
        if (step.how === 'traceFlow') span.flow = span;
        const options = other ? [{ parent: parent?.handle ?? null }] : [];
        return guarded(step, () =>
          inside[step.how](span, options, (handle) => {
            span.handle = handle;
            const inner = nested(here, span);
            inner.spans.push(span);
            return runBody(step, inner);
          }),
        );
      },
      message(step, here) {
        const parent = step.context ? picked(here, step.pick) : undefined;
        const span = note(parent, { failed: step.fails, flow: here.active?.flow });
        span.linked = here.active;
        const message = JSON.stringify({ traceparent: parent?.handle.traceparent });
        const handler = (handle) => {
          span.handle = handle;
          const inner = nested(here, span);
          inner.spans.push(span);
          return runBody(step, inner);
        };
        const options = { name: span.name, update: false };
        return guarded(step, () => t.traceMessage(message, handler, options));
      },
      run(step, here) {
        const span = picked(here, step.pick);
        if (!span) return undefined;
        return guarded(step, () => span.handle.run(() => runBody(step, nested(here, span))));
      },
      bind(step, here) {
        const span = picked(here, step.pick);
        if (!span) return undefined;
        const work = span.handle.bind(() => runBody(step, nested(here, span)));
        return call(step.callback, work).catch(expectFailure);
      },
      later(step, here) {
        // An event is dispatched to its listeners by the code that runs; everything else comes from outside.
        const active = step.callback === 'event' ? here.active : undefined;
        const work = () => runBody(step, nested(here, active));
        return call(step.callback, work).catch(expectFailure);
      },
      generator(step, here) {
        // What a generator does belongs to whoever asks for its next value.
        const made = [];
        const generator = (function* () {
          for (;;) {
            const span = note(undefined);
            span.handle = t.startSpan(span.name);
            made.push(span);
            yield;
          }
        })();
        for (let index = 0; index < step.steps; index++) {
          const owner = index % 2 ? picked(here, step.pick + index) : undefined;
          if (owner) owner.handle.run(() => generator.next());
          else generator.next();
          const span = made[index];
          span.parent = owner ?? here.active;
          span.flow = span.parent?.flow;
          endAs(span, 'now', here);
        }
      },
      fetch(step, here) {
        const owner = step.below === 'span' ? picked(here, step.pick) : undefined;
        const span = note(owner ?? here.active);
        const url = `/page?span=${span.name}`;
        return owner ? owner.handle.fetch(url) : t.tracedFetch(url);
      },
      wait: (step) => call(step.callback, () => {}),
    };
    const perform = (step, here) => performers[step.kind](step, here);

    const here = { active: undefined, spans: [], open: [] };
    await runAsync({ block: generate(seed) }, here).catch(expectFailure);
    // What is still going on may start more.
    while (pending.length) await Promise.all(pending.splice(0));
  };

  window.begin?.();
  const page = t.tracePageLoad();
  await Promise.all(seeds.map(runProgram));
  await window.begun;
  await t.flush();
  return {
    wrong,
    page: page.spanId,
    meant: meant.map(({ name, parent, linked, flow, failed }) => ({
      name,
      parent: parent?.name,
      linked: linked?.name,
      flow: flow?.name,
      failed: !!failed,
    })),
    recorded: t.bufferedSpans(),
  };
}
