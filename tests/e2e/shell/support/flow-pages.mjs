// Flows in the pages of one tab, as scenarios begin them, and what the tab keeps.

/** Begins a flow that stays open; the attributes of a span below it, beside those of the user's own. */
export const begin = (run, name, attributes) =>
  run(
    (name, attributes) => {
      const { t } = window;
      t.traceFlow(name, { attributes }, (flow) => {
        flow.child('below').end();
        return new Promise((settle) => {
          window.settle = settle;
        });
      });
      return t.bufferedSpans().at(-1).attributes;
    },
    name,
    attributes,
  );

/** A flow that ends at once; its attributes. */
export const pass = (run, name, attributes) =>
  run(
    (name, attributes) => {
      window.t.traceFlow(name, { attributes }, () => {});
      return window.t.bufferedSpans().at(-1).attributes;
    },
    name,
    attributes,
  );

/** What the tab keeps. */
export const stored = (run) => run(() => ({ ...sessionStorage }));

/** An empty tab: scenarios share one. */
export const fresh = async ({ open, run }) => {
  await open({ entry: null });
  await run(() => sessionStorage.clear());
};
