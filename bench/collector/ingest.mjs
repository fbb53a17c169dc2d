// Taking spans in, beside others: the same batches to each in turn, round by round, all running all the time.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ratios, summary } from '../lib/statistics.mjs';
import { CONTENDERS, prepare } from './contenders.mjs';
import { sender } from './load.mjs';
import { peakMemory, processorTime } from './process.mjs';
import { batches, SPANS } from './traces.mjs';

const ROUNDS = 5;
/** Batches that warm a contender up. */
const WARM_UP = 4;
const PATIENCE_MS = 120_000;

/** Waits until a process has nothing to do. */
async function quiet(pid) {
  for (let used = processorTime(pid); ; ) {
    await sleep(400);
    const now = processorTime(pid);
    if (now === undefined || now - used < 0.02) return;
    used = now;
  }
}

/** Waits until so many spans are stored. */
async function until(stored, count) {
  const deadline = Date.now() + PATIENCE_MS;
  while ((await stored()) < count) {
    if (Date.now() > deadline) throw new Error(`${count} spans are not stored in time`);
    await sleep(100);
  }
}

/** One round of one contender. */
async function round({ running: { pid, stored }, load }, count) {
  const spans = count * SPANS;
  const [begin, used] = [performance.now(), processorTime(pid)];
  const acknowledged = await load.fill(spans);
  if (stored) await until(stored, load.sent() * SPANS);
  const complete = spans / ((performance.now() - begin) / 1000);
  await quiet(pid);
  const cpu = used === undefined ? undefined : ((processorTime(pid) - used) / spans) * 1e6;
  return { acknowledged, complete, cpu };
}

/** Measures the contenders named, tracelink always among them. */
export async function measureIngest(names) {
  const wanted = ['tracelink', ...names.filter((name) => name !== 'tracelink')];
  const absent = await prepare(wanted);
  const folder = await mkdtemp(join(tmpdir(), 'tracelink-bench-'));
  const contenders = [];
  try {
    for (const name of wanted.filter((name) => !absent.has(name))) {
      const running = await CONTENDERS[name].start(folder);
      const load = sender(running.url, batches());
      contenders.push({ name, running, load, rounds: [] });
      await round(contenders.at(-1), WARM_UP);
    }
    for (let number = 0; number < ROUNDS; number++) {
      for (const contender of contenders) {
        contender.rounds.push(await round(contender, CONTENDERS[contender.name].batches));
      }
    }
    return { ...results(contenders), absent: Object.fromEntries(absent), load: loadavg()[0] };
  } finally {
    for (const { load, running } of contenders) {
      load.close();
      await running.stop();
    }
    await rm(folder, { recursive: true, force: true });
  }
}

function results(contenders) {
  const [own] = contenders;
  const series = ({ rounds }, key) => rounds.map((one) => one[key]);
  const rows = contenders.map((contender) => {
    const known = contender.rounds[0].cpu !== undefined;
    return {
      name: contender.name,
      version: CONTENDERS[contender.name].version?.(),
      spans: CONTENDERS[contender.name].batches * SPANS,
      stores: contender.name !== 'rotel',
      acknowledged: summary(series(contender, 'acknowledged')),
      complete: summary(series(contender, 'complete')),
      cpu: known ? summary(series(contender, 'cpu')) : undefined,
      peakBytes: peakMemory(contender.running.pid),
      /** How many times as many spans a second tracelink takes, stored where both store. */
      ratio: summary(ratios(series(own, 'complete'), series(contender, 'complete'))),
    };
  });
  return { rounds: ROUNDS, rows };
}

const whole = (value) => value.toFixed(0);

/** The numbers for people. */
export function ingestTable({ rounds, rows, absent, load }) {
  const names = ['acknowledged/s', 'complete/s', 'quartiles', 'cpu us', 'peak MiB', 'tracelink is'];
  const head = ''.padEnd(20) + names.map((name) => name.padStart(17)).join('');
  const line = ({ name, version, acknowledged, complete, cpu, peakBytes, ratio }) =>
    `  ${`${name} ${version ?? ''}`.padEnd(18)}` +
    [
      whole(acknowledged.median),
      whole(complete.median),
      `${whole(complete.low)} to ${whole(complete.high)}`,
      cpu ? cpu.median.toFixed(2) : '-',
      peakBytes ? whole(peakBytes / 2 ** 20) : '-',
      `${ratio.median.toFixed(ratio.median < 10 ? 2 : 0)} times`,
    ]
      .map((cell) => cell.padStart(17))
      .join('');
  return [
    `ingest: spans a second of batches of ${SPANS}, medians of ${rounds} rounds; load ${load.toFixed(1)}`,
    head,
    ...rows.map(line),
    ...Object.entries(absent).map(([name, reason]) => `  ${name} is not here: ${reason}`),
  ].join('\n');
}
