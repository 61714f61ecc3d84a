/**
 * Runs one plan: its operations at their moments, then calm, then everything must be as it should.
 *
 * @module
 */
import { order } from "./act.ts";
import { fill } from "./fill.ts";
import type { Violation } from "./history.ts";
import { calm } from "./network.ts";
import { runMember } from "./member.ts";
import type { Plan } from "./plan.ts";
import { difference } from "./verdict.ts";
import { World } from "./world.ts";

export type Outcome = {
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly virtualMs: number;
};

/** After a reboot the leases of pods that do not come again are kept for 10 minutes; then the sweep comes. */
const quietMaxMs = 900_000;
/** And when the mode changes meanwhile. */
const changeMaxMs = 3_600_000;
const lookEveryMs = 10_000;
const stepsMin = 200;

/** @param notes what happens is written here, for people */
export async function simulate(plan: Plan, notes?: string[]): Promise<Outcome> {
  const world = new World(plan, notes);
  const { schedule, history } = world;
  for (const operation of plan.operations) order(world, operation);
  for (const machine of world.machines) machine.startAgent();
  const isBroken = () => history.violations.length > 0;
  const endMs = plan.operations.at(-1)?.atMs ?? 0;
  await schedule.run(endMs + 5_000, isBroken);
  if (!isBroken()) await becomeQuiet(world, isBroken);
  return { violations: history.violations, steps: schedule.steps, virtualMs: schedule.nowMs };
}

/** As a schedule would: also what only a member can free comes back. */
async function reconcileFromNowOn(world: World): Promise<void> {
  for (;;) {
    await Promise.all(world.machines.map((machine) => runMember(world, machine, { elected: true, calls: undefined })));
    await world.schedule.wait(lookEveryMs);
  }
}

/** Everything is healed; what is under way ends; then what stands is what is held, no more and no less. */
async function becomeQuiet(world: World, isBroken: () => boolean): Promise<void> {
  const { schedule, sky, kubelet, machines } = world;
  world.note(() => "--- quiet");
  sky.weather = calm;
  sky.isServerUp = true;
  sky.hollow = undefined;
  sky.isFoggy = false;
  const startMs = schedule.nowMs;
  for (const { link } of machines) link.isCut = false;
  // Every kill and reboot of the plan has ended by then.
  await schedule.run(startMs + 21_000, isBroken);
  for (const machine of machines) machine.startAgent();
  kubelet.settle();
  if (world.plan.hasMembers === true) void reconcileFromNowOn(world);
  let isQuiet = false;
  void kubelet.isQuiet().then(() => (isQuiet = true));
  let why = "";
  const maxMs = world.plan.mode === "mixed" || world.plan.hasMembers === true ? changeMaxMs : quietMaxMs;
  while (!isBroken() && schedule.nowMs < startMs + maxMs) {
    await schedule.run(schedule.nowMs + lookEveryMs, isBroken);
    if (!isQuiet || sky.inFlight > 0 || world.changes > 0) continue;
    why = await difference(world);
    if (why !== "" || schedule.steps < stepsMin) continue;
    await fill(world, isBroken);
    return;
  }
  if (!isBroken()) world.history.fail(isQuiet ? "invariant 4" : "invariant 8", why === "" ? "it does not end" : why);
}
