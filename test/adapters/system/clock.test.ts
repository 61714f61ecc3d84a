/**
 * The clocks of this machine.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createClock } from "../../../adapters/system/clock.ts";
import { createCanceller } from "../../../core/flow/canceller.ts";
import { temporaryDirectory } from "../../support/state-file.ts";

test("the boot clock is the kernel's uptime, in ns, and only advances", () => {
  const clock = createClock();
  const before = clock.bootNs();
  const uptimeNs = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1e9;
  expect(Math.abs(Number(before) - uptimeNs)).toBeLessThan(1e9);
  expect(clock.bootNs() >= before).toBe(true);
});

test("the boot has the kernel's id, or that of the file that acts out a reboot", () => {
  expect(createClock().bootId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const directory = temporaryDirectory();
  try {
    const path = join(directory.path, "boot_id");
    writeFileSync(path, "boot-2\n");
    expect(createClock(path).bootId).toBe("boot-2");
  } finally {
    directory.remove();
  }
});

test("waiting ends with its time, or at once when it is called off, and leaves no timer behind", async () => {
  vi.useFakeTimers();
  try {
    const clock = createClock();
    const ended: string[] = [];
    const canceller = createCanceller();
    void clock.wait(1_000).then(() => ended.push("time"));
    void clock.wait(60_000, canceller.signal).then(() => ended.push("called off"));
    await vi.advanceTimersByTimeAsync(999);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toEqual(["time"]);
    canceller.cancel();
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toEqual(["time", "called off"]);
    await clock.wait(60_000, canceller.signal);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
