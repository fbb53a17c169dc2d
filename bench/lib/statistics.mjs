// Medians and their spread: the machine is never quiet, and a mean would follow its worst moment.

/** The value below which the share `q` of `values` lies. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** Median and quartiles. */
export const summary = (values) => ({
  median: quantile(values, 0.5),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
  rounds: values.length,
});

/** Ratios of two series round by round: both saw the same noise. */
export const ratios = (over, under) => over.map((value, round) => value / under[round]);
