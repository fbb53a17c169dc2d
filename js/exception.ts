// What the exception conventions want to know of anything that was thrown.
//
// Source: OpenTelemetry semantic conventions, "Exceptions on spans".

/** Reads an error without letting its getters fail us. */
export function describeError(error: unknown): {
  _type: string;
  _message: string;
  _stack: string | undefined;
} {
  try {
    // A DOMException is one too.
    if (error instanceof Error)
      return {
        _type: `${error.name}`,
        _message: `${error.message}`,
        _stack: error.stack && `${error.stack}`,
      };
    return { _type: typeof error, _message: String(error), _stack: undefined };
  } catch {
    return { _type: 'unknown', _message: 'an error that cannot be read', _stack: undefined };
  }
}
