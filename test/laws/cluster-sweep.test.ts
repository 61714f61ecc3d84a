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

const names = ["c1", "c2"];
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
  // Twice as likely as anything else.
  ...[0, 1].map(() =>
    fc.record({ kind: fc.constant("sweep" as const), afterMs: fc.constantFrom(0, 30_000, 61_000, 61_000, 310_000) }),
  ),
);
type Event = typeof events extends fc.Arbitrary<infer Made> ? Made : never;

/** With void evidence a pod has to be gone for so long, on a Ready node. */
const waitNs = 300_000_000_000n;

/** What is true of the pods, and what the agent is shown of it. */
class Cluster {
  readonly stage: SweepStage;
  readonly #ended = new Map<string, bigint>();
  readonly #vanished = new Set<string>();
  readonly #freed = new Set<string>();
  /** Since when its node has been Ready. */
  #readyNs: bigint | undefined = 0n;
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
        this.#readyNs = event.status === "True" ? world.clock.bootNs() : undefined;
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

  /** Freed without a right to it: its pod may live, or its sandbox, as far as anybody can tell. */
  wronged(): readonly string[] {
    const held = this.held();
    const freed = names.filter((name) => !held.includes(name) && !this.#freed.has(name));
    for (const name of freed) this.#freed.add(name);
    return freed.filter((name) => !this.#mayBeFreed(name));
  }

  #mayBeFreed(name: string): boolean {
    const endedNs = this.#ended.get(name);
    if (endedNs === undefined) return false;
    if (this.#vanished.has(name)) return true;
    const goneNs = this.stage.world.clock.bootNs() - endedNs;
    const readyNs = this.#readyNs === undefined ? 0n : this.stage.world.clock.bootNs() - this.#readyNs;
    return goneNs >= waitNs && readyNs >= waitNs;
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

property.prop([fc.array(events, { minLength: 5, maxLength: 40 })], { numRuns: 100 })(
  "no sweep frees what may be used, and in the end all that is not comes back",
  async (plan) => {
    const cluster = new Cluster(await createSweepStage());
    await cluster.begin();
    for (const event of plan) {
      await cluster.do(event);
      expect(cluster.wronged()).toEqual([]);
    }
    const left = await cluster.heal();
    expect(cluster.wronged()).toEqual([]);
    expect(cluster.held().filter((name) => !left.includes(name))).toEqual([]);
  },
  60_000,
);
