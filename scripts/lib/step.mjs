// How a script speaks: one line a step, and one line and a non-zero exit when a step fails.

/** A failure that a reader can act on: the step, what went wrong, what to do. */
export class StepError extends Error {
  constructor(step, problem, remedy) {
    super(remedy ? `${step}: ${problem}. ${remedy}` : `${step}: ${problem}`);
    this.step = step;
  }
}

export function say(line) {
  process.stdout.write(`tracelink: ${line}\n`);
}

/** Runs a script's main function; a StepError becomes its one line, anything else keeps its stack. */
export async function main(run) {
  try {
    process.exitCode = (await run()) ?? 0;
  } catch (error) {
    const text = error instanceof StepError ? error.message : (error?.stack ?? String(error));
    process.stderr.write(`tracelink: ${text}\n`);
    process.exitCode = 1;
  }
}

export const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);
