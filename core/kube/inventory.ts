/**
 * The cluster's networks, ranges and leases for people, as they stood when they were read: definitions joined with pools and
 * reservations. Needs no agent. Memory: about 1 KiB for each lease that is kept; everything is read in pages.
 *
 * @module
 */
import type { PoolSight } from "./pool-sight.ts";
import type { Mode } from "../ports/cluster.ts";
import type { Inventory, LeaseFilter, LeaseRecord } from "../ports/inventory.ts";
import type { KubeApi, Refused, Unanswered } from "../ports/kube-api.ts";
import { modeName } from "./mode.ts";
import { LeaseCollector, byPlace } from "./inventory-leases.ts";
import { placedEntries, poolFault, readPools, unservedRanges } from "./inventory-pools.ts";
import { countRanges, rangesOf } from "./inventory-ranges.ts";
import { labels, selector } from "./labels.ts";
import { memberOf } from "./member-of.ts";
import { reasonOf } from "./reason.ts";
import { type DefinitionSight, readAttachmentDefinition } from "./read-definition.ts";
import { collectPages, readPages } from "./read-pages.ts";
import { configMaps, definitions, reservations } from "./resources.ts";

export type InventoryQuery = LeaseFilter & {
  /** `counts`: who holds what does not matter: smaller answers. `one`: the filter is about a single address. */
  readonly detail: "counts" | "all" | "one";
};

export type ClusterInventory = {
  readonly inventory: Inventory;
  /** Undefined when it could not be read. */
  readonly mode: Mode | undefined;
  /** Of our namespace. */
  readonly pools: readonly PoolSight[];
  readonly definitions: readonly DefinitionSight[];
  /** What is missing in this picture, or could not be understood: a sentence each. */
  readonly gaps: readonly string[];
};

export type InventoryAnswer =
  | ({ readonly kind: "inventory" } & ClusterInventory)
  | { readonly kind: "unreadable"; readonly what: string; readonly answer: Refused | Unanswered };

type Needs = { readonly api: KubeApi; readonly namespace: string };

export async function readInventory(needs: Needs, query: InventoryQuery): Promise<InventoryAnswer> {
  const { api, namespace } = needs;
  const mode = await readMode(needs);
  // Nobody is there: the other requests would wait for nothing, too.
  if ("kind" in mode) return { kind: "unreadable", what: `mode (ConfigMap ${modeName})`, answer: mode };
  const found = await collectPages(api, { resource: definitions, metadataOnly: false }, readAttachmentDefinition);
  const sights = found.kind === "all" ? found.items : [];
  // Pools first: ADD writes the entry before the reservation, so that nothing that stands is taken for half of it.
  const read = await readPools(needs);
  if (read.kind !== "all") return { kind: "unreadable", what: "pools (ippools)", answer: read };
  const pools = read.items.filter((one) => one.namespace === namespace);
  const served = rangesOf(sights);
  const known = [...new Set([...served, ...pools].map(({ network }) => network))];
  const collector = new LeaseCollector({
    filter: query,
    networks: known,
    entries: placedEntries(pools, served),
    isMixed: query.detail === "counts" ? undefined : mode.mode !== "absent",
  });
  const failed = await readReservations(needs, query, collector);
  if (failed !== undefined) return { kind: "unreadable", what: "reservations", answer: failed };
  const { records, networks, unreadable } = collector.end();
  const gaps = [
    ...(mode.gap === undefined ? [] : [mode.gap]),
    ...(found.kind === "all" || isMissing(found) ? [] : [`definitions could not be read: ${reasonOf(found)}`]),
    ...sights.flatMap(definitionGap),
    ...pools.flatMap((one) => poolFault(one) ?? []),
    ...unreadable.map((name) => `reservation ${namespace}/${name} is of no address that can be told`),
  ];
  return {
    kind: "inventory",
    mode: mode.mode,
    pools,
    definitions: sights,
    gaps,
    inventory: inventoryOf(records, [...served, ...unservedRanges(pools, served)], [...known, ...networks]),
  };
}

/** A cluster without Multus has no definitions. */
function isMissing(answer: Refused | Unanswered): boolean {
  return answer.kind === "refused" && answer.status === 404;
}

function definitionGap({ object, read }: DefinitionSight): readonly string[] {
  if (read.kind === "definition") return [];
  const [first] = read.faults;
  const more = read.faults.length > 1 ? `, and ${read.faults.length - 1} more` : "";
  const where = first?.path === "" ? "" : ` at ${first?.path}`;
  return [`definition ${object} cannot be read: expected ${first?.expected}${where}${more}`];
}

/** One address is looked for in names and marks, and only what is found is read whole. */
async function readReservations(
  { api, namespace }: Needs,
  { detail, node }: InventoryQuery,
  collector: LeaseCollector,
): Promise<Refused | Unanswered | undefined> {
  const query = {
    resource: reservations,
    namespace,
    ...(node === undefined ? {} : { labels: selector({ [labels.node]: node }) }),
    metadataOnly: detail !== "all",
  };
  const failed = await readPages(api, query, {
    begin: () => collector.begin(),
    keep: (object) => collector.take(object),
  });
  if (failed !== undefined || detail !== "one") return failed;
  const names = collector.end().records.map(({ proof }) => proof?.reservation ?? "");
  return readWhole({ api, namespace }, names, collector);
}

async function readWhole(
  { api, namespace }: Needs,
  names: readonly string[],
  collector: LeaseCollector,
): Promise<Refused | Unanswered | undefined> {
  const networks = collector.end().networks;
  collector.begin();
  for (const name of names) {
    if (name === "") continue;
    const answer = await api.read({ resource: reservations, namespace, name });
    if (answer.kind === "object") collector.take(answer.object);
    else if (answer.kind !== "absent") return answer;
  }
  collector.know(networks);
  return undefined;
}

async function readMode({
  api,
  namespace,
}: Needs): Promise<{ readonly mode?: Mode; readonly gap?: string } | Unanswered> {
  const answer = await api.read({ resource: configMaps, namespace, name: modeName });
  if (answer.kind === "absent") return { mode: "present" };
  if (answer.kind === "unknown") return answer;
  if (answer.kind !== "object")
    return { gap: `the mode (ConfigMap ${modeName}) could not be read: ${reasonOf(answer)}` };
  const text = memberOf(answer.object["data"], "whereabouts");
  if (text === "absent" || text === "present" || text === undefined) return { mode: text ?? "present" };
  const said = `ConfigMap ${namespace}/${modeName} says whereabouts: ${JSON.stringify(text)}`;
  return { mode: "present", gap: `${said}, neither present nor absent: that counts as present` };
}

/** @param records in the order of networks and addresses */
function inventoryOf(
  records: readonly LeaseRecord[],
  ranges: Parameters<typeof countRanges>[0],
  networks: readonly string[],
): Inventory {
  const counted = countRanges(ranges, records);
  return {
    ranges: () => counted,
    leases: ({ network, within, node }) =>
      records.filter(
        ({ place, holder }) =>
          (network === undefined || place.network === network) &&
          (node === undefined || holder?.node === node) &&
          (within === undefined ||
            (place.address.family === within.family &&
              place.address.value >= within.first &&
              place.address.value <= within.last)),
      ),
    // Which addresses rest is remembered by the agent that freed them (P7).
    resting: () => [],
    networks: () => networks,
  };
}

/** The same, with other records. */
export function withRecords(inventory: Inventory, records: readonly LeaseRecord[]): Inventory {
  const sorted = [...records].sort(byPlace);
  return { ...inventoryOf(sorted, [], inventory.networks?.() ?? []), ranges: inventory.ranges };
}
