/**
 * The reconciler: gives back what is proven stale, on its schedule or once, by hand.
 *
 * @module
 */
import "./small-heap.ts";
import { buildReconciler } from "./build-reconciler.ts";
import { end, readSettings } from "./command-line.ts";
import { runByHand } from "./run-by-hand.ts";
import { runDaemon } from "./run-daemon.ts";
import { stopSignal } from "./stop-signal.ts";

const settings = readSettings(process.argv.slice(2));
const isByHand = settings.once || settings.dryRun;
const built = await buildReconciler(settings, isByHand);
if (built.kind === "refused") end(1, built.message);
const { world } = built;
const signal = stopSignal();
const status = isByHand
  ? await runByHand(world.needs, settings, signal)
  : await runDaemon(world, settings, signal).then(
      () => 0,
      (error: unknown) => end(1, error instanceof Error ? error.message : String(error)),
    );
world.close();
process.exit(status);
