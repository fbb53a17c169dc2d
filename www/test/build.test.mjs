// What the demo page makes of build sessions: which build it shows, and in which words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compiled } from './compiled.mjs';

const { newestSession, stepState, summary } = await compiled('demo/build.ts');

const session = (fields = {}) => ({
  id: 'a',
  status: 'running',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  startedAt: 1000,
  endedAt: null,
  todos: [
    { title: 'one', status: 'completed', command: 'x' },
    { title: 'two', status: 'in_progress', command: 'y' },
    { title: 'three', status: 'pending', command: null },
  ],
  ...fields,
});
const update = (state) => ({ type: 'todo', timestamp: 0, data: { session: state } });

test('the newest build is shown, in its latest state', () => {
  const shown = session();
  const later = session({ status: 'completed' });
  const older = session({ id: 'b', startedAt: 500 });
  const newer = session({ id: 'c', startedAt: 1500 });
  assert.equal(newestSession(undefined, []), undefined);
  assert.equal(newestSession(undefined, [update(shown), update(later)]), later);
  assert.equal(newestSession(shown, [update(later)]), later);
  assert.equal(newestSession(shown, [update(older)]), undefined);
  assert.equal(newestSession(shown, [update(newer), update(later)]), newer);
  assert.equal(newestSession(shown, [update(later), update(older), update(newer)]), newer);
});

test('a step that is not done when the build is over is lost, not running', () => {
  const states = (build) => build.todos.map((step) => stepState(build, step));
  assert.deepEqual(states(session()), ['done', 'running', 'pending']);
  assert.deepEqual(states(session({ status: 'incomplete' })), ['done', 'lost', 'lost']);
});

test('the summary says how far a build is, and what it lacks at its end', () => {
  assert.equal(summary(session()), 'Running, 1 of 3 steps done');
  const over = { endedAt: 3340 };
  assert.equal(summary(session({ status: 'completed', ...over })), 'Completed in 2.3 s');
  assert.equal(
    summary(session({ status: 'incomplete', ...over })),
    'Over in 2.3 s, but 2 of 3 steps reported no end',
  );
});
