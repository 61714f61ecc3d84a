/**
 * CLOCK_BOOTTIME, which Node does not offer: the monotonic clock, and the time the machine was suspended.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** `/proc/uptime` counts in 10 ms, and is read a little later: less than this is no suspension. */
const noiseNs = 50_000_000n;

/** Nanoseconds since the machine was booted. Exact unless it was suspended; then within 10 ms. */
export function readBootNs(): bigint {
  const uptime = /^(\d+)\.(\d\d) /.exec(readFileSync("/proc/uptime", "latin1"));
  const now = process.hrtime.bigint();
  if (uptime === null) return now;
  const suspended = BigInt(`${uptime[1]}${uptime[2]}`) * 10_000_000n - now;
  return suspended < noiseNs ? now : now + suspended;
}
