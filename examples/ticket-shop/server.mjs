// Serves the ticket shop: its three files, the built package beside them, and an API of three shows.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};
const FILES = /^\/(index\.html|shop\.js|shop\.css)$/;
const PACKAGE = /^\/tracelink\/(dist\/[\w-]+\.(js|wasm))$/;
const TICKETS = /^\/api\/shows\/([\w-]+)\/tickets$/;

/** Tickets that are left. */
const shows = new Map([
  ['night-ferry', 40],
  ['lamplighters', 2],
  ['quiet-hour', 0],
]);

/** @param {string} path */
function fileOf(path) {
  const ours = FILES.exec(path === '/' ? '/index.html' : path);
  if (ours) return new URL(ours[1], import.meta.url);
  const tracelink = PACKAGE.exec(path);
  return tracelink && new URL(`../../${tracelink[1]}`, import.meta.url);
}

/**
 * An answer of the API: its status and its JSON.
 * @param {string} request method and path
 * @returns {[number, unknown]}
 */
function answer(request) {
  if (request === 'GET /api/shows') return [200, Array.from(shows, ([id, left]) => ({ id, left }))];
  const [method, path] = request.split(' ');
  const id = TICKETS.exec(path)?.[1] ?? '';
  const left = shows.get(id);
  if (method !== 'POST' || left === undefined) return [404, { error: `there is no ${request}` }];
  if (left === 0) return [409, { error: 'sold out' }];
  shows.set(id, left - 1);
  return [201, { id, left: left - 1 }];
}

const server = createServer(async (request, response) => {
  const path = (request.url ?? '').split('?')[0];
  const file = request.method === 'GET' && fileOf(path);
  if (file && existsSync(file)) {
    const type = TYPES[/** @type {keyof typeof TYPES} */ (extname(file.pathname))];
    return response.writeHead(200, { 'content-type': type }).end(await readFile(file));
  }
  const [status, body] = answer(`${request.method} ${path}`);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});

/** @param {string} why */
function cannotStart(why) {
  console.error(`The ticket shop cannot start: ${why}`);
  process.exit(1);
}

if (!existsSync(new URL('../../dist/index.js', import.meta.url)))
  cannotStart('the package is not built; run: npm run build');
const port = process.env.PORT ?? '3001';
if (!/^\d{1,5}$/.test(port)) cannotStart(`PORT is "${port}", not a port`);
server.on('error', (error) => cannotStart(`${error.message}; set PORT to another port`));
server.listen(Number(port), '127.0.0.1', () => {
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Ticket shop ready on http://127.0.0.1:${address.port}`);
});
