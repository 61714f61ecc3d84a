/**
 * Agents of a cluster that die before and after each call they make of the world; the list of calls is made by the code.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { type CrashPoint, withCrashPoints } from "./crash-points.ts";
import type { ClusterNode } from "./cluster-node.ts";
import { type ClusterMode, type ClusterWorld, createClusterWorld } from "./cluster-world.ts";

export type Stage = { readonly world: ClusterWorld; readonly node: ClusterNode; readonly other: ClusterNode };

export type Scenario = {
  readonly name: string;
  readonly modes: readonly ClusterMode[];
  /** What stands before, made by agents that live. */
  readonly before: (stage: Stage) => Promise<unknown>;
  /** What is cut off, by the agent of `node`; it is started for it. */
  readonly act?: (stage: Stage) => Promise<unknown>;
  /** How long what it does of its own accord takes, ms. */
  readonly lastsMs: number;
  /** What people and runtimes do when the agent is back. @param wasAnswered whether `act` had been */
  readonly sequel?: (stage: Stage, wasAnswered: boolean) => Promise<unknown>;
  /** `<address> <pod>` of all that is held then; `*` where another address will do, because the first may be owed still (P9). */
  readonly held: readonly string[];
  /** How many entries there are then, beside Whereabouts. */
  readonly entries: number;
  readonly check?: (stage: Stage) => Promise<void>;
  /** Ends what lives: afterwards nothing stands. */
  readonly end: (stage: Stage) => Promise<unknown>;
};

export const bothModes: readonly ClusterMode[] = ["absent", "present"];

/** The agent of `node` is dead. */
export async function prepared(mode: ClusterMode, { before }: Scenario): Promise<Stage> {
  const world = createClusterWorld(mode);
  const stage = { world, node: world.nodeAtRest(), other: await world.node() };
  await stage.node.start();
  await world.advance(1);
  await before(stage);
  stage.node.kill();
  return stage;
}

type Cut = { readonly seen: readonly CrashPoint[]; readonly wasAnswered: boolean };

/** Runs it until the agent dies at a point. */
export async function runUntil(stage: Stage, { act, lastsMs }: Scenario, number: number): Promise<Cut> {
  const { world, node } = stage;
  const seen: CrashPoint[] = [];
  node.wrap = (ports) =>
    withCrashPoints(ports, (point) => {
      if (point.number >= number) return new Promise<void>(() => undefined);
      seen.push(point);
      return undefined;
    });
  void node.begin();
  await world.advance(1);
  let wasAnswered = false;
  void act?.(stage).then(() => (wasAnswered = true));
  await world.advance(lastsMs);
  node.kill();
  node.wrap = (ports) => ports;
  return { seen, wasAnswered };
}

async function expectWhole(stage: Stage & Pick<Cut, "wasAnswered">, scenario: Scenario, label: string): Promise<void> {
  const { world, node } = stage;
  await node.start();
  await world.advance(10_000);
  await scenario.sequel?.(stage, stage.wasAnswered);
  await world.advance(700_000);
  const isAnywhere = (line: string) => scenario.held.includes(line.replace(/^\S+/, "*"));
  const held = world.held().map((line) => (isAnywhere(line) ? line.replace(/^\S+/, "*") : line));
  expect(held.sort(), label).toEqual(scenario.held);
  if (world.mode() === "present") expect(Object.keys(world.entries()).length, label).toBe(scenario.entries);
  await scenario.check?.(stage);
  await scenario.end(stage);
  await world.advance(700_000);
  expect(world.held(), `${label}, at the end`).toEqual([]);
  if (world.mode() === "present") expect(world.entries(), `${label}, at the end`).toEqual({});
  expect(await node.rows(), `${label}, at the end`).toEqual([]);
}

/** A test for each scenario and mode. */
export function crashCases(scenarios: readonly Scenario[]): void {
  describe.each(scenarios)("a crash in $name", (scenario) => {
    test.each(scenario.modes.map((mode) => ({ mode })))(
      "at any port call, Whereabouts $mode",
      { timeout: 60_000 },
      async ({ mode }) => {
        const whole = await prepared(mode, scenario);
        const { seen: points } = await runUntil(whole, scenario, Number.POSITIVE_INFINITY);
        expect(points.length).toBeGreaterThan(10);
        for (const { number, call, when } of points) {
          const stage = await prepared(mode, scenario);
          const { wasAnswered } = await runUntil(stage, scenario, number);
          await expectWhole({ ...stage, wasAnswered }, scenario, `${when} ${call} (${number} of ${points.length})`);
        }
      },
    );
  });
}
