/**
 * Finding a free address of a range; before "full" is said, all that may still make room is tried (P7, invariant 7).
 *
 * @module
 */
import { type Failure, failure } from "../failure/failure.ts";
import type { Range } from "../ip/range.ts";
import { formatRange } from "../ip/range-text.ts";
import type { Signal } from "../ports/clock.ts";
import type { Place, StoreQuery } from "../ports/store.ts";
import { aboutHolder } from "./about.ts";
import { createCanceller, createDeadline } from "./canceller.ts";
import { inTime } from "./in-time.ts";
import type { Asking, HoldNeeds } from "./asking.ts";
import type { PoolView } from "./pool-view.ts";
import type { FlowPorts } from "./ports.ts";
import { unreadable } from "./unreadable.ts";

export type Pool = {
  readonly query: StoreQuery;
  readonly range: Range;
  /** How many addresses were proposed to the store for this ADD, and refused. */
  readonly refusals: number;
};

/** After so many refusals belief is worth less than a list (P7). */
const refusalsMax = 2;
/** How long a page is waited for before the next guess, ms; and how many more refusals make all pages worth waiting for. */
const listPatienceMs = 100;
const guessesMax = 8;

export type Found =
  | { readonly kind: "free"; readonly value: bigint }
  | { readonly kind: "refused"; readonly failure: Failure };

/** The address is marked as taken in the agent's view. Failures: PoolFull, StoreUnreadable, DeadlinePassed. */
export async function findFree(needs: HoldNeeds, asking: Asking, pool: Pool): Promise<Found> {
  const about = aboutHolder(asking.holder, asking.network, formatRange(pool.range));
  if (asking.deadline.signal.aborted) {
    return refused(
      failure(
        "DeadlinePassed",
        `ADD of ${asking.holder.attachment.containerId}`,
        "an end before the launcher gave up",
        about,
      ),
    );
  }
  try {
    const found = await inTime(needs.ports, search(needs, asking, pool), asking.deadline.signal);
    if (typeof found === "bigint") return { kind: "free", value: found };
    return refused(
      found === undefined
        ? failure("DeadlinePassed", formatRange(pool.range), "a store that tells what is held in time", about)
        : failure("PoolFull", formatRange(pool.range), found.describe(), about),
    );
  } catch (error) {
    return refused(
      unreadable(needs.ports, formatRange(pool.range), error instanceof Error ? error.message : String(error), about),
    );
  }
}

async function search(needs: HoldNeeds, asking: Asking, pool: Pool): Promise<bigint | PoolView> {
  const own = await ownFreed(needs, pool);
  if (own !== undefined) return own;
  const view = await viewFor(needs, pool);
  return view.propose() ?? (view.isFull() ? view : await makeRoom(needs, asking, pool));
}

/** Where nodes race, what this node gave back itself is hardly another's already (P7). */
async function ownFreed({ ports, pools }: HoldNeeds, { query, range, refusals }: Pool): Promise<bigint | undefined> {
  return ports.choice === "random" && refusals > 0 ? (await pools.view(query, range)).proposeOwn() : undefined;
}

/**
 * Belief; after some refusals what a page of the store's answer tells, unless it told it a moment ago; and after more of them all
 * of it: of 60,000 leases three guesses in four are right, and 120 pages take the API server a second.
 */
async function viewFor({ ports, pools }: HoldNeeds, { query, range, refusals }: Pool): Promise<PoolView> {
  if (ports.choice === "lowest" || refusals < refusalsMax) return pools.view(query, range);
  if (refusals >= refusalsMax + guessesMax)
    return pools.readSince(query, range, ports.clock.bootNs() - listEveryNs(ports));
  const glance = pools.glance(query, range);
  return (glance === undefined ? undefined : await soon(ports, glance)) ?? pools.view(query, range);
}

/** Where an answer is slow, a guess may be faster. */
async function soon({ clock, log }: FlowPorts, reading: Promise<PoolView>): Promise<PoolView | undefined> {
  const done = createCanceller();
  const view = reading.finally(done.cancel);
  // Who does not wait for it any more does not hear of its failure: the next one who needs it asks again.
  view.catch((error: unknown) => log.debug("A list of the network failed", { error: String(error) }));
  return Promise.race([view, clock.wait(listPatienceMs, done.signal).then(() => undefined)]);
}

/** @returns an address, or the view, read after everything was tried, that shows the pool to be full. */
async function makeRoom(
  { ports, pools, freer, reclaimer }: HoldNeeds,
  asking: Asking,
  { query, range }: Pool,
): Promise<bigint | PoolView> {
  const wait = createDeadline(ports.clock, ports.limits.fullMs, asking.deadline.signal);
  const isConcerned = (place: Place) =>
    place.network === query.network && (place.overlapping || place.pool === query.pool);
  try {
    let value: bigint | undefined;
    for (let hasMore = true; hasMore && value === undefined; ) {
      hasMore = !wait.signal.aborted && (await freer.settled(isConcerned, wait.signal));
      value = (await pools.view(query, range)).propose();
      if (value === undefined && !hasMore) hasMore = await reclaimer.reclaimPool(query, range);
    }
    if (value !== undefined) return value;
    const fresh = await freshView({ ports, pools }, asking, { query, range, signal: wait.signal });
    value = fresh.propose() ?? fresh.proposeResting();
    if (value === undefined) fresh.foundFull();
    return value ?? fresh;
  } finally {
    wait.cancel();
  }
}

type Reading = Pick<Pool, "query" | "range"> & { readonly signal: Signal };

/** Read no earlier than the ADD began, and not more often than the store can bear: for that one may have to wait (P7). */
async function freshView(
  { ports, pools }: Pick<HoldNeeds, "ports" | "pools">,
  { sinceNs }: Asking,
  { query, range, signal }: Reading,
): Promise<PoolView> {
  // Where this agent is alone with its store, an ADD that has waited reads what is true now.
  const { clock, choice } = ports;
  if (choice === "lowest") return pools.readSince(query, range, clock.bootNs());
  const known = await pools.view(query, range);
  const isYoung = known.readNs !== undefined && known.readNs >= sinceNs && pools.untilRead(query, range) > 0;
  if (isYoung) return known;
  await clock.wait(pools.untilRead(query, range), signal);
  return pools.readSince(query, range, laterOf(sinceNs, clock.bootNs() - listEveryNs(ports)));
}

function listEveryNs({ limits }: FlowPorts): bigint {
  return BigInt(limits.listEveryMs) * 1_000_000n;
}

function laterOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function refused(why: Failure): Found {
  return { kind: "refused", failure: why };
}
