/**
 * Whereabouts' plugin, call by call as the real one makes them, with its defects: a pool write that fails counts as written
 * (A1), one reservation of its own spares all later ones (A3), reservations are deleted by name (A4), whose pod's name it is
 * decides (A6), nothing is rolled back (A7), a DEL ends where nothing is found (A8, A9).
 *
 * @module
 */
import { pools, reservations } from "../../core/kube/resources.ts";
import type { PatchStep } from "../../core/ports/json-patch.ts";
import type { KubeApi, KubeObject, ObjectName, RemoveAnswer } from "../../core/ports/kube-api.ts";
import { createFakeApi } from "../support/fake-api.ts";
import { objectName, type SimDefinition, type SimRange } from "./definitions.ts";
import { inWords } from "./in-words.ts";
import type { Interface, Machine, Printed } from "./machine.ts";
import type { Link } from "./network.ts";
import type { World } from "./world.ts";

export type Allocation = { readonly id: string; readonly podref: string; readonly ifname?: string };

/** One execution. */
type Run = { readonly api: KubeApi; readonly link: Link; readonly who: string; readonly isOver: () => boolean };

/** One limit for everything, ms. */
const budgetMs = 10_000;
const retriesMax = 100;
const namespace = "kube-system";

class Ended extends Error {}

export class Whereabouts {
  readonly #world: World;
  /** Pods of which it may have left something, by its own defects: its reconciler cleans up. */
  readonly excused = new Set<string>();
  /** Containers to which it gave an address. */
  readonly given = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  async add(machine: Machine, one: Interface): Promise<Printed> {
    try {
      const addresses = await this.#allocate(this.#run(machine, `wb ADD ${one.containerId}`), one);
      if (!this.isProven(one, addresses)) this.excused.add(one.pod.name);
      this.given.add(one.containerId);
      return { kind: "addresses", addresses };
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      this.excused.add(one.pod.name);
      return { kind: "failed", name: "Whereabouts", message: error.message };
    }
  }

  /** Errors are swallowed (A22). */
  async del(machine: Machine, one: Interface): Promise<void> {
    this.excused.add(one.pod.name);
    try {
      await this.#deallocate(this.#run(machine, `wb DEL ${one.containerId}`), one);
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
    }
  }

  /** Whether the pools have what was answered: by its defects they may not. */
  isProven({ containerId, definition }: Interface, addresses: readonly string[]): boolean {
    const entries = this.#world.entries();
    return definition.ranges.every((range, at) =>
      entries.some(
        ({ pool, key, id }) =>
          pool === poolName(definition, range) && key === keyOf(range, addresses[at] ?? "") && id === containerId,
      ),
    );
  }

  /** A client whose calls are told. */
  client(link: Link, who: string): KubeApi {
    return createFakeApi(this.#world.server, {
      namespace,
      transport: async (call, deed) => {
        const answer = await link.send(deed);
        this.#world.note(() => `${who}: ${call.verb} ${call.resource} ${call.name}: ${inWords(answer)}`);
        return answer;
      },
    });
  }

  /** A reservation, by its name alone. */
  async remove(link: Link, who: string, name: string): Promise<RemoveAnswer> {
    const answer = await link.send(() => this.#world.server.remove({ resource: reservations, namespace, name }));
    this.#world.note(() => `${who}: remove ${name}: ${inWords(answer)}`);
    return answer;
  }

  #run(machine: Machine, who: string): Run {
    const endMs = this.#world.schedule.nowMs + budgetMs;
    const { bootId } = machine;
    const isOver = () => this.#world.schedule.nowMs >= endMs || machine.bootId !== bootId || !machine.isOn;
    return { api: this.client(machine.link, who), link: machine.link, who, isOver };
  }

  async #allocate(run: Run, { definition, pod, ifName, containerId }: Interface): Promise<readonly string[]> {
    const { api } = run;
    const podref = `${pod.namespace}/${pod.name}`;
    await called(run, api.list({ resource: pools, namespace: undefined, cached: false, metadataOnly: false }));
    const addresses: string[] = [];
    let isReserved = false;
    for (const range of definition.ranges) {
      const own = { id: containerId, podref, ifname: ifName };
      const chosen = await this.#choose(run, { definition, range, own });
      isReserved ||= chosen.isReserved;
      if (definition.overlapping && !isReserved) {
        const made = await called(
          run,
          api.create(reservations, {
            metadata: { name: objectName(definition, range, chosen.address), namespace },
            spec: { podref, ifname: ifName },
          }),
        );
        if (made.kind !== "object") throw new Ended("the reservation cannot be made");
      }
      addresses.push(chosen.address);
    }
    return addresses;
  }

  async #choose(
    run: Run,
    { definition, range, own }: { definition: SimDefinition; range: SimRange; own: Allocation },
  ): Promise<{ readonly address: string; readonly isReserved: boolean }> {
    const taken = new Set<string>();
    for (let tries = 0; tries < retriesMax; tries += 1) {
      const pool = await this.#pool(run, definition, range);
      const allocations = allocationsOf(pool);
      const mine = Object.entries(allocations).find(
        ([, one]) => one.podref === own.podref && one.ifname === own.ifname,
      );
      const key = mine?.[0] ?? lowestFree(range, allocations, taken);
      const address = key === undefined ? undefined : range.addresses[Number(key) - 1];
      if (key === undefined || address === undefined) throw new Ended("could not allocate");
      const standing = definition.overlapping ? await this.#reserved(run, definition, range, address) : undefined;
      if (standing !== undefined && standing !== own.podref) {
        taken.add(address);
        // Its client is let through five times a second.
        await this.#world.schedule.wait(400);
        continue;
      }
      const path = `/spec/allocations/${key}`;
      const step: PatchStep =
        mine === undefined ? { op: "add", path, value: own } : { op: "replace", path: `${path}/id`, value: own.id };
      const absent: PatchStep[] = mine === undefined ? [{ op: "test", path, value: null }] : [];
      const answer = await called(run, run.api.patch(nameOf(pool), [revisionOf(pool), ...absent, step]));
      if (answer.kind === "refused" && answer.status === 422) continue;
      return { address, isReserved: standing !== undefined };
    }
    throw new Ended("too many retries");
  }

  /** Whose it is. */
  async #reserved(run: Run, definition: SimDefinition, range: SimRange, address: string): Promise<string | undefined> {
    const name = objectName(definition, range, address);
    const found = await called(run, run.api.read({ resource: reservations, namespace, name }));
    if (found.kind === "absent") return undefined;
    if (found.kind !== "object") throw new Ended("the reservation cannot be read");
    return (found.object["spec"] as { readonly podref: string }).podref;
  }

  async #deallocate(run: Run, { definition, containerId, ifName }: Interface): Promise<void> {
    for (const range of definition.ranges) {
      const address = await this.#forget(run, { definition, range, containerId, ifName });
      if (address === undefined) return;
      if (!definition.overlapping) continue;
      const name = objectName(definition, range, address);
      const answer = await called(run, this.remove(run.link, run.who, name));
      if (answer.kind !== "removed") return;
    }
  }

  async #forget(
    run: Run,
    {
      definition,
      range,
      containerId,
      ifName,
    }: Pick<Interface, "definition" | "containerId" | "ifName"> & { range: SimRange },
  ): Promise<string | undefined> {
    for (let tries = 0; tries < retriesMax; tries += 1) {
      const pool = await this.#pool(run, definition, range);
      const found = Object.entries(allocationsOf(pool)).find(
        ([, one]) => one.id === containerId && one.ifname === ifName,
      );
      if (found === undefined) return undefined;
      const path = `/spec/allocations/${found[0]}`;
      const answer = await called(run, run.api.patch(nameOf(pool), [revisionOf(pool), { op: "remove", path }]));
      if (answer.kind === "refused" && answer.status === 422) continue;
      return range.addresses[Number(found[0]) - 1];
    }
    return undefined;
  }

  /** Made by whoever needs it first. */
  async #pool(run: Run, definition: SimDefinition, range: SimRange): Promise<KubeObject> {
    const name = poolName(definition, range);
    for (let tries = 0; tries < 3; tries += 1) {
      const found = await called(run, run.api.read({ resource: pools, namespace, name }));
      if (found.kind === "object") return found.object;
      if (found.kind !== "absent") break;
      await called(
        run,
        run.api.create(pools, { metadata: { name, namespace }, spec: { range: range.cidr, allocations: {} } }),
      );
    }
    throw new Ended("the pool cannot be read");
  }
}

async function called<Answer>({ isOver }: Run, answer: Promise<Answer>): Promise<Answer> {
  const known = await answer;
  if (isOver()) throw new Ended("its time is up");
  return known;
}

function lowestFree(
  { addresses }: SimRange,
  allocations: Readonly<Record<string, Allocation>>,
  taken: ReadonlySet<string>,
): string | undefined {
  const at = addresses.findIndex((address, index) => !(String(index + 1) in allocations) && !taken.has(address));
  return at === -1 ? undefined : String(at + 1);
}

export function allocationsOf(pool: KubeObject): Readonly<Record<string, Allocation>> {
  return (pool["spec"] as { readonly allocations?: Record<string, Allocation> }).allocations ?? {};
}

function keyOf({ addresses }: SimRange, address: string): string {
  return String(addresses.indexOf(address) + 1);
}

export function poolName({ network }: SimDefinition, { cidr }: SimRange): string {
  return `${network === "" ? "" : `${network}-`}${cidr.replaceAll(/[:/]/g, "-")}`;
}

export function nameOf({ metadata: { name } }: KubeObject): ObjectName {
  return { resource: pools, namespace, name };
}

export function revisionOf({ metadata: { resourceVersion = "" } }: KubeObject): PatchStep {
  return { op: "test", path: "/metadata/resourceVersion", value: resourceVersion };
}
