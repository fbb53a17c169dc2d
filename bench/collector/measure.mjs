// The collector: how many spans a second it stores, and how long reads take at a million spans while more come in.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCollector } from '../../scripts/start/services.mjs';
import { quantile } from '../lib/statistics.mjs';
import { sender } from './load.mjs';
import { ask } from './reads.mjs';
import { batches } from './traces.mjs';

const ROUNDS = 100;
/** Spans a second that come in while reads are measured. */
const PACE = 10_000;
const INGEST = 50_000;
const P95_MS = 50;
/** Shown without a limit: they count all traces, or go through up to 100,000 spans. */
const UNASKED = ['health', 'service map'];

const atLeast = (what, value, limit) => ({
  what,
  reached: { median: value },
  asked: `at least ${limit}`,
  missed: !(value >= limit),
});
const atMost = (what, value, limit) => ({
  what,
  reached: { median: value },
  asked: `at most ${limit}`,
  missed: !(value <= limit),
});

/** Fills a database in a file with `spans` spans, then reads. */
export async function measureCollector(spans) {
  const folder = await mkdtemp(join(tmpdir(), 'tracelink-bench-'));
  const database = join(folder, 'traces.db');
  const collector = await startCollector({ port: 0, database });
  const load = sender(collector.url, batches());
  try {
    const perSecond = await load.fill(spans);
    const stored = load.sent();
    const stop = load.keepOn(PACE);
    const times = await ask(collector.url, stored, ROUNDS);
    const pace = await stop();
    const reads = [...times].map(([question, values]) => ({
      question,
      median: quantile(values, 0.5),
      p95: quantile(values, 0.95),
      most: Math.max(...values),
    }));
    return {
      spans,
      perSecond,
      pace,
      reads,
      databaseBytes: (await stat(database)).size,
      load: loadavg()[0],
      checks: [
        atLeast('collector: spans a second', perSecond, INGEST),
        ...reads
          .filter(({ question }) => !UNASKED.includes(question))
          .map(({ question, p95 }) => atMost(`${question}: p95 in ms`, p95, P95_MS)),
      ],
    };
  } finally {
    load.close();
    await collector.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const cell = (value) => value.toFixed(1).padStart(10);

/** The numbers for people. */
export function collectorTable({ spans, perSecond, pace, reads, databaseBytes, load }) {
  const size = (databaseBytes / 2 ** 20).toFixed(0);
  return [
    `collector: ${spans} spans (${size} MiB), stored at ${perSecond.toFixed(0)} a second; load ${load.toFixed(1)}`,
    `  reads while ${pace.toFixed(0)} spans a second come in, ms`.padEnd(46) +
      ['median', 'p95', 'most'].map((name) => name.padStart(10)).join(''),
    ...reads.map(
      ({ question, median, p95, most }) =>
        `  ${question.padEnd(44)}${cell(median)}${cell(p95)}${cell(most)}`,
    ),
  ].join('\n');
}
