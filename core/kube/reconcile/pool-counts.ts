/**
 * Used and free addresses of every pool, as annotations on its object, for `kubectl get ippools`. Nothing but people reads them.
 *
 * A glance, not a ledger. Without Whereabouts the reservations are counted. Beside it the entries are, each in its own pool and in those
 * that may not give its address, and static addresses, which have none; so an address is not counted while its entry is missing, and
 * twice when a static one has an entry.
 *
 * @module
 */
import type { Signal } from "../../ports/clock.ts";
import type { Mode, Unread } from "../../ports/cluster.ts";
import type { KubeApi, KubeObject, Refused, Unanswered } from "../../ports/kube-api.ts";
import type { LeaseKind, Place } from "../../ports/store.ts";
import type { Address } from "../../ip/address.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { rangesOf } from "../inventory-ranges.ts";
import { annotations, labels } from "../labels.ts";
import { addressNamed } from "../network-in-name.ts";
import { type PoolSight, readPool } from "../pool-sight.ts";
import { readAttachmentDefinition } from "../read-definition.ts";
import { collectPages, readPages } from "../read-pages.ts";
import { reasonOf } from "../reason.ts";
import { placeOf, withheldRef } from "../reservation.ts";
import { definitions, pools, reservations } from "../resources.ts";
import { sliceNodes } from "../slice-nodes.ts";
import { type CountMarks, countMarks, countSteps, isToBeWritten } from "./pool-count-steps.ts";
import { type CountedPool, PoolTallies } from "./pool-tallies.ts";

export type PoolCountNeeds = {
  readonly api: KubeApi;
  readonly namespace: string;
  /** Wall clock, ms. */
  readonly nowMs: () => number;
  /** RFC 3339 text of such a time, and back; undefined for any other text. */
  readonly timestamp: (ms: number) => string;
  readonly readTimestamp: (text: string) => number | undefined;
};

export type CountAnswer =
  /** `failures`: why pools were not written, the first few; the next count writes them. */
  | { readonly kind: "counted"; readonly pools: number; readonly written: number; readonly failures: readonly string[] }
  | Unread;

/** So many reasons are kept. */
const failuresMax = 5;

/**
 * Counts once, and writes where the numbers changed: at most one write a pool. Memory: about 300 bytes a pool, and a page of objects.
 * Cost: all definitions, pools and reservations, these as metadata; beside Whereabouts pools are read with their entries, and once more
 * where pools of one network overlap.
 */
export async function countPools(needs: PoolCountNeeds, mode: Mode, signal: Signal): Promise<CountAnswer> {
  const lacking = { resource: definitions, metadataOnly: false, mayLack: true };
  const served = await collectPages(needs.api, lacking, readAttachmentDefinition);
  if (served.kind !== "all") return unread("definitions", served);
  const tallies = new PoolTallies(rangesOf(served.items));
  const marks = new Map<string, CountMarks>();
  const isMixed = mode !== "absent";
  const failed = isMixed
    ? await countEntries(needs, { tallies, marks })
    : ((await takePools(needs, { tallies, marks })) ?? (await countReservations(needs, tallies, () => true)));
  if (failed !== undefined) return failed;
  return writeAll(needs, { tallies, marks, isMixed }, signal);
}

type Counting = { readonly tallies: PoolTallies; readonly marks: Map<string, CountMarks> };

/** As metadata; who bears no mark of Berth is read whole, for only then its range is known. */
async function takePools(needs: PoolCountNeeds, { tallies, marks }: Counting): Promise<Unread | undefined> {
  const query = { resource: pools, namespace: needs.namespace, metadataOnly: true };
  const found = await collectPages(needs.api, query, ({ metadata }) => metadata);
  if (found.kind !== "all") return unread("pools", found);
  const nodes = await slices(needs);
  for (const metadata of found.items) {
    const { name } = metadata;
    const pool = markedPool({ metadata }) ?? (await readWhole(needs, name, nodes));
    if (pool === undefined) continue;
    tallies.add(pool);
    marks.set(name, countMarks(metadata));
  }
  return undefined;
}

async function readWhole(
  { api, namespace }: PoolCountNeeds,
  name: string,
  nodes: ReadonlySet<string>,
): Promise<CountedPool | undefined> {
  const found = await api.read({ resource: pools, namespace, name });
  return found.kind === "object" ? poolOf(found.object, readPool(found.object, nodes)) : undefined;
}

function markedPool({ metadata }: Pick<KubeObject, "metadata">): CountedPool | undefined {
  const { name, annotations: marks } = metadata;
  const network = marks?.[annotations.network];
  const prefix = parsePrefix(marks?.[annotations.pool] ?? "");
  if (network === undefined || prefix.kind !== "prefix") return undefined;
  return { name, network, prefix: prefix.prefix, overlapping: settingOf({ metadata }) };
}

/** Undefined for one that cannot be read: it keeps what it says. */
function poolOf(object: KubeObject, { name, network, text }: PoolSight): CountedPool | undefined {
  if (text.kind !== "entries") return undefined;
  return { name, network, prefix: text.prefix, overlapping: settingOf(object) };
}

function settingOf({ metadata }: Pick<KubeObject, "metadata">): boolean | undefined {
  const text = metadata.annotations?.[annotations.overlapping];
  return text === undefined ? undefined : text !== "false";
}

async function countEntries(needs: PoolCountNeeds, { tallies, marks }: Counting): Promise<Unread | undefined> {
  const nodes = await slices(needs);
  const unreadOwn = await eachPool(needs, nodes, {
    begin: () => tallies.begin("entries"),
    take: (object, sight) => {
      const pool = poolOf(object, sight);
      if (pool === undefined) return;
      tallies.add(pool);
      marks.set(pool.name, countMarks(object.metadata));
      for (const address of addressesIn(sight)) tallies.entry(pool.name, address);
    },
  });
  if (unreadOwn !== undefined) return unreadOwn;
  const unreadStatic = await countReservations(needs, tallies, (kind) => kind === "static");
  if (unreadStatic !== undefined || !tallies.hasNested()) return unreadStatic;
  return eachPool(needs, nodes, {
    begin: () => tallies.begin("elsewhere"),
    take: (_object, sight) => {
      // What is withheld has an entry in each of them.
      for (const address of addressesIn(sight, withheldRef)) tallies.entryElsewhere(sight.name, address);
    },
  });
}

type PoolReader = {
  readonly begin: () => void;
  readonly take: (object: KubeObject, sight: PoolSight) => void;
};

async function eachPool(
  { api, namespace }: PoolCountNeeds,
  nodes: ReadonlySet<string>,
  { begin, take }: PoolReader,
): Promise<Unread | undefined> {
  const query = { resource: pools, namespace, metadataOnly: false };
  const failed = await readPages(api, query, { begin, keep: (object) => take(object, readPool(object, nodes)) });
  return failed === undefined ? undefined : unread("pools", failed);
}

function* addressesIn({ text }: PoolSight, without?: string): Generator<Address> {
  if (text.kind !== "entries") return;
  for (const value of text.taken) {
    if (without !== undefined && text.entries.get(value)?.podref === without) continue;
    yield { family: text.base.family, value };
  }
}

/** Pools of slices bear their nodes' names; without the right to read those they are pools of networks nobody knows. */
async function slices(needs: PoolCountNeeds): Promise<ReadonlySet<string>> {
  const told = await sliceNodes({ api: needs.api, namespace: needs.namespace });
  return typeof told === "string" ? new Set() : told;
}

/** A further reservation of an address goes with its first (P21). */
async function countReservations(
  { api, namespace }: PoolCountNeeds,
  tallies: PoolTallies,
  isCounted: (kind: string) => boolean,
): Promise<Unread | undefined> {
  const query = { resource: reservations, namespace, metadataOnly: true };
  const networks = tallies.networks();
  const failed = await readPages(api, query, {
    begin: () => tallies.begin("reservations"),
    keep: ({ metadata }) => {
      const isFurther = (metadata.annotations?.[annotations.twinOf] ?? "") !== "";
      const kind = kindOf(metadata.labels?.[labels.kind]);
      const place = isFurther || !isCounted(kind) ? undefined : (placeOf(metadata) ?? foreign(metadata.name, networks));
      if (place !== undefined) tallies.hold(place, kind);
    },
  });
  return failed === undefined ? undefined : unread("reservations", failed);
}

function kindOf(label: string | undefined): LeaseKind {
  return label === "static" || label === "withheld" ? label : "dynamic";
}

/** Whereabouts': its name is all that tells the address. */
function foreign(name: string, networks: readonly string[]): Place | undefined {
  const named = addressNamed(name, networks);
  return named === undefined ? undefined : { ...named, pool: "", overlapping: true };
}

async function writeAll(
  needs: PoolCountNeeds,
  { tallies, marks, isMixed }: Counting & { readonly isMixed: boolean },
  signal: Signal,
): Promise<CountAnswer> {
  const failures: string[] = [];
  let written = 0;
  for (const [name, seen] of marks) {
    const count = tallies.of(name);
    if (signal.aborted) break;
    const nowMs = needs.nowMs();
    const times = { nowMs, readMs: needs.readTimestamp };
    if (count === undefined || !isToBeWritten(seen, count, times)) continue;
    const steps = countSteps(seen, count, { counted: needs.timestamp(nowMs), isMixed });
    // One at a time: nobody waits for them, and a large pool keeps the API server busy for half a second.
    const answer = await needs.api.patch({ resource: pools, namespace: needs.namespace, name }, steps);
    if (answer.kind === "object") written += 1;
    else if (failures.length < failuresMax) failures.push(`${name}: ${reasonOf(answer)}`);
  }
  return { kind: "counted", pools: marks.size, written, failures };
}

function unread(what: string, answer: Refused | Unanswered): Unread {
  return { kind: "unknown", reason: `${what}: ${reasonOf(answer)}` };
}
