// Serves the built demo page, with the server's trace context and the collector's address in it.
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { context, defaultTextMapSetter } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { HttpError } from '../shared/http.mjs';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/**
 * @param {{ root: string, collector: string, buildApi: string | undefined }} options `root`: the web app's build
 */
export function createPage({ root, collector, buildApi }) {
  const buildOrigin = buildApi && new URL(buildApi).origin;
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data:",
    ["connect-src 'self'", new URL(collector).origin, ...socketToo(buildOrigin)].join(' '),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

  return {
    /** @param {import('node:http').ServerResponse} response */
    async document(response) {
      const html = await read(
        join(root, 'demo', 'index.html'),
        new HttpError(503, 'the demo page is not built; run: npm run build'),
      );
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        // The context in it is this response's alone.
        'cache-control': 'no-store',
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
      });
      response.end(
        html.toString('utf8').replace('<head>', () => `<head>${metas(collector, buildOrigin)}`),
      );
    },

    /**
     * @param {string} path below /assets/
     * @param {import('node:http').ServerResponse} response
     */
    async asset(path, response) {
      const name = path.slice('/assets/'.length);
      const type = TYPES[/** @type {keyof typeof TYPES} */ (extname(name))];
      const missing = new HttpError(404, 'no such file');
      // Vite writes one flat folder; a name that could leave it is not one of its files.
      if (!type || !/^[\w-][\w.-]*$/.test(name)) throw missing;
      const body = await read(join(root, 'assets', name), missing);
      response.writeHead(200, {
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      });
      response.end(body);
    },
  };
}

/** @param {string | undefined} origin */
function socketToo(origin) {
  return origin ? [origin, origin.replace(/^http/, 'ws')] : [];
}

/**
 * @param {string} collector
 * @param {string | undefined} buildApi
 */
function metas(collector, buildApi) {
  /** @type {Record<string, string>} */
  const fields = { 'tracelink-endpoint': collector, ...(buildApi && { 'build-api': buildApi }) };
  new W3CTraceContextPropagator().inject(context.active(), fields, defaultTextMapSetter);
  delete fields.tracestate;
  // Tells a page that came out of a cache from a fresh one.
  if (fields.traceparent) fields['trace-time'] = String(Date.now());
  return Object.entries(fields)
    .map(([name, content]) => `<meta name="${name}" content="${escapeAttribute(content)}">`)
    .join('');
}

/** @param {string} text */
function escapeAttribute(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/**
 * @param {string} file
 * @param {HttpError} missing
 */
async function read(file, missing) {
  try {
    return await readFile(file);
  } catch (error) {
    throw error.code === 'ENOENT' || error.code === 'ENOTDIR' ? missing : error;
  }
}
