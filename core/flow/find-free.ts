/**
 * Finding a free address of a range; before "full" is said, all that may still make room is tried (P7, invariant 7).
 *
 * @module
 */
import { type Failure, failure } from "../failure/failure.ts";
import type { Range } from "../ip/range.ts";
import { formatRange } from "../ip/range-text.ts";
import type { Place, StoreQuery } from "../ports/store.ts";
import { aboutHolder } from "./about.ts";
import { createDeadline } from "./canceller.ts";
import type { Asking, HoldNeeds } from "./asking.ts";
import type { PoolView } from "./pools.ts";

export type Pool = { readonly query: StoreQuery; readonly range: Range };

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
    const view = await needs.pools.view(pool.query, pool.range);
    const value = view.propose() ?? (await makeRoom(needs, asking, pool));
    if (typeof value === "bigint") return { kind: "free", value };
    return refused(failure("PoolFull", formatRange(pool.range), value.describe(), about));
  } catch (error) {
    return refused(
      failure("StoreUnreadable", formatRange(pool.range), `a store that can be read: ${String(error)}`, about),
    );
  }
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
    const fresh = await pools.reload(query, range);
    return fresh.propose() ?? fresh.proposeResting() ?? fresh;
  } finally {
    wait.cancel();
  }
}

function refused(why: Failure): Found {
  return { kind: "refused", failure: why };
}
