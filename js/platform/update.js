// What the screen does: the next task, the next frame, and changes of the document. Nothing here throws.

/** After this long without a frame there is none to wait for: the browser draws this page no more. */
const NO_FRAME_MS = 1000;

/** @type {(() => void)[]} */
const tasks = [];
/** @type {MessageChannel | undefined} */
let channel;

/** @type {((time: number, painted: boolean) => void)[]} */
const waiting = [];
let frame = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let noFrame;

/** @type {MutationObserver | undefined} */
let observer;
/** @type {(() => void) | undefined} */
let onHidden;

function runTasks() {
  for (const task of tasks.splice(0)) task();
}

/**
 * Runs a function in a task of its own, after the microtasks and before timers.
 * @param {() => void} task
 */
export function afterTask(task) {
  if (tasks.push(task) > 1) return;
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = runTasks;
  }
  channel.port2.postMessage(0);
}

/** @param {boolean} painted */
function takeWaiting(painted) {
  const taken = waiting.splice(0);
  clearTimeout(noFrame);
  cancelAnimationFrame(frame);
  const report = () => {
    for (const callback of taken) callback(performance.now(), painted);
  };
  if (painted) afterTask(report);
  else report();
}

/**
 * Calls back when the next frame has been painted, or at once when there will be none.
 * @param {(time: number, painted: boolean) => void} callback
 */
export function afterPaint(callback) {
  try {
    watchVisibility();
    if (!document.hidden) {
      if (waiting.length === 0) {
        frame = requestAnimationFrame(() => takeWaiting(true));
        noFrame = setTimeout(takeWaiting, NO_FRAME_MS, false);
      }
      waiting.push(callback);
      return;
    }
  } catch {
    // A worker has no screen, and a page may break its own.
  }
  callback(performance.now(), false);
}

let watching = false;

/** Before any listener of the document, so that what waits is written before the page's last chance to send. */
function watchVisibility() {
  if (watching) return;
  watching = true;
  const hidden = () => {
    if (!document.hidden) return;
    takeWaiting(false);
    onHidden?.();
  };
  addEventListener('visibilitychange', hidden, true);
}

/**
 * Reports how many mutations there were, in their microtask; and when the page is hidden.
 * @param {(mutations: number) => void} onMutations
 * @param {() => void} whenHidden
 */
export function observe(onMutations, whenHidden) {
  onHidden = whenHidden;
  watchVisibility();
  observer ??= new MutationObserver((records) => onMutations(records.length));
  observer.observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
}

/** Mutations that were not reported yet. */
export function takeMutations() {
  return observer ? observer.takeRecords().length : 0;
}

export function stopObserving() {
  observer?.disconnect();
}
