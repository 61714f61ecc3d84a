/**
 * A thread of `run-seeds.ts` with a fault planted before anything else is loaded.
 *
 * @module
 */
import { workerData } from "node:worker_threads";
import { faultNamed, plant } from "./plant.ts";

const { fault } = workerData as { readonly fault: string };

plant(faultNamed(fault));
await import("./seeds-thread.ts");
