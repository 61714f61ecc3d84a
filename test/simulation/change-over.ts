/**
 * From Whereabouts and back (P22), as `berthctl migrate` does it: only once nothing of Whereabouts runs any more.
 *
 * @module
 */
import { annotations } from "../../core/kube/labels.ts";
import { configMaps, pools, reservations } from "../../core/kube/resources.ts";
import type { World } from "./world.ts";

/** P4 fences late agents by then, ms. */
const fenceMs = 480_000;
/** No request of Whereabouts lands later, ms. */
const lateMs = 100_000;

export async function finish(world: World): Promise<void> {
  world.changes += 1;
  world.isWhereaboutsAllowed = false;
  for (const machine of world.machines) machine.usePlugin("berth");
  await world.schedule.wait(lateMs);
  if (await isAdopted(world)) {
    setMode(world, "absent");
    await world.schedule.wait(fenceMs);
    removeEntries(world);
  }
  world.changes -= 1;
}

/** It refuses while an entry is not on record with an agent; what Whereabouts lost for good keeps it from changing over. */
async function isAdopted(world: World): Promise<boolean> {
  for (let tries = 0; tries < 15; tries += 1) {
    const known = world.server
      .all(reservations)
      .filter(({ metadata }) => metadata.annotations?.[annotations.attempt] !== undefined)
      .map(({ metadata }) => metadata.name);
    if (world.entryNames().every((name) => known.includes(name))) return true;
    await world.schedule.wait(60_000);
  }
  return false;
}

/** Every lease has its entry; else Whereabouts' rights are not given back. */
async function isEntered(world: World): Promise<boolean> {
  for (let tries = 0; tries < 15; tries += 1) {
    const entered = world.entryNames();
    if (world.reserved().every((name) => entered.includes(name))) return true;
    await world.schedule.wait(60_000);
  }
  return false;
}

function removeEntries(world: World): void {
  for (const pool of world.server.all(pools)) {
    const spec = pool["spec"] as { readonly range: string };
    world.server.replace(pools, { ...pool, spec: { ...spec, allocations: {} } });
  }
}

/** Whereabouts may not run again before 8 minutes have passed, and not while a lease has no entry. */
export async function goBack(world: World): Promise<void> {
  // While it finishes nothing else is begun.
  if (world.mode !== "absent" || world.changes > 0) return;
  world.changes += 1;
  setMode(world, "present");
  await world.schedule.wait(fenceMs);
  world.isWhereaboutsAllowed = await isEntered(world);
  world.changes -= 1;
}

function setMode(world: World, mode: "absent" | "present"): void {
  world.mode = mode;
  world.note(() => `mode: whereabouts ${mode}`);
  world.server.plant(configMaps, {
    metadata: { name: "berth", namespace: "kube-system", uid: "uid-mode" },
    data: { whereabouts: mode },
  });
}
