// Which SDK makes and sends an example's spans; chosen by the variable SDK.

export const SDKS = {
  opentelemetry: 'spans by the OpenTelemetry SDK, sent as OTLP',
  sentry: "spans by Sentry's SDK, sent as envelopes",
};

/** @typedef {keyof typeof SDKS} Sdk */

/**
 * @param {string} value
 * @returns {Sdk} throws with one line that says what is accepted
 */
export function parseSdk(value) {
  if (Object.hasOwn(SDKS, value)) return /** @type {Sdk} */ (value);
  throw new Error(`the SDK "${value}" is not one of ${Object.keys(SDKS).join(', ')}`);
}
