// The spans that a build must make, as one indented line each; for the tests of the processes and of the page.

/** What the runner tells, in its order. */
export const EVENTS = [
  'status',
  ...['tool_call', 'todo', 'tool_call', 'todo', 'tool_call', 'todo'],
  'build-completed',
];

const STATEMENTS = {
  status: ['INSERT sessions', 'INSERT todos', 'SELECT sessions'],
  tool_call: ['INSERT tool_calls', 'UPDATE todos', 'SELECT sessions'],
  todo: ['UPDATE todos', 'SELECT sessions'],
};

/** @typedef {[line: string, ...children: Node[]]} Node */

/** @param {Node} node @returns {string[]} */
const lines = ([line, ...children]) => [
  line,
  ...children.flatMap((child) => lines(child).map((below) => `  ${below}`)),
];

/** @param {string} name @returns {Node} */
const statement = (name) => [`${name} [client persistent-processor]`];

/** @param {string} type @returns {Node[]} */
function persisted(type) {
  if (type !== 'build-completed') {
    return STATEMENTS[/** @type {keyof typeof STATEMENTS} */ (type)].map(statement);
  }
  return [
    [
      'persistent-processor.finalizeSession.completed [internal persistent-processor]',
      statement('SELECT sessions'),
      statement('UPDATE sessions'),
    ],
    statement('SELECT sessions'),
  ];
}

/**
 * The way of one event, from the broker on.
 * @param {string} type
 * @returns {Node}
 */
export function forwarded(type) {
  return [
    `broker.forwardEvent.${type} [consumer broker]`,
    [
      'POST [client broker]',
      [
        'POST /api/runner/events [server api]',
        [
          `api.runner.events.${type} [internal api]`,
          [
            'POST [client api]',
            [
              'POST /api/events [server persistent-processor]',
              [
                `persistent-processor.persistEvent.${type} [internal persistent-processor]`,
                ...persisted(type),
              ],
            ],
          ],
          ['send builds [producer api]'],
        ],
      ],
    ],
  ];
}

/**
 * @param {(type: string, index: number) => Node[]} below what is below the span that sends an event
 * @returns {Node}
 */
export function runnerBuild(below = (type) => [forwarded(type)]) {
  return [
    'runner.build [consumer runner]',
    ...EVENTS.map(
      (type, index) =>
        /** @type {Node} */ ([`runner.sendEvent.${type} [producer runner]`, ...below(type, index)]),
    ),
  ];
}

/**
 * The request of the page and what it starts.
 * @param {Node[]} received what the runner does with the command
 * @returns {Node}
 */
export function request(received = [runnerBuild()]) {
  return [
    'POST /api/builds [server api]',
    [
      'POST [client api]',
      [
        'POST /api/commands [server broker]',
        ['broker.sendCommand.start-build [producer broker]', ...received],
      ],
    ],
  ];
}

/** @param {Node} node */
export const text = (node) => lines(node).join('\n');

/**
 * The same tree as Sentry's SDK names it: its spans of outgoing requests say to which host.
 * @param {string} expected
 */
export const bySentry = (expected) =>
  expected.replaceAll(/\bPOST (?=\[client (api|broker)\])/g, 'POST 127.0.0.1 ');
