/**
 * Withheld addresses of a cluster: kept back, and given back, by whoever may write reservations (P21). Beside Whereabouts every
 * pool that contains the address has an entry, too, for with overlapping ranges off it looks at nothing else.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { prefixContains } from "../ip/prefix.ts";
import type { PoolSight } from "./pool-sight.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Claim, ClaimAnswer, Held, Place } from "../ports/store.ts";
import { EntryWriter } from "./entry-writer.ts";
import { type KubeStoreNeeds, nameOf } from "./needs.ts";
import { readReservation, withheldRef } from "./reservation.ts";
import { createKubeStore } from "./store.ts";

export type WithheldNeeds = KubeStoreNeeds & {
  readonly clock: Clock;
  readonly random: Random;
  /** Of the namespace; none without Whereabouts. */
  readonly pools: readonly PoolSight[];
};

export type WithheldAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "taken"; readonly by: Held | undefined }
  /** It is not withheld. */
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly reason: string }
  /** It may have been done: repeating it is harmless. */
  | { readonly kind: "unknown"; readonly reason: string };

export type WithheldOrder = {
  readonly network: string;
  readonly address: Address;
  readonly reason: string;
  /** New for each order. */
  readonly attempt: string;
  /** Wall clock, ms. */
  readonly nowMs: number;
};

const triesMax = 3;

/** Reservations first: they exclude Berth everywhere and Whereabouts where ranges overlap. */
export async function withholdAddress(needs: WithheldNeeds, order: WithheldOrder): Promise<WithheldAnswer> {
  const claim = claimOf(order);
  const answer = await claimSurely(needs, claim);
  if (answer.kind !== "held") return notHeld(needs, claim, answer);
  const { address } = order;
  const value = entryOf(order);
  const written: EntryWriter[] = [];
  for (const pool of poolsWith(needs, claim.place)) {
    const writer = writerOf(needs, pool);
    const entry = await writer.order({ kind: "add", address, value });
    if (entry.kind === "unknown") return { kind: "unknown", reason: entry.reason };
    if (entry.kind !== "done") {
      const failed = await takeBack(needs, { ...claim, version: answer.version }, written);
      return failed ?? (entry.kind === "refused" ? entry : { kind: "taken", by: undefined });
    }
    written.push(writer);
  }
  return { kind: "done" };
}

/** What was written of an address that cannot be withheld. @returns why not all is gone */
async function takeBack(
  needs: WithheldNeeds,
  held: Held,
  written: readonly EntryWriter[],
): Promise<WithheldAnswer | undefined> {
  const { address } = held.place;
  for (const writer of written) {
    const answer = await writer.order({ kind: "remove", address, value: entryOf(held) });
    if (answer.kind === "unknown" || answer.kind === "refused") return { kind: "unknown", reason: answer.reason };
  }
  const back = await release(needs, held);
  return back.kind === "done" ? undefined : back;
}

/** Entries first, reservations last (P12). */
export async function giveBackWithheld(
  needs: WithheldNeeds,
  { network, address }: Pick<WithheldOrder, "network" | "address">,
): Promise<WithheldAnswer> {
  const place = everywhere(network, address);
  const found = await needs.api.read(nameOf(needs, place));
  if (found.kind === "refused") return { kind: "refused", reason: found.message };
  if (found.kind === "unknown") return found;
  const held = found.kind === "object" ? readReservation(found.object, place) : undefined;
  if (held !== undefined && held.kind !== "withheld") return { kind: "missing" };
  const removed = await removeEntries(needs, place);
  if (removed.kind !== "done") return removed;
  if (held === undefined) return removed.count === 0 ? { kind: "missing" } : { kind: "done" };
  return release(needs, held);
}

async function removeEntries(
  needs: WithheldNeeds,
  place: Place,
): Promise<{ readonly kind: "done"; readonly count: number } | Extract<WithheldAnswer, { kind: "unknown" }>> {
  let count = 0;
  for (const pool of poolsWith(needs, place)) {
    const { address } = place;
    const entry = pool.text.kind === "entries" ? pool.text.entries.get(address.value) : undefined;
    if (entry?.podref !== withheldRef) continue;
    const { key: _key, ...value } = entry;
    const answer = await writerOf(needs, pool).order({ kind: "remove", address, value });
    if (answer.kind === "unknown" || answer.kind === "refused") return { kind: "unknown", reason: answer.reason };
    count += 1;
  }
  return { kind: "done", count };
}

async function release(needs: WithheldNeeds, held: Held): Promise<WithheldAnswer> {
  const answer = await createKubeStore(needs).release(held);
  if (answer.kind === "freed") return { kind: "done" };
  const reason = answer.kind === "unknown" ? answer.reason : "somebody changed it at this moment";
  return { kind: "unknown", reason };
}

/** An unknown outcome is settled by repeating the same create (P9); a refusal does not settle it. */
async function claimSurely(needs: WithheldNeeds, claim: Claim): Promise<ClaimAnswer> {
  const store = createKubeStore(needs);
  let answer = await store.claim(claim, false);
  for (let tries = 1; answer.kind === "unknown" && !answer.hopeless && tries < triesMax; tries += 1) {
    const again = await store.claim(claim, true);
    if (again.kind === "refused" && answer.mayLand) return answer;
    answer = again;
  }
  return answer;
}

async function notHeld(
  needs: WithheldNeeds,
  { place }: Claim,
  answer: Exclude<ClaimAnswer, { kind: "held" }>,
): Promise<WithheldAnswer> {
  switch (answer.kind) {
    case "taken": {
      const found = answer.by === undefined ? await needs.api.read(nameOf(needs, place)) : undefined;
      const by = found?.kind === "object" ? readReservation(found.object, place) : answer.by;
      return { kind: "taken", by };
    }
    case "disagrees":
      return { kind: "refused", reason: `the setting of overlapping ranges of definition ${answer.definition}` };
    case "refused":
    case "unknown":
      return answer;
    default:
      return answer satisfies never;
  }
}

function poolsWith({ pools }: WithheldNeeds, { network, address }: Place): readonly PoolSight[] {
  return pools.filter(
    (pool) => pool.network === network && pool.text.kind === "entries" && prefixContains(pool.text.prefix, address),
  );
}

function writerOf(needs: WithheldNeeds, { name }: PoolSight): EntryWriter {
  return new EntryWriter(needs, needs.namespace, name);
}

function claimOf({ network, address, reason, attempt, nowMs }: WithheldOrder): Claim {
  return {
    place: everywhere(network, address),
    kind: "withheld",
    attempt,
    holder: undefined,
    sinceMs: nowMs,
    reason,
  };
}

function entryOf({ attempt }: Pick<WithheldOrder, "attempt">) {
  return { id: attempt, podref: withheldRef, ifname: "" };
}

function everywhere(network: string, address: Address): Place {
  return { network, pool: "", overlapping: true, address };
}
