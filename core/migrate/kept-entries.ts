/**
 * Entries of addresses that no agent writes on the way back (P21, P22): withheld ones in every pool that contains them, and those of
 * further reservations in their pool. Without them Whereabouts gives the addresses, where overlapping ranges are off.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { prefixContains } from "../ip/prefix.ts";
import { entryOf } from "../kube/mixed.ts";
import { poolName } from "../kube/names.ts";
import { entryKey, type PoolEntries, type PoolEntry, readEntries } from "../kube/pool-entries.ts";
import { addSteps, isOutrun, removeSteps } from "../kube/pool-entries-patch.ts";
import { type PoolSight, poolWord } from "../kube/pool-sight.ts";
import { readReservation } from "../kube/reservation.ts";
import { pools, reservations } from "../kube/resources.ts";
import type { Reservation } from "../ports/cluster.ts";
import type { PatchStep } from "../ports/json-patch.ts";
import { type Ledger, readLedger } from "./ledger.ts";
import { ask, type MigrateNeeds, type Unreachable } from "./needs.ts";

export type KeptEntry = {
  readonly address: Address;
  /** The pool object's name. */
  readonly pool: string;
};

type Done = { readonly kind: "done" } | Unreachable;

const done: Done = { kind: "done" };

/** What stands in a pool already stays, whosoever it is. Repeating it is harmless. */
export async function writeKeptEntries(needs: MigrateNeeds): Promise<Done> {
  const read = await readLedger(needs, "reservations");
  if (read.kind !== "ledger") return read;
  for (const pool of read.ledger.pools) {
    const rows = rowsOf(read.ledger, pool);
    for (let at = 0; at < rows.length; at += needs.limits.patchMax) {
      const answer = await writeSome(needs, pool, rows.slice(at, at + needs.limits.patchMax));
      if (answer.kind !== "done") return answer;
    }
  }
  return done;
}

/** What `writeKeptEntries` would write now. */
export function keptEntries(ledger: Ledger): readonly KeptEntry[] {
  return ledger.pools.flatMap((pool) =>
    rowsOf(ledger, pool).map(({ place }) => ({ address: place.address, pool: pool.name })),
  );
}

/** Those that the pool should have, and has nothing of. */
function rowsOf({ reservations: rows }: Ledger, { text, network, name }: PoolSight): readonly Reservation[] {
  if (text.kind === "unreadable") return [];
  return rows.filter(({ place, kind, holder, twinOf }) => {
    const isWithheld = kind === "withheld" && holder === undefined && twinOf === "";
    const isTwin = holder !== undefined && twinOf !== "" && poolName(network, place.pool) === name;
    const isMeant = place.network === network && (isWithheld || isTwin) && prefixContains(text.prefix, place.address);
    return isMeant && !text.taken.has(place.address.value);
  });
}

/** Then looks whether they were given back meanwhile: then their entries go again. */
async function writeSome(needs: MigrateNeeds, pool: PoolSight, rows: readonly Reservation[]): Promise<Done> {
  const written = await change(needs, pool, (now) => {
    const free = rows.filter(({ place }) => !now.taken.has(place.address.value));
    const entries = free.flatMap((row) => entryIn(now, row));
    return entries.length === 0 ? undefined : addSteps(now, entries);
  });
  if (written.kind !== "done") return written;
  for (const row of rows) {
    const at = { resource: reservations, namespace: needs.namespace, name: row.name };
    const found = await ask(needs, () => needs.api.read(at));
    if (found.kind === "refused" || found.kind === "unknown")
      return { kind: "unreachable", what: `OverlappingRangeIPReservation ${row.name}`, answer: found };
    if (found.kind === "object" && readReservation(found.object)?.attempt === row.attempt) continue;
    const gone = await change(needs, pool, (now) => {
      const own = entryIn(now, row).filter((entry) => isSame(now.entries.get(row.place.address.value), entry));
      return own.length === 0 ? undefined : removeSteps(own);
    });
    if (gone.kind !== "done") return gone;
  }
  return done;
}

function entryIn({ base }: PoolEntries, row: Reservation): readonly PoolEntry[] {
  const key = entryKey(base, row.place.address);
  return key === undefined ? [] : [{ ...entryOf(row), key }];
}

function isSame(a: PoolEntry | undefined, b: PoolEntry): boolean {
  return a?.key === b.key && a.id === b.id && a.podref === b.podref && a.ifname === b.ifname;
}

/** @param plan undefined: nothing is left to be done */
async function change(
  needs: MigrateNeeds,
  pool: PoolSight,
  plan: (now: PoolEntries) => readonly PatchStep[] | undefined,
): Promise<Done> {
  const name = { resource: pools, namespace: pool.namespace, name: pool.name };
  for (let tried = 1; ; tried += 1) {
    const found = await ask(needs, () => needs.api.read(name));
    if (found.kind === "absent") return done;
    if (found.kind !== "object") return { kind: "unreachable", what: poolWord(pool), answer: found };
    const now = readEntries(found.object);
    const steps = now.kind === "entries" ? plan(now) : undefined;
    if (steps === undefined) return done;
    const answer = await needs.api.patch(name, steps);
    if (answer.kind === "object" || answer.kind === "absent") return done;
    const isSettled = answer.kind === "refused" && !isOutrun(answer);
    if (isSettled || tried >= needs.limits.tries) return { kind: "unreachable", what: poolWord(pool), answer };
    await needs.clock.wait(needs.limits.retryMs);
  }
}
