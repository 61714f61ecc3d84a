/**
 * The reconciler: gives back what is proven stale, on its schedule or once, by hand.
 *
 * @module
 */
import "./small-heap.ts";
import { buildReconciler } from "./build-reconciler.ts";
import { end, readSettings } from "./command-line.ts";
import { runByHand } from "./run-by-hand.ts";
import { stopSignal } from "./stop-signal.ts";

const settings = readSettings(process.argv.slice(2));
const isByHand = settings.once || settings.dryRun;
const built = await buildReconciler(settings, isByHand);
if (built.kind === "refused") end(1, built.message);
const status = await runByHand(built.needs, settings, stopSignal());
built.close();
process.exit(status);
