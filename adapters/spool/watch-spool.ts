/**
 * Notices calls as they are written: by the kernel's notifications, and by looking now and then, because those end
 * when the directory is replaced.
 *
 * @module
 */
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import type { Log } from "../../core/ports/log.ts";
import type { SpooledCall, SpoolWatch } from "../../core/ports/spool.ts";

export type WatchOptions = {
  readonly directory: string;
  readonly log: Log;
  readonly pollMs: number;
  /** Takes what is new; returns all that is in hand. */
  readonly takeNew: () => Promise<readonly SpooledCall[]>;
  /** What else is done at each poll. */
  readonly tidy: () => Promise<void>;
  readonly onCall: (call: SpooledCall) => Promise<void>;
};

export function watchSpool(options: WatchOptions): SpoolWatch {
  const { directory, log } = options;
  const handling = new Map<string, Promise<void>>();
  let watcher: { readonly of: FSWatcher; readonly inode: number } | undefined;
  let isStopped = false;
  let isAgain = false;
  let running: Promise<void> | undefined;

  const handOver = (call: SpooledCall): void => {
    if (handling.has(call.name)) return;
    const handled = options
      .onCall(call)
      .catch((error: unknown) => log.warn("Cannot record a spooled DEL yet", { file: call.name, error: String(error) }))
      .finally(() => handling.delete(call.name));
    handling.set(call.name, handled);
  };

  const look = async (): Promise<void> => {
    do {
      isAgain = false;
      const calls = await options.takeNew();
      for (const call of calls) handOver(call);
    } while (isAgain);
  };

  /** One look at a time; a notification during it asks for another. */
  const wake = (): void => {
    if (isStopped) return;
    isAgain = true;
    running ??= look()
      .catch((error: unknown) => log.warn("Cannot look into the spool", { directory, error: String(error) }))
      .finally(() => {
        running = undefined;
      });
  };

  const rewatch = async (): Promise<void> => {
    const inode = await stat(directory).then(
      ({ ino }) => ino,
      () => undefined,
    );
    if (isStopped || inode === watcher?.inode) return;
    watcher?.of.close();
    watcher = undefined;
    if (inode === undefined) return;
    const of = watch(directory, wake);
    of.on("error", (error) => log.warn("Cannot watch the spool", { directory, error: String(error) }));
    watcher = { of, inode };
  };

  const poll = async (): Promise<void> => {
    await options.tidy();
    // In this order: what is written before the watch stands is found by the look.
    await rewatch().catch((error: unknown) => log.warn("Cannot watch the spool", { directory, error: String(error) }));
    wake();
  };

  let polling = poll();
  const timer = setInterval(() => {
    polling = polling.then(poll);
  }, options.pollMs);
  timer.unref();

  return {
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await polling;
      watcher?.of.close();
      await running;
      await Promise.all(handling.values());
    },
  };
}
