/**
 * The clocks of this machine.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import type { Clock } from "../../core/ports/clock.ts";

/** @param bootIdPath where the kernel tells the id of this boot; another file only where a reboot is acted out */
export function createClock(bootIdPath = "/proc/sys/kernel/random/boot_id"): Clock {
  const bootId = readFileSync(bootIdPath, "utf8").trim();
  const suspendedNs = timeSuspendedNs();
  return {
    nowMs: () => Date.now(),
    bootNs: () => process.hrtime.bigint() + suspendedNs,
    bootId,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const end = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        signal?.addEventListener("abort", end);
      }),
  };
}

/**
 * CLOCK_BOOTTIME runs on while the machine sleeps, CLOCK_MONOTONIC (hrtime) does not. /proc/uptime is on the boot clock,
 * in hundredths of a second: a difference below 50 ms is its rounding. A machine that sleeps while the agent runs makes
 * its launchers seem to come from the future by that much, never from the past.
 */
function timeSuspendedNs(): bigint {
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  const difference = BigInt(Math.round(uptime * 1e9)) - process.hrtime.bigint();
  return difference > 50_000_000n ? difference : 0n;
}
