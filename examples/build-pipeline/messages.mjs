// Messages between processes: sent inside a span whose context they carry, or none with the fault no-context.
import { context } from '@opentelemetry/api';
import { carriersOf } from '../shared/carriers.mjs';
import { inSpan, messaging } from './spans.mjs';

/**
 * @param {import('./faults.mjs').Fault} fault
 * @returns {typeof carriersOf}
 */
export function carrierFor(fault) {
  return fault === 'no-context' ? () => undefined : carriersOf;
}

/**
 * @param {string} name of the span
 * @param {{
 *   socket: import('ws').WebSocket,
 *   destination: string,
 *   message: object,
 *   attributes: import('@opentelemetry/api').Attributes,
 *   carry: typeof carriersOf,
 *   environment: string,
 * }} options
 * @returns {Promise<void>} once it is written
 */
export function sendMessage(name, options) {
  const { socket, destination, message, attributes, carry, environment } = options;
  const parent = context.active();
  return inSpan(name, messaging('send', destination, attributes), (span) => {
    const text = JSON.stringify({ ...message, ...carry(span, parent, environment) });
    return new Promise((resolve, reject) => {
      socket.send(text, (error) => (error ? reject(error) : resolve()));
    });
  });
}

/**
 * What a socket got, as an object; undefined when it is not one.
 * @param {import('ws').RawData} data
 * @returns {Record<string, any> | undefined}
 */
export function parseMessage(data) {
  try {
    const message = JSON.parse(String(data));
    return typeof message === 'object' && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}
