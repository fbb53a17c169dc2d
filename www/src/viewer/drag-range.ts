// Chooses a range by dragging over an element; a press without a drag chooses nothing.

/** Shares of the element's width, 0 to 1, the smaller first. */
export type Shares = readonly [number, number];

/** Less is a click, not a drag. */
const LEAST_PX = 4;

export function dragRange(
  event: PointerEvent,
  moving: (shares: Shares | undefined) => void,
  chosen: (shares: Shares) => void,
) {
  if (event.button !== 0) return;
  const target = event.currentTarget as HTMLElement;
  const { left, width } = target.getBoundingClientRect();
  const share = (x: number) => Math.min(1, Math.max(0, (x - left) / width));
  const startX = event.clientX;
  const sharesTo = (x: number): Shares => {
    const [a, b] = [share(startX), share(x)];
    return a < b ? [a, b] : [b, a];
  };
  const isDrag = (x: number) => Math.abs(x - startX) >= LEAST_PX;
  const over = new AbortController();
  const { signal } = over;
  target.setPointerCapture(event.pointerId);
  target.addEventListener(
    'pointermove',
    ({ clientX }) => moving(isDrag(clientX) ? sharesTo(clientX) : undefined),
    { signal },
  );
  target.addEventListener(
    'pointerup',
    ({ clientX }) => {
      over.abort();
      moving(undefined);
      if (isDrag(clientX)) chosen(sharesTo(clientX));
    },
    { signal },
  );
  target.addEventListener(
    'pointercancel',
    () => {
      over.abort();
      moving(undefined);
    },
    { signal },
  );
}
