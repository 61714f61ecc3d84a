/**
 * One simulated cluster: its server, its nodes, its pods and what was seen of it.
 *
 * @module
 */
import { configMaps, pods, reservations } from "../../core/kube/resources.ts";
import { createFakeServer, type FakeServer } from "../support/fake-api-server.ts";
import { Chance } from "./chance.ts";
import { objectName, type SimDefinition } from "./definitions.ts";
import { History } from "./history.ts";
import { Kubelet } from "./kubelet.ts";
import { Machine, type Printed } from "./machine.ts";
import type { Sky } from "./network.ts";
import type { Plan } from "./plan.ts";
import { Schedule } from "./schedule.ts";

export class World {
  readonly plan: Plan;
  readonly schedule = new Schedule();
  readonly history: History;
  readonly sky: Sky;
  readonly server: FakeServer;
  readonly machines: readonly Machine[];
  readonly kubelet: Kubelet;
  readonly #notes: string[] | undefined;

  constructor(plan: Plan, notes?: string[]) {
    this.plan = plan;
    this.#notes = notes;
    this.history = new History(() => this.schedule.nowMs);
    this.sky = { weather: plan.weather, isServerUp: true, inFlight: 0 };
    const lag = this.chance("cache");
    this.server = createFakeServer({
      nowMs: () => 1_700_000_000_000 + Math.round(this.schedule.nowMs),
      lag: () => lag.below(10),
    });
    this.server.create(configMaps, {
      metadata: { name: "berth", namespace: "kube-system" },
      data: { whereabouts: plan.mode === "mixed" ? "present" : "absent" },
    });
    this.machines = Array.from({ length: plan.nodes }, (_, at) => new Machine(this, String(at), `node-${at}`));
    this.kubelet = new Kubelet(this);
  }

  chance(stream: string): Chance {
    return new Chance(this.plan.seed, stream);
  }

  note(text: () => string): void {
    this.#notes?.push(`${(this.schedule.nowMs / 1000).toFixed(3).padStart(9)}  ${text()}`);
  }

  machine(index: number): Machine {
    const machine = this.machines[index % this.machines.length];
    if (machine === undefined) throw new Error(`Cannot find node ${index}`);
    return machine;
  }

  plantPod(name: string, nodeName: string): void {
    const metadata = { name, namespace: "default", uid: `uid-${name}` };
    this.server.plant(pods, { metadata, spec: { nodeName }, status: { phase: "Running" } });
  }

  uprootPod(name: string): void {
    this.server.uproot({ resource: pods, namespace: "default", name });
  }

  /** The names of all reservations that stand. */
  reserved(): readonly string[] {
    return this.server
      .all(reservations)
      .map(({ metadata }) => metadata.name)
      .sort();
  }

  /** An ADD was refused: not for want of an address while there is one. */
  refused(_definition: SimDefinition, _printed: Extract<Printed, { kind: "failed" }>): void {
    // Whether a range was full at any moment since the ADD began is looked at in the quiet time.
  }

  /** How many addresses of each range of a definition are free. */
  free(definition: SimDefinition): readonly number[] {
    const taken = new Set(this.reserved());
    return definition.ranges.map(
      (range) => range.addresses.filter((address) => !taken.has(objectName(definition, range, address))).length,
    );
  }
}
