/**
 * The cluster as a reconciler sees it, over the API server (P17, P18).
 *
 * @module
 */
import type { Reservation, Unread } from "../../ports/cluster.ts";
import type { Clock } from "../../ports/clock.ts";
import type { KubeApi } from "../../ports/kube-api.ts";
import type { Random } from "../../ports/random.ts";
import type { Reader, Reading, Scene } from "../../ports/scene.ts";
import { Entries } from "../entries.ts";
import { labels, selector } from "../labels.ts";
import { readMode } from "../mode.ts";
import type { MixedNeeds } from "../mixed.ts";
import { type Mixed, nameOf } from "../needs.ts";
import { freeLease } from "../node-leases.ts";
import { readPages } from "../read-pages.ts";
import { reasonOf } from "../reason.ts";
import { readReservation } from "../reservation.ts";
import { reservations } from "../resources.ts";
import { createKubeStore } from "../store.ts";
import { Tide } from "../tide.ts";
import { berthPods } from "./berth-pods.ts";
import { freeForeign, isEntryAlone, isForeign, readWithoutNode } from "./without-node.ts";
import { readNode, readNodes } from "./nodes.ts";
import { livingPods, podsOfNode, readPod } from "./pods.ts";
import { repair } from "./repair.ts";
import { survey } from "./survey.ts";
import { unreadableMarks } from "./unreadable.ts";

export type SceneNeeds = {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly clock: Clock;
  readonly random: Random;
};

export function createScene({ api, namespace, clock, random }: SceneNeeds): Scene {
  const mixed: Mixed = { entries: new Entries({ api, clock, random, namespace }), mode: undefined };
  const needs: MixedNeeds = { api, namespace, journal: "berth-reconciler", tide: new Tide(), mixed };
  const store = createKubeStore(needs);
  return {
    begin: async () => {
      const answer = await readMode(needs);
      mixed.mode = answer.kind === "mode" ? answer.mode : undefined;
      return answer.kind === "mode" ? undefined : answer;
    },
    leasesOf: (node, reader) => leasesOf(needs, node, reader),
    withoutNode: (reader) => readWithoutNode(needs, reader),
    survey: (reader) => survey(needs, reader),
    podsOf: (node) => podsOfNode(api, node),
    pod: (pod) => readPod(api, pod),
    living: (names) => livingPods(api, names),
    nodes: () => readNodes(api),
    node: (name) => readNode(api, name),
    berthPods: (node) => berthPods(needs, node),
    look: (lease) => look(needs, lease),
    free: (lease) => (isForeign(lease) ? freeForeign(needs, lease) : freeLease(store, lease)),
    repair: (agents, repaired) => repair(needs, agents, repaired),
  };
}

async function leasesOf(needs: MixedNeeds, node: string, { begin, take, unreadable }: Reader<Reservation>): Reading {
  const query = { resource: reservations, namespace: needs.namespace, labels: selector({ [labels.node]: node }) };
  const unread = await readPages(
    needs.api,
    { ...query, metadataOnly: false },
    {
      begin,
      keep: (object) => {
        const lease = readReservation(object);
        const fault = unreadableMarks(object.metadata, needs.namespace);
        if (fault !== undefined) unreadable?.(fault);
        // Two long names may share a label: the annotation has the whole.
        else if (lease?.holder?.node === node && lease.twinOf === "") take(lease);
      },
    },
  );
  return unread === undefined ? undefined : { kind: "unknown", reason: reasonOf(unread) };
}

async function look(
  needs: MixedNeeds,
  lease: Reservation,
): Promise<{ readonly kind: "lease"; readonly lease: Reservation | undefined } | Unread> {
  const found = await needs.api.read({ ...nameOf(needs, lease.place), name: lease.name });
  // The entry is judged by its whole value when it is removed.
  if (found.kind === "absent") return { kind: "lease", lease: isEntryAlone(lease) ? lease : undefined };
  if (found.kind !== "object") return { kind: "unknown", reason: reasonOf(found) };
  return { kind: "lease", lease: readReservation(found.object, lease.place) };
}
