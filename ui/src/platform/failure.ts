import type { Notice, StudioError } from './bindings';

/**
 * A refused or failed command: the notice for the editor and for code that acts on
 * it, the detail for diagnostics.
 */
export class AppFailure extends Error {
  override readonly name = 'AppFailure';

  constructor(
    readonly notice: Notice,
    readonly detail = '',
  ) {
    super(notice.code);
  }
}

function isErrorBody(value: unknown): value is StudioError {
  if (typeof value !== 'object' || value === null) return false;
  const { notice } = value as Record<string, unknown>;
  return typeof notice === 'object' && notice !== null && 'code' in notice;
}

/** Converts anything thrown to a failure. */
export function asFailure(thrown: unknown): AppFailure {
  if (thrown instanceof AppFailure) return thrown;
  if (isErrorBody(thrown)) return new AppFailure(thrown.notice, thrown.detail);
  const detail =
    thrown instanceof Error ? [thrown.message, thrown.stack].filter(Boolean).join('\n') : String(thrown);
  return new AppFailure({ code: 'internal' }, detail);
}
