/**
 * Calls that reach the spool while the agent watches it.
 *
 * @module
 */
import { readdir, rm, utimes } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Spool, SpooledCall } from "../../../core/ports/spool.ts";
import { makeSpoolFolder, type SpoolFolder } from "./spool-folder.ts";

let folder: SpoolFolder;
beforeEach(async () => {
  folder = await makeSpoolFolder();
});
afterEach(async () => {
  await folder.remove();
});

describe("watch()", () => {
  /** Collects calls; `next` resolves when as many have come. */
  function collector(spool: Spool): {
    readonly onCall: (call: SpooledCall) => Promise<void>;
    readonly until: (count: number) => Promise<readonly string[]>;
  } {
    const names: string[] = [];
    const waiting: { readonly count: number; readonly resolve: (names: readonly string[]) => void }[] = [];
    return {
      onCall: async (call) => {
        await spool.done(call);
        names.push(call.name);
        for (const { count, resolve } of waiting) if (names.length >= count) resolve([...names]);
      },
      until: (count) =>
        new Promise((resolve) => {
          if (names.length >= count) resolve([...names]);
          else waiting.push({ count, resolve });
        }),
    };
  }

  it("hands over what is there and what is written later, each once", async () => {
    const first = await folder.write("c1");
    const spool = await folder.open();
    const { onCall, until } = collector(spool);
    const watch = spool.watch(onCall);
    expect(await until(1)).toEqual([first]);
    const second = await folder.write("c2");
    const third = await folder.write("c3");
    expect([...(await until(3))].sort()).toEqual([first, second, third].sort());
    await watch.stop();
    expect(await readdir(folder.directory)).toEqual([]);
  });

  it("is notified: it does not need the poll", async () => {
    const spool = await folder.open(3_600_000);
    const { onCall, until } = collector(spool);
    await folder.write("c1");
    const watch = spool.watch(onCall);
    await until(1);
    const second = await folder.write("c2");
    expect(await until(2)).toContain(second);
    await watch.stop();
  });

  it("goes on when the directory was removed and made again", async () => {
    const spool = await folder.open();
    const { onCall, until } = collector(spool);
    const watch = spool.watch(onCall);
    await folder.write("c1");
    await until(1);
    await rm(folder.directory, { recursive: true });
    const name = await folder.write("c2");
    expect(await until(2)).toContain(name);
    await watch.stop();
  });

  it("hands a call over again when it could not be recorded", async () => {
    const name = await folder.write("c1");
    const spool = await folder.open();
    let failures = 0;
    const { onCall, until } = collector(spool);
    const watch = spool.watch(async (call) => {
      failures += 1;
      if (failures < 3) throw new Error("disk full");
      await onCall(call);
    });
    expect(await until(1)).toEqual([name]);
    expect(folder.logged.join("\n")).toContain("disk full");
    await watch.stop();
  });

  it("hands a call over once while it is being recorded", async () => {
    const first = await folder.write("c1");
    const spool = await folder.open();
    const handed: string[] = [];
    const [begun, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const watch = spool.watch(async (call) => {
      handed.push(call.name);
      begun.resolve();
      // The first is not done before the second has come, and so the spool was looked at again.
      if (call.name !== first) second.resolve();
      await second.promise;
      await spool.done(call);
    });
    // One look that found both would hand them over in the order of the directory.
    await begun.promise;
    const later = await folder.write("c2");
    await second.promise;
    await watch.stop();
    expect(handed).toEqual([first, later]);
  });

  it("waits, when it is stopped, for what is being recorded", async () => {
    await folder.write("c1");
    const spool = await folder.open();
    let isDone = false;
    const [started, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const watch = spool.watch(async () => {
      started.resolve();
      await released.promise;
      for (let i = 0; i < 20; i += 1) await utimes(folder.directory, 0, 0);
      isDone = true;
    });
    await started.promise;
    const stopped = watch.stop();
    released.resolve();
    await stopped;
    expect(isDone).toBe(true);
  });

  it("hands nothing over after it was stopped", async () => {
    const spool = await folder.open();
    const handed: string[] = [];
    const watch = spool.watch(async (call) => {
      handed.push(call.name);
    });
    await watch.stop();
    const name = await folder.write("c1");
    expect((await spool.drain()).map((call) => call.name)).toEqual([name]);
    expect(handed).toEqual([]);
  });
});
