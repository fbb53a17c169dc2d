// Calls from one process to another. Through node:http, whose requests the SDK traces; it does not see `fetch`.
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true });
const TIMEOUT_MS = 10_000;

/**
 * @param {string} url
 * @param {{ method?: string, body?: unknown }} [options] `body`: sent as JSON
 * @returns {Promise<{ status: number, body: any }>} whatever was answered; rejects when nobody does
 */
export function call(url, { method = 'GET', body } = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = http.request(url, {
      agent,
      method,
      timeout: TIMEOUT_MS,
      headers: text === undefined ? {} : { 'content-type': 'application/json' },
    });
    request.on('timeout', () => request.destroy(new Error(`no answer after ${TIMEOUT_MS} ms`)));
    request.on('error', (error) => reject(new Error(`${method} ${url} failed: ${error.message}`)));
    request.on('response', (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        resolve({ status, body: parsed(Buffer.concat(chunks).toString('utf8')) });
      });
    });
    request.end(text);
  });
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
