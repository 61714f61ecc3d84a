/**
 * Whatever is missing, old or wrong in what an agent sees of pods, and whenever it sweeps: a lease whose pod may still use it is never
 * freed, and once everything can be seen, all others come back (P17, P18, invariants 4 and 5).
 *
 * @module
 */
import { test as property } from "@fast-check/vitest";
import * as fc from "fast-check";
import { expect } from "vitest";
import type { LivingPods } from "../../core/ports/cluster.ts";
import { createSweepStage, type SweepStage } from "../support/sweep-stage.ts";

const names = ["c1", "c2", "c3", "c4"];
const which = fc.nat({ max: names.length - 1 });
const events = fc.oneof(
  fc.record({ kind: fc.constant("vanish" as const), pod: which }),
  fc.record({ kind: fc.constant("uproot" as const), pod: which }),
  fc.record({ kind: fc.constant("fail" as const), pod: which }),
  fc.record({ kind: fc.constant("list" as const), as: fc.constantFrom("true", "empty", "old", "unread") }),
  fc.record({ kind: fc.constant("reads" as const), fail: fc.boolean() }),
  fc.record({ kind: fc.constant("blind" as const), is: fc.boolean() }),
  fc.record({ kind: fc.constant("node" as const), status: fc.constantFrom("True" as const, "Unknown" as const) }),
  fc.record({ kind: fc.constant("restart" as const), boot: fc.boolean() }),
  fc.record({ kind: fc.constant("sweep" as const), afterMs: fc.constantFrom(0, 1_000, 30_000, 61_000, 310_000) }),
);
type Event = typeof events extends fc.Arbitrary<infer Made> ? Made : never;

/** What is true of the pods, and what the agent is shown of it. */
class Cluster {
  readonly stage: SweepStage;
  readonly #ended = new Map<string, bigint>();
  readonly #vanished = new Set<string>();
  #list = "true";
  #first: LivingPods | undefined;
  #transitions = 0;
  #readable: () => void = () => undefined;

  constructor(stage: SweepStage) {
    this.stage = stage;
  }

  async begin(): Promise<void> {
    const { node, setNode, pod } = this.stage;
    setNode("True");
    for (const name of names) await pod(name);
    node.kill();
    node.wrap = (ports) => {
      const { cluster } = ports;
      if (cluster === undefined) return ports;
      return { ...ports, cluster: { ...cluster, livingPods: async () => this.#shown(await cluster.livingPods()) } };
    };
    await node.start();
  }

  async #restart(boots: boolean): Promise<void> {
    const { node, vanish } = this.stage;
    node.kill();
    if (boots) {
      this.#transitions += 1;
      node.bootId = `boot-${this.#transitions}`;
      vanish(...names);
      for (const name of names) this.#vanished.add(name);
    }
    await node.start();
  }

  #shown(now: LivingPods): LivingPods {
    this.#first ??= now;
    if (this.#list === "empty") return { kind: "living", uids: new Set() };
    if (this.#list === "old") return this.#first;
    return this.#list === "unread" ? { kind: "unknown", reason: "no answer" } : now;
  }

  async do(event: Event): Promise<void> {
    const { world, node, vanish, uproot, setNode, sweep } = this.stage;
    const name = "pod" in event ? (names[event.pod] ?? "") : "";
    switch (event.kind) {
      case "vanish":
        this.#vanished.add(name);
        return vanish(name);
      case "uproot":
      case "fail":
        if (!this.#ended.has(name)) this.#ended.set(name, world.clock.bootNs());
        return event.kind === "fail" ? world.pod(name, node.name, "Failed") : uproot(name);
      case "list":
        this.#list = event.as;
        return undefined;
      case "reads":
        this.#readable();
        this.#readable = event.fail ? node.link.always("read ", "away") : () => undefined;
        return undefined;
      case "blind":
        node.voidReason = event.is ? "the mount does not propagate" : undefined;
        return undefined;
      case "node":
        this.#transitions += 1;
        return setNode(event.status, `T${this.#transitions}`);
      case "restart":
        return this.#restart(event.boot);
      case "sweep":
        await world.advance(event.afterMs);
        await sweep();
        return world.advance(500);
      default:
        return event satisfies never;
    }
  }

  held(): readonly string[] {
    return names.filter((name) => this.stage.world.held().some((line) => line.endsWith(` ${name}`)));
  }

  /** Those that may be gone by now: their pods have, and so have their sandboxes, as far as anybody can tell. */
  mayBeFreed(name: string): boolean {
    const endedNs = this.#ended.get(name);
    if (endedNs === undefined) return false;
    return this.#vanished.has(name) || this.stage.world.clock.bootNs() - endedNs >= 300_000_000_000n;
  }

  /** Everything can be seen. @returns who must be left */
  async heal(): Promise<readonly string[]> {
    this.#list = "true";
    this.#readable();
    this.stage.node.voidReason = undefined;
    await this.stage.sweepFor(130_000);
    return names.filter((name) => !this.#ended.has(name) || !this.#vanished.has(name));
  }
}

property.prop([fc.array(events, { minLength: 5, maxLength: 30 })], { numRuns: 150 })(
  "no sweep frees what may be used, and in the end all that is not comes back",
  async (plan) => {
    const cluster = new Cluster(await createSweepStage());
    await cluster.begin();
    for (const event of plan) {
      await cluster.do(event);
      const held = cluster.held();
      for (const name of names) expect(held.includes(name) || cluster.mayBeFreed(name), name).toBe(true);
    }
    const left = await cluster.heal();
    // What was freed on void evidence had its pod gone for long: nobody is told that its namespace stands.
    expect(left.filter((name) => !cluster.held().includes(name) && !cluster.mayBeFreed(name))).toEqual([]);
    expect(cluster.held().filter((name) => !left.includes(name))).toEqual([]);
  },
);
