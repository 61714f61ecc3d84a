/**
 * The Kubernetes store of one agent over an API server in memory, exclusive or beside Whereabouts, and what stands of a claim.
 *
 * @module
 */
import { Entries } from "../../core/kube/entries.ts";
import type { KubeStoreNeeds } from "../../core/kube/needs.ts";
import { entryKey, readEntries } from "../../core/kube/pool-entries.ts";
import { addSteps } from "../../core/kube/pool-entries-patch.ts";
import { readReservation } from "../../core/kube/reservation.ts";
import { pools, reservations } from "../../core/kube/resources.ts";
import { createKubeStore } from "../../core/kube/store.ts";
import { Tide } from "../../core/kube/tide.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import type { Random } from "../../core/ports/random.ts";
import type { Claim, Held, Serving, Store } from "../../core/ports/store.ts";
import { createLink, type Fate, type Link } from "./cluster-link.ts";
import type { Entry } from "./cluster-world.ts";
import { createFakeApi } from "./fake-api.ts";
import { createFakeServer, type FakeServer } from "./fake-api-server.ts";
import { address } from "./samples.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export const home = "kube-system";

export type StoreStage = {
  readonly server: FakeServer;
  readonly clock: VirtualClock;
  /** Between the store and the server. */
  readonly link: Link;
  readonly needs: KubeStoreNeeds & { readonly clock: Clock; readonly random: Random };
  readonly store: Store;
  /** In virtual time. */
  readonly until: VirtualClock["until"];
  /** Opens a pool of network blue, and holds the claim in it, on a good day. */
  readonly hold: (claim: Claim) => Promise<Held>;
  /** Names of the reservations with their attempts; `<pool> <key>` of the entries with their containers. Sorted. */
  readonly standing: () => readonly string[];
  readonly entry: (text: string, pool?: string) => Entry | undefined;
  /** Somebody else writes or removes an entry. */
  readonly writeEntry: (text: string, entry: Entry | undefined, pool?: string) => void;
  /** Somebody else writes a reservation. */
  readonly plant: (name: string, change: (object: KubeObject) => KubeObject) => void;
};

export function serving(pool = "10.0.0.0/24", overlapping = true): Serving {
  const range = { pool, first: address("10.0.0.1"), last: address("10.0.0.254"), excluded: [] };
  return { network: "blue", definition: "blue-net", overlapping, ranges: [range], atMs: 1 };
}

export function createStoreStage(isMixed: boolean): StoreStage {
  const clock = createVirtualClock();
  const server = createFakeServer({ nowMs: clock.nowMs });
  const link = createLink(clock, (answer) => answer);
  const api = createFakeApi(server, { namespace: home, transport: link.transport });
  const random: Random = { below: () => 0n, id: () => "id" };
  const entries = new Entries({ api, namespace: home, clock, random });
  const needs = {
    api,
    namespace: home,
    journal: "journal-1",
    tide: new Tide(),
    clock,
    random,
    ...(isMixed ? { mixed: { entries, mode: "present" as const } } : {}),
  };
  const store = createKubeStore(needs);
  const find = (pool: string) => {
    const name = { resource: pools, namespace: home, name: pool };
    const found = server.read(name);
    const read = found.kind === "object" ? readEntries(found.object) : undefined;
    if (read?.kind !== "entries") throw new Error(`no pool ${pool}`);
    return { name, read };
  };
  return {
    server,
    clock,
    link,
    needs,
    store,
    until: clock.until,
    hold: async (claim) => {
      const { pool, overlapping } = claim.place;
      if (pool !== "") await clock.until(store.open(serving(pool, overlapping)));
      const answer = await clock.until(store.claim(claim));
      if (answer.kind !== "held") throw new Error(JSON.stringify(answer));
      return { ...claim, version: answer.version };
    },
    standing: () => [
      ...server.all(reservations).map((object) => `${object.metadata.name} ${readReservation(object)?.attempt}`),
      ...server.all(pools).flatMap(({ metadata, spec }) => {
        const allocations: { readonly [key: string]: Entry } = Object(spec).allocations;
        return Object.entries(allocations).map(([key, { id }]) => `${metadata.name} ${key} ${id}`);
      }),
    ],
    entry: (text, pool = "blue-10.0.0.0-24") => {
      const found = find(pool).read.entries.get(address(text).value);
      if (found === undefined) return undefined;
      const { key: _key, ...entry } = found;
      return entry;
    },
    writeEntry: (text, entry, pool = "blue-10.0.0.0-24") => {
      const { name, read } = find(pool);
      const key = entryKey(read.base, address(text)) ?? "";
      if (read.entries.has(address(text).value))
        server.patch(name, [{ op: "remove", path: `/spec/allocations/${key}` }]);
      if (entry !== undefined) server.patch(name, addSteps(find(pool).read, [{ ...entry, key }]));
    },
    plant: (name, change) => {
      const found = server.read({ resource: reservations, namespace: home, name });
      if (found.kind === "object") server.plant(reservations, change(found.object));
    },
  };
}

/** The `at`th call from now on meets this, and `all` that follow it, too. @returns whether any has met it */
export function strike(link: Link, at: number, { fate, all }: { readonly fate: Fate; readonly all: boolean }) {
  let calls = 0;
  link.judge = () => {
    calls += 1;
    return calls - 1 === at || (all && calls > at) ? fate : undefined;
  };
  return {
    hasMet: () => calls > at,
    end: () => {
      link.judge = () => undefined;
    },
  };
}
