// Every child that a script starts is the head of its own process group, and none outlives the script.

const heads = new Set();
let ownSignals = false;

function kill(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Its group is gone already.
  }
}

process.on('exit', () => {
  for (const child of heads) kill(child, 'SIGKILL');
});
for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 })) {
  process.on(signal, () => {
    if (!ownSignals) process.exit(128 + number);
  });
}

/** For a script that stops its children in an order of its own when a signal comes. */
export function handleSignals(handler) {
  ownSignals = true;
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, handler);
}

/** Takes over a child that was spawned `detached`; the result signals its whole group. */
export function adopt(child) {
  heads.add(child);
  child.once('exit', () => {
    kill(child, 'SIGKILL'); // what it left behind in its group
    heads.delete(child);
  });
  return (signal) => kill(child, signal);
}
