// What can be made to go wrong, to see how it looks in the trace; chosen by the variable FAULT.

export const FAULTS = {
  none: 'everything works',
  'slow-db': 'each statement of the processor takes 200 ms longer',
  'broker-latency': 'an event lies in the broker for 800 ms before it is forwarded',
  'drop-event': 'the broker loses the event that says that the second step is done',
  'no-context': 'no message carries trace context',
};

/** @typedef {keyof typeof FAULTS} Fault */

export const SLOW_DB_MS = 200;
export const BROKER_LATENCY_MS = 800;

/**
 * @param {string} value
 * @returns {Fault} throws with one line that says what is accepted
 */
export function parseFault(value) {
  if (Object.hasOwn(FAULTS, value)) return /** @type {Fault} */ (value);
  throw new Error(`the fault "${value}" is not one of ${Object.keys(FAULTS).join(', ')}`);
}
