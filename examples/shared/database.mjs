// SQLite with a CLIENT span around each statement, by the stable database conventions.
import { basename } from 'node:path';
import { SpanKind, trace } from '@opentelemetry/api';
import Database from 'libsql';
import { recordFailure } from './failure.mjs';

/**
 * @typedef {{ operation: string, collection: string, text: string }} Query
 * @typedef {{ all: (...parameters: unknown[]) => any[], get: (...parameters: unknown[]) => any }} Statement
 */

/**
 * @param {string} file a path or `:memory:`
 * @param {{ delayMs?: number }} [options] `delayMs`: how much longer each statement takes
 */
export function openDatabase(file, { delayMs = 0 } = {}) {
  const tracer = trace.getTracer('examples.database');
  const database = open(file);
  const namespace = file === ':memory:' ? file : basename(file);

  /**
   * @param {Query} query
   * @param {() => any[]} execute
   */
  function traced(query, execute) {
    const attributes = {
      'db.system.name': 'sqlite',
      'db.namespace': namespace,
      'db.query.text': query.text,
      'db.operation.name': query.operation,
      'db.collection.name': query.collection,
    };
    const name = `${query.operation} ${query.collection}`;
    return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, (span) => {
      try {
        pause(delayMs);
        const rows = execute();
        span.setAttribute('db.response.returned_rows', rows.length);
        return rows;
      } catch (error) {
        recordFailure(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
  }

  return {
    /** Untraced, for the schema. @param {string} text */
    define: (text) => database.exec(text),
    /**
     * @param {Query} query
     * @returns {Statement}
     */
    prepare(query) {
      const statement = database.prepare(query.text);
      const all = (/** @type {unknown[]} */ ...parameters) =>
        traced(query, () => statement.all(...parameters));
      return { all, get: (...parameters) => all(...parameters)[0] };
    },
    close: () => database.close(),
  };
}

/**
 * Holds the process, as a statement does that waits for its disk or for a lock.
 * @param {number} ms
 */
function pause(ms) {
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** @param {string} file */
function open(file) {
  try {
    const database = new Database(file);
    if (file !== ':memory:') database.pragma('journal_mode = WAL');
    database.pragma('busy_timeout = 2000');
    return database;
  } catch (error) {
    throw new Error(`the database ${file} cannot be opened: ${error.message}`);
  }
}
