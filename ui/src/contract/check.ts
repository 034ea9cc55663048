/** What a step of the contract checks with, in any page: no test framework is there. */
import type { Field, Notice } from '../platform/bindings';

const shown = (value: unknown) => JSON.stringify(value) ?? String(value);

function fail(what: string, expected: unknown, actual: unknown): never {
  throw new Error(`${what}: expected ${shown(expected)}, but it is ${shown(actual)}`);
}

/** Whether a value has the wanted fields and entries. Objects may have more fields, lists no more entries. */
export function fits(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    const isList = Array.isArray(actual) && actual.length === wanted.length;
    return isList && wanted.every((each, at) => fits(actual[at], each));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof actual !== 'object' || actual === null) return false;
    return Object.entries(wanted).every(([key, value]) =>
      fits((actual as Record<string, unknown>)[key], value),
    );
  }
  return Object.is(actual, wanted);
}

/** Fails unless a value has the wanted fields and entries. */
export function check(what: string, actual: unknown, wanted: unknown): void {
  if (!fits(actual, wanted)) fail(what, wanted, actual);
}

/** Fails unless a value is the wanted one and has nothing more. */
export function checkSame(what: string, actual: unknown, wanted: unknown): void {
  if (!fits(actual, wanted) || !fits(wanted, actual)) fail(what, wanted, actual);
}

export function checkMore(what: string, actual: number, than: number): void {
  if (!(actual > than)) fail(what, `more than ${than}`, actual);
}

/** A value that has to be there. */
export function need<T>(what: string, value: T | null | undefined): T {
  if (value == null) throw new Error(`${what}: there is none`);
  return value;
}

/** Fails unless a call is refused with this code and, if named, for this field. */
export async function refused(
  what: string,
  call: Promise<unknown>,
  code: Notice['code'],
  field?: Field,
): Promise<void> {
  const wanted =
    field === undefined ? { notice: { code } } : { notice: { code, field }, detail: `field: ${field}` };
  const answer = await call.then(
    (done: unknown) => ({ done }),
    (thrown: unknown) => thrown,
  );
  if (fits(answer, wanted)) return;
  const told = answer instanceof Error ? { ...answer, message: answer.message } : answer;
  fail(what, wanted, told);
}
