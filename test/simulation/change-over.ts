/**
 * From Whereabouts and back (P22), as `berthctl migrate` does it: only once nothing of Whereabouts runs any more.
 *
 * @module
 */
import { configMaps, pools } from "../../core/kube/resources.ts";
import type { World } from "./world.ts";

/** P4 fences late agents by then, ms. */
const fenceMs = 480_000;
/** No request of Whereabouts lands later, ms. */
const lateMs = 100_000;

export async function finish(world: World): Promise<void> {
  for (const machine of world.machines) machine.usePlugin("berth");
  await world.schedule.wait(lateMs);
  setMode(world, "absent");
  await world.schedule.wait(fenceMs);
  if (world.mode !== "absent") return;
  for (const pool of world.server.all(pools)) {
    const spec = pool["spec"] as { readonly range: string };
    world.server.replace(pools, { ...pool, spec: { ...spec, allocations: {} } });
  }
}

/** Whereabouts may not run again before 8 minutes have passed: here it does not run again at all. */
export async function goBack(world: World): Promise<void> {
  // While it finishes nothing else is begun.
  if (world.mode !== "absent") return;
  setMode(world, "present");
  await world.schedule.wait(fenceMs);
  world.isWhereaboutsAllowed = true;
}

function setMode(world: World, mode: "absent" | "present"): void {
  world.mode = mode;
  world.note(() => `mode: whereabouts ${mode}`);
  world.server.plant(configMaps, {
    metadata: { name: "berth", namespace: "kube-system", uid: "uid-mode" },
    data: { whereabouts: mode },
  });
}
