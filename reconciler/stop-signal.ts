/**
 * The orderly end: SIGTERM and SIGINT end a run between two leases. A second one ends the program at once.
 *
 * @module
 */
import type { Signal } from "../core/ports/clock.ts";

export function stopSignal(): Signal {
  const controller = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
