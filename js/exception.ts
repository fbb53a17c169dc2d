// What the exception conventions want to know of anything that was thrown.
//
// Source: OpenTelemetry semantic conventions, "Exceptions on spans".

/** The type, message and stack of an error, read without letting its getters fail us. */
export function describeError(error: unknown): [type: string, message: string, stack?: string] {
  try {
    // A DOMException is one too.
    if (error instanceof Error)
      return [`${error.name}`, `${error.message}`, error.stack && `${error.stack}`];
    return [typeof error, String(error)];
  } catch {
    return ['unknown', 'unreadable'];
  }
}
