/**
 * A refused or failed command: the code for the page, the message for the
 * editor, the rest for diagnostics.
 */
export class AppFailure extends Error {
  override readonly name = 'AppFailure';

  constructor(
    readonly code: string,
    message: string,
    readonly detail: string | null,
  ) {
    super(message);
  }
}

function isErrorBody(value: unknown): value is { code: string; message: string; detail?: string | null } {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Record<string, unknown>)['code'] === 'string' &&
    typeof (value as Record<string, unknown>)['message'] === 'string'
  );
}

/** Converts anything thrown to a failure with a message. */
export function asFailure(thrown: unknown): AppFailure {
  if (thrown instanceof AppFailure) return thrown;
  if (isErrorBody(thrown)) return new AppFailure(thrown.code, thrown.message, thrown.detail ?? null);
  if (thrown instanceof Error) return new AppFailure('internal', thrown.message, thrown.stack ?? null);
  return new AppFailure('internal', String(thrown), null);
}
