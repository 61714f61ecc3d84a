/**
 * The Kubernetes store: one reservation for each address is the truth (P1, P5, P12). The API server decides; nothing here is
 * remembered but what has been seen of its revisions.
 *
 * @module
 */
import type { Reservation } from "../ports/cluster.ts";
import type { Claim, Held, Place, ReleaseAnswer, RenewAnswer, Store, StorePage, StoreQuery } from "../ports/store.ts";
import { labels, selector } from "./labels.ts";
import { type KubeStoreNeeds, nameOf, reasonOf } from "./needs.ts";
import { claimOne, releaseOne, renewOne } from "./one.ts";
import { openPools } from "./open-pools.ts";
import { readReservation } from "./reservation.ts";
import { reservations } from "./resources.ts";
import { claimEverywhere, releaseTwins, renewTwins } from "./twins.ts";

/** No request lands later than this after it was sent (end of PROTOCOL). */
const lateMs = 90_000;
const pageSize = 500;

export function createKubeStore(needs: KubeStoreNeeds): Store {
  return {
    lateMs,
    open: (serving) => openPools(needs, serving),
    claim: (claim, again = false) =>
      isEverywhere(claim.place) ? claimEverywhere(needs, claim, again) : claimOne(needs, claim, again),
    renew: (held, next) => renew(needs, held, next),
    release: (held) => release(needs, held),
    look: (place) => look(needs, place),
    page: (query, cursor) => page(needs, query, cursor),
  };
}

/** Static and withheld addresses lie in no pool (P21). */
function isEverywhere({ pool }: Place): boolean {
  return pool === "";
}

async function renew(needs: KubeStoreNeeds, held: Held, next: Claim): Promise<RenewAnswer> {
  const answer = await renewOne(needs, held, next);
  if (answer.kind !== "held" || !isEverywhere(held.place)) return answer;
  const reason = await renewTwins(needs, held, next);
  return reason === undefined ? answer : { kind: "unknown", reason };
}

async function release(
  needs: KubeStoreNeeds,
  held: Pick<Held, "place" | "version" | "attempt">,
): Promise<ReleaseAnswer> {
  const reason = isEverywhere(held.place) ? await releaseTwins(needs, held) : undefined;
  return reason === undefined ? releaseOne(needs, held) : { kind: "unknown", reason };
}

async function look(needs: KubeStoreNeeds, place: Place): Promise<Reservation | undefined> {
  const found = await needs.api.read(nameOf(needs, place));
  if (found.kind === "absent") return undefined;
  if (found.kind !== "object") throw new Error(reasonOf(found));
  return readReservation(found.object, place);
}

/** By the network's label, uncached (P7). A pool with overlapping ranges off sees its own and what is held everywhere (P21). */
async function page(needs: KubeStoreNeeds, query: StoreQuery, cursor: string | undefined): Promise<StorePage> {
  const sentAt = needs.tide.high;
  const answer = await needs.api.list({
    resource: reservations,
    namespace: needs.namespace,
    labels: selector({ [labels.network]: query.network }),
    limit: pageSize,
    next: cursor,
    cached: false,
    metadataOnly: true,
  });
  if (answer.kind !== "page") throw new Error(reasonOf(answer));
  if (cursor === undefined) needs.tide.saw(sentAt, answer.resourceVersion);
  const rows = answer.items.map((item) => readReservation(item)).filter((row) => row !== undefined);
  return { rows: rows.filter((row) => concerns(query, row)), next: answer.next };
}

function concerns(query: StoreQuery, { place, kind }: Held): boolean {
  if (place.network !== query.network) return false;
  if (kind !== "dynamic" || (query.overlapping && place.overlapping)) return true;
  return !query.overlapping && !place.overlapping && place.pool === query.pool;
}
