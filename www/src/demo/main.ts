// The demo page: starts tracelink, then runs a to-do list whose every step is traced.
import { activeSpan, init, tracePageLoad } from 'tracelink';
import { addTodo, completeAll, loadTodos, setDone } from './api.ts';
import { serverSettings } from './settings.ts';
import { TodoList } from './todo-list.ts';
import type { TraceStatus } from './trace-status.ts';
import { followUpdates } from './updates.ts';
import './span-inspector.ts';
import './trace-status.ts';

const { collector } = serverSettings();
const status = element<TraceStatus>('status');
status.collector = collector;
const showClick = (traceId: string) => {
  status.clickTrace = traceId;
};
const list = new TodoList(element('todos'), element('open-count'), (todo, done) =>
  attempt(setDone(todo, done, showClick)),
);

const started = init({
  serviceName: 'demo-page',
  environment: 'development',
  debug: true,
  ...(collector !== undefined && { endpoint: collector }),
});
status.pageTrace = tracePageLoad('demo').traceId;

followUpdates({
  onUpdates(updates) {
    list.apply(updates);
    // The message's span: the trace that somebody's click began.
    const span = activeSpan();
    if (span) status.updateTrace = span.traceId;
  },
  onState(state) {
    element('connection').textContent = { open: 'Live', closed: 'Reconnecting…' }[state];
    element('connection').dataset.state = state;
    // What was broadcast meanwhile is in the list that the server has now.
    if (state === 'open') started.then(() => attempt(loadList()));
  },
});

element<HTMLFormElement>('add').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = element<HTMLInputElement>('title');
  const title = input.value;
  input.value = '';
  input.focus();
  attempt(addTodo(title, showClick));
});
element('complete-all').addEventListener('click', () => attempt(completeAll(showClick)));

started.then((result) => {
  status.start = result;
  if (!result.ok) console.info('tracelink is off:', result.reason, result.error ?? '');
});

async function loadList() {
  list.reset(await loadTodos());
}

/** The page's own error handling: what failed is told where it happened. */
function attempt(work: Promise<unknown>) {
  const problem = element('problem');
  work.then(
    () => {
      problem.hidden = true;
    },
    (error: Error) => {
      problem.textContent = error.message;
      problem.hidden = false;
    },
  );
}

function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
