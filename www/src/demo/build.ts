// What the build API sends, and what it means for the reader. Pure.
import type { Update } from './updates.ts';

export interface Step {
  title: string;
  status: 'pending' | 'in_progress' | 'completed';
  command: string | null;
}

export interface BuildSession {
  id: string;
  status: 'running' | 'completed' | 'incomplete';
  traceId: string;
  /** Milliseconds since 1970, by the processor's clock. */
  startedAt: number;
  endedAt: number | null;
  todos: Step[];
}

export type BuildUpdate = Update<{ session: BuildSession }>;

/** `lost`: the build is over and the step never reported its end. */
export type StepState = 'pending' | 'running' | 'done' | 'lost';

export function stepState(session: BuildSession, step: Step): StepState {
  if (step.status === 'completed') return 'done';
  if (session.status !== 'running') return 'lost';
  return step.status === 'in_progress' ? 'running' : 'pending';
}

/** The newest build is shown, in its latest state; undefined when none of them is newer. */
export function newestSession(
  shown: BuildSession | undefined,
  updates: BuildUpdate[],
): BuildSession | undefined {
  return updates
    .map(({ data }) => data.session)
    .filter((session) => !shown || session.id === shown.id || session.startedAt > shown.startedAt)
    .reduce<BuildSession | undefined>(
      (newest, session) =>
        newest && newest.id !== session.id && newest.startedAt > session.startedAt
          ? newest
          : session,
      undefined,
    );
}

export function summary({ status, todos, startedAt, endedAt }: BuildSession): string {
  const done = todos.filter((step) => step.status === 'completed').length;
  if (status === 'running') return `Running, ${done} of ${todos.length} steps done`;
  const seconds = (((endedAt ?? startedAt) - startedAt) / 1000).toFixed(1);
  if (status === 'completed') return `Completed in ${seconds} s`;
  return `Over in ${seconds} s, but ${todos.length - done} of ${todos.length} steps reported no end`;
}
