/**
 * Errors of the system, and a pause that needs no event loop.
 *
 * @module
 */

/** `errno` is negative here, as libuv has it. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "errno" in error;
}

/** Blocks. For descriptors somebody else made non-blocking, which Node cannot poll synchronously. */
export function pauseSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
