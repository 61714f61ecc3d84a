/**
 * Whereabouts' reconciler and pod controllers. Two of its defects are left out, since nothing beside it can stand them: that it
 * frees what a Pending pod, or one whose network-status cannot be read, holds.
 *
 * @module
 */
import { pools, reservations } from "../../core/kube/resources.ts";
import type { PatchStep } from "../../core/ports/json-patch.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import { definitions } from "./definitions.ts";
import type { Machine } from "./machine.ts";
import { Link } from "./network.ts";
import { allocationsOf, nameOf, poolName, revisionOf } from "./whereabouts.ts";
import { statusesOf } from "./shown.ts";
import type { World } from "./world.ts";

const namespace = "kube-system";
const everything = { namespace, cached: false, metadataOnly: false } as const;

/** What the API shows of pods. */
type Shown = {
  /** By `namespace/name`: what its network-status lists; undefined while it is Pending. */
  readonly pods: ReadonlyMap<string, readonly string[] | undefined>;
  readonly addresses: ReadonlySet<string>;
};

/** Pools, then pods, then reservations, which by then belong to pods that were not seen; one conflict ends the run. */
export async function reconcile(world: World, run: number): Promise<void> {
  const link = new Link(world.schedule, world.sky, world.chance(`reconciler ${run}`));
  const api = world.whereabouts.client(link, "wb reconciler");
  const listed = await api.list({ resource: pools, ...everything });
  if (listed.kind !== "page") return;
  await world.schedule.wait(5);
  const shown = show(world);
  for (const pool of listed.items) {
    const steps = orphansIn(pool, shown).map((key): PatchStep => ({ op: "remove", path: `/spec/allocations/${key}` }));
    if (steps.length === 0) continue;
    const answer = await api.patch(nameOf(pool), [revisionOf(pool), ...steps]);
    if (answer.kind !== "object") return;
  }
  const standing = await api.list({ resource: reservations, ...everything });
  if (standing.kind !== "page") return;
  for (const { metadata } of standing.items) {
    const { name } = metadata;
    // A name with a network's prefix is taken for no address at all.
    if (!shown.addresses.has(name.includes(".") ? name : name.replaceAll("-", ":")))
      await world.whereabouts.remove(link, "wb reconciler", name);
  }
}

function show(world: World): Shown {
  const statuses = statusesOf(world);
  const held = [...statuses.values()].flatMap((addresses) => addresses ?? []);
  return { pods: statuses, addresses: new Set(held) };
}

function orphansIn(pool: KubeObject, { pods }: Shown): readonly string[] {
  const range = definitions
    .flatMap((definition) => definition.ranges.map((one) => ({ one, name: poolName(definition, one) })))
    .find(({ name }) => name === pool.metadata.name)?.one;
  return Object.entries(allocationsOf(pool))
    .filter(([key, { podref }]) => {
      if (!pods.has(podref)) return true;
      const addresses = pods.get(podref);
      return addresses !== undefined && !addresses.includes(range?.addresses[Number(key) - 1] ?? "");
    })
    .map(([key]) => key);
}

/** What the pod controller of its node does once it is gone: a DEL of each entry that bears its name. */
export async function podIsGone(world: World, machine: Machine, pod: string): Promise<void> {
  const chance = world.chance(`controller ${pod}`);
  await world.schedule.wait(chance.between(5, 3_000));
  const api = world.whereabouts.client(machine.link, `wb controller ${machine.id}`);
  const listed = await api.list({ resource: pools, ...everything });
  if (listed.kind !== "page") return;
  for (const object of listed.items) {
    const definition = definitions.find((one) =>
      one.ranges.some((range) => poolName(one, range) === object.metadata.name),
    );
    for (const { id, podref, ifname = "" } of Object.values(allocationsOf(object))) {
      if (definition === undefined || podref !== `default/${pod}` || !machine.isOn) continue;
      const named = { namespace: "default", name: pod, uid: "" };
      await world.whereabouts.del(machine, {
        containerId: id,
        ifName: ifname,
        netns: "",
        pod: named,
        definition,
        requested: "",
      });
    }
  }
}
