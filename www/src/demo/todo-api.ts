// The calls of the to-do backend, each inside a span named after what the user did.
import { type Span, withSpan } from 'tracelink';
import type { Todo } from './todo.ts';

/** Gets the trace of a click as it begins. */
export type ClickListener = (traceId: string) => void;

export function addTodo(title: string, listener: ClickListener): Promise<unknown> {
  return withSpan('click add-todo', (span) => {
    listener(span.traceId);
    return send(span, 'POST', '/api/todos', { title });
  });
}

export function completeAll(listener: ClickListener): Promise<unknown> {
  return withSpan('click complete-all', (span) => {
    listener(span.traceId);
    return send(span, 'POST', '/api/todos/complete', {});
  });
}

export function setDone(todo: Todo, done: boolean, listener: ClickListener): Promise<unknown> {
  return withSpan('click toggle-todo', { attributes: { 'todo.id': todo.id } }, (span) => {
    listener(span.traceId);
    return send(span, 'PATCH', `/api/todos/${todo.id}`, { done });
  });
}

export function loadTodos(): Promise<Todo[]> {
  return withSpan('load todos', async (span) => {
    const response = await span.fetch('/api/todos');
    return (await read<{ todos: Todo[] }>(response)).todos;
  });
}

async function send(span: Span, method: string, path: string, body: unknown): Promise<unknown> {
  const response = await span.fetch(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return read(response);
}

/** Throwing inside `withSpan` marks its span as failed. */
export async function read<T>(response: Response): Promise<T> {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `The server answered ${response.status}`);
  return body;
}
