// The collector as a fault finds it: killed and started again, with its database locked, or its disk full.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { collectorBinary } from '../../../scripts/build/collector.mjs';
import { startService } from '../../../scripts/lib/service.mjs';
import { startCollector } from '../../../scripts/start/services.mjs';

const run = promisify(execFile);

export class Collector {
  #service;
  #database;
  #lock;

  constructor(folder) {
    this.#database = join(folder, 'traces.db');
  }

  get url() {
    return this.#service.url;
  }

  async start() {
    this.#service = await startCollector({ port: 0, database: this.#database });
    return this;
  }

  /** Starts it where a file may grow to so many KiB; a limit on the size of files stands in for the disk. */
  async startOnSmallDisk(kib) {
    const script = `trap '' XFSZ; ulimit -S -f ${kib}; exec "$0" --listen 127.0.0.1:0 --db "$1"`;
    this.#service = await startService('collector', 'bash', [
      '-c',
      script,
      collectorBinary,
      this.#database,
    ]);
    return this;
  }

  /** Makes room on that disk. */
  async makeRoom() {
    await run('prlimit', ['--pid', String(this.#service.pid), '--fsize=unlimited']);
  }

  /** No goodbye, no flush. */
  kill() {
    return this.#service.kill();
  }

  async stop() {
    this.unlock();
    await this.#service?.stop();
  }

  /** Another process holds the database. */
  async lock() {
    const { default: Database } = await import('libsql');
    this.#lock = new Database(this.#database);
    this.#lock.exec('BEGIN IMMEDIATE');
  }

  unlock() {
    this.#lock?.exec('ROLLBACK');
    this.#lock?.close();
    this.#lock = undefined;
  }

  /** The spans of a trace in OTLP's JSON; none when there is no such trace. */
  async spans(traceId) {
    const response = await fetch(`${this.url}/api/v3/traces/${traceId}`);
    if (response.status === 404) return [];
    if (!response.ok) throw new Error(`the collector answered ${response.status}`);
    const { result } = await response.json();
    return result.resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    );
  }

  /** Sends JSON past the proxy; resolves with the status. */
  async post(body) {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${this.url}/v1/traces`, { method: 'POST', headers, body })).status;
  }
}
