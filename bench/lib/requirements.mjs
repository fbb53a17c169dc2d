// What tracelink must reach, as ratios within one run.
import { ratios, summary } from './statistics.mjs';

/** Spans: how many times longer than tracelink a contender must take, in every variant. */
const TIMES = { 'opentelemetry-protobuf': 3.5, 'opentelemetry-json': 5, sentry: 8 };
/** What a span that sampling leaves out may cost. */
const UNSAMPLED_US = 0.15;
const UNSAMPLED_SHARE = 0.15;
const MESSAGE_US = 1.5;
const MESSAGE_SHARE = 0.25;
const FETCH_SYNCHRONOUS_SHARE = 0.5;
const FETCH_SHARE = 0.5;

const series = (results, key = 'us') => results.map((result) => result[key]);
/** What tracing adds, round by round. */
const added = ({ plain, traced }, key) => {
  const base = series(plain, key);
  return series(traced, key).map((value, round) => value - base[round]);
};
/** A share of medians: what a single round adds may be next to nothing, and nothing divides by that. */
const share = (part, whole) => {
  const median = summary(part).median / summary(whole).median;
  return { median, low: median, high: median, rounds: part.length };
};

const atLeast = (what, reached, limit) => ({
  what,
  reached,
  asked: `at least ${limit}`,
  missed: !(reached.median >= limit),
});
const atMost = (what, reached, limit) => ({
  what,
  reached,
  asked: `at most ${limit}`,
  missed: !(reached.median <= limit),
});

const CHECKS = {
  spans: ({ tracelink: { unsampled, ...recorded }, ...others }) => [
    ...Object.entries(TIMES).flatMap(([contender, limit]) =>
      Object.entries(recorded).map(([variant, own]) => {
        const reached = summary(ratios(series(others[contender][variant]), series(own)));
        return atLeast(`span (${variant}): times faster than ${contender}`, reached, limit);
      }),
    ),
    atMost('span that is not sampled: us', summary(series(unsampled)), UNSAMPLED_US),
    atMost(
      'span that is not sampled: share of a recorded one',
      share(series(unsampled), series(recorded.options)),
      UNSAMPLED_SHARE,
    ),
  ],
  messages: ({ tracelink, opentelemetry }) => [
    atMost('message: us added to parse and handler', summary(added(tracelink)), MESSAGE_US),
    atMost(
      'message: share of what OpenTelemetry by hand adds',
      share(added(tracelink), added(opentelemetry)),
      MESSAGE_SHARE,
    ),
  ],
  fetch: ({ tracelink, opentelemetry }) => [
    atMost(
      'fetch: share added to its synchronous part',
      share(added(tracelink, 'synchronous'), series(tracelink.plain, 'synchronous')),
      FETCH_SYNCHRONOUS_SHARE,
    ),
    atMost(
      'fetch: share of what OpenTelemetry adds in all',
      share(added(tracelink), added(opentelemetry)),
      FETCH_SHARE,
    ),
  ],
};

/** The checks of one kind's results: what was reached, what is asked for, whether that is missed. */
export const check = (kind, results) => CHECKS[kind](results);
