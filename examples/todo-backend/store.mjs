// The to-do list in its database.
import { openDatabase } from '../shared/database.mjs';

const SCHEMA = `CREATE TABLE IF NOT EXISTS todos (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
)`;

/** The list shows the newest; a demo that ran for weeks still answers fast. */
const MOST_LISTED = 200;

/** @typedef {{ id: number, title: string, done: boolean, createdAt: number }} Todo */

/** @param {string} file */
export function openStore(file) {
  const database = openDatabase(file);
  database.define(SCHEMA);
  const collection = 'todos';
  const insert = database.prepare({
    operation: 'INSERT',
    collection,
    text: 'INSERT INTO todos (title, created_at) VALUES (?, ?) RETURNING *',
  });
  const list = database.prepare({
    operation: 'SELECT',
    collection,
    text: 'SELECT * FROM todos ORDER BY id DESC LIMIT ?',
  });
  const countOpen = database.prepare({
    operation: 'SELECT',
    collection,
    text: 'SELECT count(*) AS open FROM todos WHERE done = 0',
  });
  const setDone = database.prepare({
    operation: 'UPDATE',
    collection,
    text: 'UPDATE todos SET done = ? WHERE id = ? RETURNING *',
  });
  const completeOpen = database.prepare({
    operation: 'UPDATE',
    collection,
    text: 'UPDATE todos SET done = 1 WHERE done = 0 RETURNING *',
  });

  return {
    /** @returns {Todo[]} newest first */
    list: () => list.all(MOST_LISTED).map(todo),
    /** @param {string} title */
    add: (title) => todo(insert.get(title, Date.now())),
    /** @returns {number} */
    countOpen: () => countOpen.get().open,
    /**
     * @param {number} id
     * @param {boolean} done
     * @returns {Todo | undefined}
     */
    setDone(id, done) {
      const row = setDone.get(done ? 1 : 0, id);
      return row && todo(row);
    },
    /** @returns {Todo[]} those that were open */
    completeAll: () => completeOpen.all().map(todo),
    close: () => database.close(),
  };
}

/**
 * @param {{ id: number, title: string, done: number, created_at: number }} row
 * @returns {Todo}
 */
function todo(row) {
  return { id: row.id, title: row.title, done: row.done === 1, createdAt: row.created_at };
}
