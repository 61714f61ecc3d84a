/**
 * One simulated cluster: its server, its nodes, its pods and what was seen of it.
 *
 * @module
 */
import { annotations } from "../../core/kube/labels.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import { configMaps, definitions as attachments, nodes, pods, pools, reservations } from "../../core/kube/resources.ts";
import { createFakeServer, type FakeServer } from "../support/fake-api-server.ts";
import type { Backup } from "../support/fake-api-store.ts";
import { Chance } from "./chance.ts";
import { definitions, objectName, type SimDefinition } from "./definitions.ts";
import { FreeSince } from "./free-since.ts";
import { type Attachment, History } from "./history.ts";
import { Kubelet } from "./kubelet.ts";
import { Machine, type Printed } from "./machine.ts";
import { plantNode, uprootNode, watchNodes } from "./nodes.ts";
import { calm, type Sky } from "./network.ts";
import type { Plan } from "./plan.ts";
import { Proofs } from "./proofs.ts";
import { Schedule } from "./schedule.ts";
import { statusesOf } from "./shown.ts";
import { poolName, Whereabouts } from "./whereabouts.ts";
import { reconcile } from "./whereabouts-controllers.ts";

export class World {
  readonly plan: Plan;
  readonly schedule = new Schedule();
  readonly history: History;
  readonly sky: Sky;
  readonly server: FakeServer;
  readonly machines: readonly Machine[];
  readonly kubelet: Kubelet;
  readonly whereabouts: Whereabouts;
  readonly freeSince: FreeSince;
  readonly proofs: Proofs;
  mode: "present" | "absent";
  /** While the cluster changes over, and after, no plugin of Whereabouts may run. */
  isWhereaboutsAllowed: boolean;
  /** Whether etcd was put back. */
  wasRestored = false;
  /** Whereabouts knows a container by its id alone: a late DEL of it takes what a later one of that id has. */
  readonly mayRepeatIds: boolean;
  memberRuns = 0;
  /** Changes of the mode that are under way. */
  changes = 0;
  #reconciles = 0;
  readonly #notes: string[] | undefined;

  constructor(plan: Plan, notes?: string[]) {
    this.plan = plan;
    this.#notes = notes;
    this.history = new History(() => this.schedule.nowMs, plan.mode === "mixed");
    this.freeSince = new FreeSince(() => this.schedule.nowMs);
    this.proofs = new Proofs({
      nowMs: () => this.schedule.nowMs,
      history: this.history,
      isLate: plan.weather.late > 0,
      isKept: (object) => this.isKept(object),
      isSound: (node) => !this.wasRestored && !this.machine(Number(node)).lostJournal,
    });
    this.mode = plan.mode === "mixed" ? "present" : "absent";
    this.mayRepeatIds = plan.mode === "exclusive";
    this.isWhereaboutsAllowed = plan.mode === "mixed";
    this.sky = { weather: plan.weather, isServerUp: true, inFlight: 0 };
    const lag = this.chance("cache");
    this.server = createFakeServer({
      nowMs: () => 1_700_000_000_000 + Math.round(this.schedule.nowMs),
      // A cache catches up in the end.
      lag: () => (this.sky.weather === calm ? 0 : lag.below(10)),
      onWrite: ({ plural }, name, object) => {
        if (plural !== reservations.plural) return;
        this.freeSince.wrote(name, object !== undefined);
        if (plan.mode === "exclusive") this.proofs.wrote(name, object);
      },
    });
    this.server.create(configMaps, {
      metadata: { name: "berth", namespace: "kube-system" },
      data: { whereabouts: this.mode },
    });
    // What is known of pools that Whereabouts made.
    for (const { name, text } of plan.mode === "mixed" ? definitions : [])
      this.server.create(attachments, { metadata: { name, namespace: "default" }, spec: { config: text } });
    this.whereabouts = new Whereabouts(this);
    this.machines = Array.from({ length: plan.nodes }, (_, at) => new Machine(this, String(at), nodeName(plan, at)));
    for (const at of plan.whereabouts) this.machine(at).usePlugin("whereabouts");
    this.kubelet = new Kubelet(this);
    if (plan.hasMembers === true) watchNodes(this);
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

  plantPod(name: string, uid: string, nodeName: string): void {
    const metadata = { name, namespace: "default", uid };
    this.server.plant(pods, { metadata, spec: { nodeName }, status: { phase: "Running" } });
  }

  plantNode(machine: Machine): void {
    plantNode(this.server, machine);
  }

  loseNode(machine: Machine, isDeleted: boolean): void {
    if (isDeleted) uprootNode(this.server, machine);
    else plantNode(this.server, machine, ["node.kubernetes.io/out-of-service"]);
  }

  reconcile(): void {
    if (this.isWhereaboutsAllowed) void reconcile(this, (this.#reconciles += 1));
  }

  /** etcd as it was; what is no address's stays as it is. */
  restore(backup: Backup): void {
    const stay = [pods, configMaps, nodes].map((resource) => ({ resource, objects: this.server.all(resource) }));
    this.server.restore(backup);
    for (const { resource, objects } of stay) {
      const names = objects.map(({ metadata }) => metadata.name);
      for (const { metadata } of this.server.all(resource)) {
        const { namespace, name } = metadata;
        if (!names.includes(name)) this.server.uproot({ resource, namespace, name });
      }
      for (const object of objects) this.server.plant(resource, object);
    }
    this.wasRestored = true;
    this.history.restored();
    this.freeSince.restored(this.reserved());
    this.proofs.restored(this.server.all(reservations));
  }

  /** An ADD was answered, and its sandbox stands. */
  answered(attachment: Attachment, addresses: readonly string[]): void {
    this.history.answered(attachment, addresses);
    if (this.plan.mode === "exclusive") this.proofs.answered(attachment, this.history.namesOf(attachment.key));
  }

  /**
   * Whether a reservation may stand though its sandbox has gone: its node cannot look just now, or was off since, and the pod that
   * it waits for still exists (P15, P18).
   */
  isKept({ metadata: { annotations: marks = {} }, spec }: KubeObject): boolean {
    const machines = this.machines.filter(({ name }) => name === marks[annotations.node]);
    if (machines.length === 0) return false;
    if (machines.some(({ isBlind }) => isBlind)) return true;
    const evidence = JSON.parse(marks[annotations.evidence] ?? "{}") as { readonly bootId?: string };
    const { podref } = spec as { readonly podref: string };
    // Who bears another machine's name takes its leases for what an earlier boot left (P14).
    const [machine] = machines;
    const isOfNow = machines.length === 1 && [undefined, machine?.bootId].includes(evidence.bootId);
    return !isOfNow && this.hasPod(podref.slice(podref.indexOf("/") + 1), marks[annotations.podUid] ?? "");
  }

  /**
   * Whether a pod may come again for a lease whose sandbox has gone: it lives, and has no sandbox now (P17). Of what Whereabouts gave it
   * is not known which of the pod's sandboxes has it, as long as the pod lives.
   */
  waitsForPod({ metadata: { annotations: marks = {} }, spec }: KubeObject): boolean {
    const { podref } = spec as { readonly podref: string };
    const isThere = this.hasPod(podref.slice(podref.indexOf("/") + 1), marks[annotations.podUid] ?? "");
    const isAdopted = marks[annotations.attempt] !== undefined && marks[annotations.definition] === "";
    return isThere && (isAdopted || statusesOf(this).get(podref) === undefined);
  }

  hasPod(name: string, uid: string): boolean {
    const found = this.server.read({ resource: pods, namespace: "default", name });
    return found.kind === "object" && found.object.metadata.uid === uid;
  }

  /** Only while it is this very one. */
  uprootPod(name: string, uid: string): void {
    const at = { resource: pods, namespace: "default", name };
    const found = this.server.read(at);
    if (found.kind === "object" && found.object.metadata.uid === uid) this.server.uproot(at);
  }

  /** The names of all reservations that stand. */
  reserved(): readonly string[] {
    return this.server
      .all(reservations)
      .map(({ metadata }) => metadata.name)
      .sort();
  }

  /** The names of those that another living lease waits for. */
  contested(): readonly string[] {
    const standing = this.server.all(reservations);
    return standing
      .filter(({ metadata }) => metadata.annotations?.[annotations.contested] !== undefined)
      .map(({ metadata }) => metadata.name);
  }

  /** All entries of all pools. */
  entries(): readonly Entry[] {
    return this.server.all(pools).flatMap(({ metadata, spec }) => {
      const { allocations = {} } = spec as { readonly allocations?: Record<string, Omit<Entry, "pool" | "key">> };
      return Object.entries(allocations).map(([key, value]) => ({ ...value, pool: metadata.name, key }));
    });
  }

  /** The names that reservations of all entries have. */
  entryNames(): readonly string[] {
    const ranges = definitions.flatMap((one) =>
      one.ranges.map((range) => ({ one, range, pool: poolName(one, range) })),
    );
    return this.entries().flatMap(({ pool, key }) => {
      const found = ranges.find((each) => each.pool === pool);
      return found === undefined
        ? []
        : [objectName(found.one, found.range, found.range.addresses[Number(key) - 1] ?? "")];
    });
  }

  /** An ADD was refused: not for want of an address while there is one (invariant 7). */
  async refused(machine: Machine, definition: SimDefinition, why: Refusal): Promise<void> {
    if (why.name !== "PoolFull" || this.mode === "present") return;
    // A pool that was found full is remembered so, and a list may be as old as the ADD (P7).
    const sinceMs = why.sinceMs - 16_000;
    for (const range of definition.ranges.filter(({ cidr }) => why.message.includes(cidr))) {
      for (const address of this.freeSince.freeSince(definition, range, sinceMs)) {
        // What this node has on its way is not proposed (P9).
        if (await machine.hasRow(address)) continue;
        this.history.fail("invariant 7", `an ADD of ${definition.name} found no address, but ${address} is free`);
      }
    }
  }
}

/** A machine that was given another's name by mistake bears that of the one before it. */
function nodeName({ nodes, isTwinned }: Plan, at: number): string {
  return `node-${isTwinned === true && at === nodes - 1 ? at - 1 : at}`;
}

export type Entry = { readonly pool: string; readonly key: string; readonly id: string; readonly podref: string };

type Refusal = Extract<Printed, { kind: "failed" }> & { readonly sinceMs: number };
