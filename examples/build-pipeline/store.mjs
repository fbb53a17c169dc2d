// Build sessions, their to-dos and their tool calls in the processor's database.
import { openDatabase } from '../shared/database.mjs';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER
);
CREATE TABLE IF NOT EXISTS todos (
  session_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending',
  PRIMARY KEY (session_id, position)
);
CREATE TABLE IF NOT EXISTS tool_calls (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  command TEXT NOT NULL,
  called_at INTEGER NOT NULL
)`;

/** A session with all that the page shows of it, in one row. */
const SESSION = `SELECT sessions.*,
  (SELECT json_group_array(json_object('title', title, 'status', status, 'command', command))
   FROM (SELECT title, status,
      (SELECT command FROM tool_calls
       WHERE tool_calls.session_id = todos.session_id AND tool_calls.position = todos.position
       ORDER BY tool_calls.id DESC LIMIT 1) AS command
     FROM todos WHERE todos.session_id = sessions.id ORDER BY position)) AS todos
  FROM sessions`;

/**
 * @typedef {{ title: string, status: 'pending' | 'in_progress' | 'completed', command: string | null }} Todo
 * @typedef {{
 *   id: string,
 *   status: 'running' | 'completed' | 'incomplete',
 *   traceId: string,
 *   startedAt: number,
 *   endedAt: number | null,
 *   todos: Todo[],
 * }} Session
 */

/**
 * @param {string} file
 * @param {{ delayMs: number }} options
 */
export function openStore(file, options) {
  const database = openDatabase(file, options);
  database.define(SCHEMA);
  const insertSession = database.prepare({
    operation: 'INSERT',
    collection: 'sessions',
    text: "INSERT INTO sessions (id, status, trace_id, started_at) VALUES (?, 'running', ?, ?)",
  });
  const insertTodos = database.prepare({
    operation: 'INSERT',
    collection: 'todos',
    text: 'INSERT INTO todos (session_id, position, title) SELECT ?, key, value FROM json_each(?)',
  });
  const insertToolCall = database.prepare({
    operation: 'INSERT',
    collection: 'tool_calls',
    text: 'INSERT INTO tool_calls (session_id, position, command, called_at) VALUES (?, ?, ?, ?)',
  });
  const setTodo = database.prepare({
    operation: 'UPDATE',
    collection: 'todos',
    text: 'UPDATE todos SET status = ? WHERE session_id = ? AND position = ?',
  });
  const setSession = database.prepare({
    operation: 'UPDATE',
    collection: 'sessions',
    text: 'UPDATE sessions SET status = ?, ended_at = ? WHERE id = ?',
  });
  const byId = database.prepare({
    operation: 'SELECT',
    collection: 'sessions',
    text: `${SESSION} WHERE id = ?`,
  });
  const latest = database.prepare({
    operation: 'SELECT',
    collection: 'sessions',
    text: `${SESSION} ORDER BY started_at DESC, rowid DESC LIMIT 1`,
  });

  return {
    /**
     * @param {string} id
     * @param {string} traceId
     * @param {string[]} titles
     */
    addSession(id, traceId, titles) {
      insertSession.all(id, traceId, Date.now());
      insertTodos.all(id, JSON.stringify(titles));
    },
    /**
     * @param {string} id
     * @param {number} position
     * @param {string} command
     */
    addToolCall(id, position, command) {
      insertToolCall.all(id, position, command, Date.now());
      setTodo.all('in_progress', id, position);
    },
    /**
     * @param {string} id
     * @param {number} position
     */
    completeTodo: (id, position) => void setTodo.all('completed', id, position),
    /**
     * @param {string} id
     * @param {Session['status']} status
     */
    endSession: (id, status) => void setSession.all(status, Date.now(), id),
    /** @param {string} id */
    session: (id) => session(byId.get(id)),
    latestSession: () => session(latest.get()),
    close: () => database.close(),
  };
}

/**
 * @param {any} row
 * @returns {Session | undefined}
 */
function session(row) {
  if (!row) return undefined;
  return {
    id: row.id,
    status: row.status,
    traceId: row.trace_id,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    todos: JSON.parse(row.todos),
  };
}
