/**
 * Runs one plan: its operations at their moments, then calm, then everything must be as it should.
 *
 * @module
 */
import { definitions } from "./definitions.ts";
import type { Violation } from "./history.ts";
import { calm } from "./network.ts";
import type { Deed, Plan } from "./plan.ts";
import { World } from "./world.ts";

export type Outcome = {
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly virtualMs: number;
};

/** After a reboot the leases of pods that do not come again are kept for 10 minutes; then the sweep comes. */
const quietMaxMs = 900_000;
const lookEveryMs = 10_000;
const stepsMin = 200;

/** @param notes what happens is written here, for people */
export async function simulate(plan: Plan, notes?: string[]): Promise<Outcome> {
  const world = new World(plan, notes);
  const { schedule, history } = world;
  for (const { atMs, deed } of plan.operations)
    schedule.after(atMs, () => {
      world.note(() => `--- ${JSON.stringify(deed)}`);
      act(world, deed);
    });
  for (const machine of world.machines) machine.startAgent();
  const isBroken = () => history.violations.length > 0;
  const endMs = plan.operations.at(-1)?.atMs ?? 0;
  await schedule.run(endMs + 5_000, isBroken);
  if (!isBroken()) await becomeQuiet(world, isBroken);
  return { violations: history.violations, steps: schedule.steps, virtualMs: schedule.nowMs };
}

function act(world: World, deed: Deed): void {
  const { schedule, kubelet } = world;
  switch (deed.kind) {
    case "pod":
      return kubelet.create(deed.pod, world.machine(deed.node), deed);
    case "end":
      return kubelet.end(deed.pod);
    case "sandbox":
      return kubelet.renewSandbox(deed.pod);
    case "repeat":
      return kubelet.repeat(deed.pod);
    case "lateDel":
      return kubelet.lateDel(deed.pod);
    case "kill": {
      const machine = world.machine(deed.node);
      const { agent } = machine;
      agent?.killAfter(deed.calls);
      // Whether or not it made so many calls by then.
      void schedule.wait(5_000 + deed.downMs).then(() => {
        if (machine.agent === agent) machine.killAgent();
        machine.startAgent();
      });
      return undefined;
    }
    case "reboot":
      return reboot(world, deed);
    case "cut": {
      const { link } = world.machine(deed.node);
      link.isCut = true;
      void schedule.wait(deed.forMs).then(() => (link.isCut = false));
      return undefined;
    }
    case "outage":
      world.sky.isServerUp = false;
      void schedule.wait(deed.forMs).then(() => (world.sky.isServerUp = true));
      return undefined;
    case "wallClock":
      return world.machine(deed.node).turnWallClock(deed.byMs);
    case "gc":
      return collectGarbage(world, deed.node);
    default:
      return deed satisfies never;
  }
}

function reboot(world: World, { node, downMs }: Extract<Deed, { kind: "reboot" }>): void {
  const machine = world.machine(node);
  if (!machine.isOn) return;
  machine.turnOff();
  world.kubelet.rebooted(machine);
  void world.schedule.wait(downMs).then(() => {
    machine.turnOn();
    world.kubelet.bootedAgain(machine);
  });
}

function collectGarbage(world: World, node: number): void {
  const machine = world.machine(node);
  for (const { name } of definitions) {
    const valid = world.kubelet.valid(machine, name);
    void machine.gc(JSON.stringify({ cniVersion: "1.1.0", name, type: "bridge", "cni.dev/valid-attachments": valid }));
  }
}

/** Everything is healed; what is under way ends; then what stands is what is held, no more and no less. */
async function becomeQuiet(world: World, isBroken: () => boolean): Promise<void> {
  const { schedule, sky, kubelet, machines } = world;
  world.note(() => "--- quiet");
  sky.weather = calm;
  sky.isServerUp = true;
  const startMs = schedule.nowMs;
  for (const { link } of machines) link.isCut = false;
  // Every kill and reboot of the plan has ended by then.
  await schedule.run(startMs + 21_000, isBroken);
  for (const machine of machines) machine.startAgent();
  kubelet.settle();
  let isQuiet = false;
  void kubelet.isQuiet().then(() => (isQuiet = true));
  let why = "";
  while (!isBroken() && schedule.nowMs < startMs + quietMaxMs) {
    await schedule.run(schedule.nowMs + lookEveryMs, isBroken);
    if (!isQuiet || sky.inFlight > 0) continue;
    why = await difference(world);
    if (why === "" && schedule.steps >= stepsMin) return;
  }
  if (!isBroken()) world.history.fail(isQuiet ? "invariant 4" : "invariant 8", why === "" ? "it does not end" : why);
}

/** "" when what stands is what is held. */
async function difference(world: World): Promise<string> {
  const held = world.history.names();
  const reserved = world.reserved();
  const lost = held.filter((name) => !reserved.includes(name));
  const leaked = reserved.filter((name) => !held.includes(name));
  const parts = [
    ...lost.map((name) => `${name} is held by ${world.history.holderOf(name)} and not reserved`),
    ...leaked.map((name) => `${name} is reserved and nobody holds it`),
  ];
  for (const { id, journal } of world.machines) {
    for (const state of ["intent", "freeing"] as const) {
      const left = await journal.count(state);
      if (left > 0) parts.push(`node ${id} has ${left} rows that are ${state}`);
    }
  }
  return parts.join("; ");
}
