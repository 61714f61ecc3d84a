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
import { shortTimes } from "./short-times.ts";
import { stopSignal } from "./stop-signal.ts";

const settings = readSettings(process.argv.slice(2));
const warnings = shortTimes(settings);
for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
const isByHand = settings.once || settings.dryRun;
const built = await buildReconciler(settings, isByHand);
if (built.kind === "refused") end(1, built.message);
const { world } = built;
// By hand the log is standard error, too.
if (!isByHand) for (const warning of warnings) world.needs.log.warn(warning);
const signal = stopSignal();
const status = isByHand
  ? await runByHand(world.needs, settings, signal)
  : await runDaemon(world, settings, signal).then(
      () => 0,
      (error: unknown) => end(1, error instanceof Error ? error.message : String(error)),
    );
world.close();
process.exit(status);
