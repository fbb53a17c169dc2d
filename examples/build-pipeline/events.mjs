// What a build is, and the events that tell of it.

/** The steps of every build. The work itself is a pause; what is traced is real. */
export const STEPS = [
  { title: 'Install packages', command: 'npm ci' },
  { title: 'Run tests', command: 'node --test' },
  { title: 'Bundle', command: 'vite build' },
];

/**
 * @typedef {{ type: 'status', buildId: string, status: 'running', todos: string[] }} StatusEvent
 * @typedef {{ type: 'tool_call', buildId: string, position: number, command: string }} ToolCallEvent
 * @typedef {{ type: 'todo', buildId: string, position: number, status: 'completed' }} TodoEvent
 * @typedef {{ type: 'build-completed', buildId: string, status: 'completed' }} CompletedEvent
 * @typedef {StatusEvent | ToolCallEvent | TodoEvent | CompletedEvent} BuildEvent
 */

const TYPES = ['status', 'tool_call', 'todo', 'build-completed'];

/**
 * @param {any} value from another process
 * @returns {value is BuildEvent}
 */
export function isBuildEvent(value) {
  return TYPES.includes(value?.type) && typeof value.buildId === 'string';
}
