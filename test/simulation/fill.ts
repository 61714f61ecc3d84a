/**
 * At the end the pools of one definition are filled from all nodes, to the last address: every ADD gets one, and the next
 * one is refused as full (invariant 7).
 *
 * @module
 */
import { createCanceller } from "../../core/flow/canceller.ts";
import { definitions } from "./definitions.ts";
import type { Interface, Machine, Printed } from "./machine.ts";
import type { World } from "./world.ts";

/** After a restored copy of etcd no ADD is answered for minutes. */
const readyMaxMs = 700_000;
/** So many ADDs at once. */
const atOnce = 3;

export async function fill(world: World, isBroken: () => boolean): Promise<void> {
  const { filled } = world.plan;
  const definition = filled === undefined ? undefined : definitions[filled];
  // A static address is held once: its definition cannot be filled.
  if (definition === undefined || definition.statics.length > 0) return;
  world.note(() => `--- fill ${definition.name}`);
  let isOver = false;
  void fillAll(world, definition).then(() => (isOver = true));
  const endMs = world.schedule.nowMs + 2 * readyMaxMs;
  while (!isOver && !isBroken() && world.schedule.nowMs < endMs)
    await world.schedule.run(world.schedule.nowMs + 1_000, isBroken);
  if (!isOver && !isBroken()) world.history.fail("invariant 7", "filling the pools does not end");
}

type Definition = Interface["definition"];

/** What is on its way back when it begins makes room for more. */
async function fillAll(world: World, definition: Definition): Promise<void> {
  const most = definition.ranges.reduce((sum, { addresses }) => sum + addresses.length, 0);
  let added = 0;
  while (added <= most) {
    const count = Math.min(atOnce, roomIn(world, definition));
    if (count === 0) {
      if (await isFull(world, definition, added)) return;
      added += 1;
    }
    const from = added;
    await Promise.all(Array.from({ length: count }, (_, at) => addOne(world, definition, from + at)));
    added += count;
  }
  world.history.fail("invariant 7", `${definition.name} has ${most} addresses, and gave more`);
}

function roomIn({ freeSince, schedule }: World, definition: Definition): number {
  return Math.min(...definition.ranges.map((range) => freeSince.freeSince(definition, range, schedule.nowMs).length));
}

async function isFull(world: World, definition: Definition, index: number): Promise<boolean> {
  return (await addOne(world, definition, index, false)) === "full";
}

async function addOne(world: World, definition: Definition, index: number, isRoom = true): Promise<"full" | undefined> {
  // Of one that is lost for good nobody asks.
  const standing = world.machines.filter(({ isOn }) => isOn);
  const machine = standing[index % standing.length] ?? world.machine(index);
  const one = interfaceOf(machine, definition, index);
  const printed = await whenReady(world, machine, one);
  world.note(() => `${one.containerId}: ADD ${JSON.stringify(printed)}`);
  const { containerId, pod } = one;
  if (printed.kind === "addresses") {
    const attachment = { key: containerId, containerId, node: machine.id, pod: pod.name, definition, requested: "" };
    world.answered({ ...attachment, plugin: "berth", isProven: true }, printed.addresses);
    return undefined;
  }
  if (!isRoom && printed.name === "PoolFull") return "full";
  world.history.fail("invariant 7", `${containerId} of ${definition.name} was refused: ${printed.message}`);
  return undefined;
}

async function whenReady(world: World, machine: Machine, one: Interface): Promise<Printed> {
  const endMs = world.schedule.nowMs + readyMaxMs;
  for (;;) {
    const printed = await machine.add(one, createCanceller().signal);
    const isLater =
      printed.kind === "failed" &&
      (printed.name === "ClusterUnready" || (world.wasRestored && printed.name !== "PoolFull"));
    if (!isLater || world.schedule.nowMs >= endMs) return printed;
    await world.schedule.wait(5_000);
  }
}

function interfaceOf(machine: Machine, definition: Definition, index: number): Interface {
  const name = `fill-${index}`;
  const netns = `/run/netns/${name}`;
  machine.namespaces.set(netns, `9${index}`);
  const pod = { namespace: "default", name, uid: `uid-${name}` };
  return { containerId: name, ifName: "net1", netns, pod, definition, requested: "" };
}
