// The demo page: starts tracelink, then runs a to-do list and a build whose every step is traced.
import { activeSpan, init, tracePageLoad } from 'tracelink';
import type { BuildUpdate } from './build.ts';
import { loadLatestBuild, startBuild } from './build-api.ts';
import { BuildPanel } from './build-panel.ts';
import { serverSettings } from './settings.ts';
import type { TodoUpdate } from './todo.ts';
import { addTodo, completeAll, loadTodos, setDone } from './todo-api.ts';
import { TodoList } from './todo-list.ts';
import type { TraceStatus } from './trace-status.ts';
import { followUpdates, type Update } from './updates.ts';
import './span-inspector.ts';
import './trace-status.ts';

const { collector, buildApi } = serverSettings();
/** The servers that are not connected, by address. */
const away = new Set<string>();
const status = element<TraceStatus>('status');
status.collector = collector;
const showClick = (traceId: string) => {
  status.clickTrace = traceId;
};

const started = init({
  serviceName: 'demo-page',
  environment: 'development',
  debug: true,
  ...(collector !== undefined && { endpoint: collector }),
  // The build API is another origin: without this line its requests would get no headers.
  ...(buildApi !== undefined && { tracePropagationTargets: ['/', buildApi] }),
});
status.pageTrace = tracePageLoad('demo').traceId;
started.then((result) => {
  status.start = result;
  if (!result.ok) console.info('tracelink is off:', result.reason, result.error ?? '');
});

showTodos();
if (buildApi) showBuilds(buildApi);

function showTodos() {
  const problem = element('todo-problem');
  const list = new TodoList(element('todos'), element('open-count'), (todo, done) =>
    attempt(problem, setDone(todo, done, showClick)),
  );
  const load = async () => list.reset(await loadTodos());
  follow<TodoUpdate['data']>(location.href, {
    onUpdates: (updates) => list.apply(updates),
    onOpen: () => attempt(problem, load()),
  });
  element<HTMLFormElement>('add').addEventListener('submit', (event) => {
    event.preventDefault();
    const input = element<HTMLInputElement>('title');
    const title = input.value;
    input.value = '';
    input.focus();
    attempt(problem, addTodo(title, showClick));
  });
  element('complete-all').addEventListener('click', () => attempt(problem, completeAll(showClick)));
}

function showBuilds(api: string) {
  const problem = element('build-problem');
  const viewer = collector?.replace(/\/+$/, '');
  const panel = new BuildPanel(
    element('build-progress'),
    (traceId) => viewer && `${viewer}/#/trace/${traceId}`,
  );
  follow<BuildUpdate['data']>(api, {
    onUpdates: (updates) => panel.apply(updates),
    onOpen: () => attempt(problem, panel.reset(loadLatestBuild(api))),
  });
  element('start-build').addEventListener('click', () => {
    let clickTrace = '';
    const build = startBuild(api, (traceId) => {
      clickTrace = traceId;
      showClick(traceId);
    });
    attempt(
      problem,
      build.then(({ buildId }) => panel.startedHere(buildId, clickTrace)),
    );
  });
  element('build').hidden = false;
}

interface Follower<Data> {
  onUpdates(updates: Update<Data>[]): void;
  onOpen(): void;
}

/** Follows a server's updates, and shows whether all servers are there. */
function follow<Data>(base: string, { onUpdates, onOpen }: Follower<Data>) {
  away.add(base);
  followUpdates<Data>(base, {
    onUpdates(updates) {
      onUpdates(updates);
      // The message's span: the trace that somebody's click began.
      const span = activeSpan();
      if (span) status.updateTrace = span.traceId;
    },
    onState(state) {
      if (state === 'open') away.delete(base);
      else away.add(base);
      const connection = element('connection');
      connection.textContent = away.size === 0 ? 'Live' : 'Reconnecting…';
      connection.dataset.state = away.size === 0 ? 'open' : 'closed';
      // What was broadcast meanwhile is in the state that the server has now.
      if (state === 'open') started.then(onOpen);
    },
  });
}

/** The page's own error handling: what failed is told where it happened. */
function attempt(problem: HTMLElement, work: Promise<unknown>) {
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
