/**
 * The Kubernetes store: one reservation for each address is the truth (P1, P5, P12). The API server decides; nothing here is
 * remembered but what has been seen of its revisions.
 *
 * @module
 */
import type { Signal } from "../ports/clock.ts";
import type { AddressValue } from "../ip/address.ts";
import { parsePrefix } from "../ip/prefix.ts";
import type {
  Claim,
  Held,
  Place,
  ReleaseAnswer,
  RenewAnswer,
  Store,
  StorePage,
  StoreQuery,
  TidyAnswer,
} from "../ports/store.ts";
import { labels, selector } from "./labels.ts";
import { look } from "./look.ts";
import { claimMixed, releaseMixed, renewMixed, tidyMixed } from "./mixed.ts";
import { isMixed, type KubeStoreNeeds } from "./needs.ts";
import { reasonOf } from "./reason.ts";
import { claimOne, releaseOne, renewOne } from "./one.ts";
import { openPools } from "./open-pools.ts";
import { readReservation } from "./reservation.ts";
import { poolName } from "./names.ts";
import { readEntries } from "./pool-entries.ts";
import { tellFault } from "./pool-sight.ts";
import { pools, reservations } from "./resources.ts";
import { sliceEntries } from "./slice-entries.ts";
import { claimEverywhere, dropTwinEntries, releaseEverywhere, renewTwins } from "./twins.ts";
import { claimWithheld, releaseWithheld } from "./withheld-halves.ts";

/** No request lands later than this after it was sent (end of PROTOCOL). */
const lateMs = 90_000;
const pageSize = 500;

export function createKubeStore(needs: KubeStoreNeeds): Store {
  return {
    lateMs,
    // Node slices of Whereabouts hold addresses that neither the range's own pool nor, sometimes, a reservation tells of.
    readsFirst: () => isMixed(needs),
    open: (serving) => openPools(needs, serving),
    claim: (claim, again = false, until?: Signal) => {
      if (claim.kind === "withheld") return claimWithheld(needs, claim, again);
      if (isEverywhere(claim.place)) return claimEverywhere(needs, claim, again);
      return isMixed(needs) ? claimMixed(needs, claim, { again, until }) : claimOne(needs, claim, again);
    },
    renew: (held, next) => renew(needs, held, next),
    release: async (held) => returning(needs, held, await release(needs, held)),
    tidy: async (claim) => returning(needs, claim, await tidy(needs, claim)),
    look: (place) => look(needs, place),
    page: (query, cursor) => page(needs, query, cursor),
  };
}

/** Static and withheld addresses lie in no pool (P21). */
function isEverywhere({ pool }: Place): boolean {
  return pool === "";
}

/** What an ADD that was cut off may have left of entries. */
async function tidy(needs: KubeStoreNeeds, claim: Parameters<Store["tidy"]>[0]): Promise<TidyAnswer> {
  if (!isMixed(needs)) return { kind: "done" };
  if (!isEverywhere(claim.place)) return tidyMixed(needs, claim);
  const reason = await dropTwinEntries(needs, claim);
  return reason === undefined ? { kind: "done" } : { kind: "unknown", reason };
}

async function renew(needs: KubeStoreNeeds, held: Held, next: Claim): Promise<RenewAnswer> {
  if (isMixed(needs) && !isEverywhere(held.place)) return renewMixed(needs, held, next);
  const answer = await renewOne(needs, held, next);
  if (answer.kind !== "held" || !isEverywhere(held.place)) return answer;
  const twins = await renewTwins(needs, held, next);
  if (twins.kind === "whole") return answer;
  if (twins.kind === "unknown") return twins;
  const whole = await claimEverywhere(needs, next, true);
  if (whole.kind === "held") return { kind: "held", version: whole.version };
  return whole.kind === "taken"
    ? { kind: "lost", now: whole.by }
    : { kind: "unknown", reason: "its further reservations cannot be made" };
}

async function release(
  needs: KubeStoreNeeds,
  held: Pick<Held, "place" | "version" | "attempt" | "holder">,
): Promise<ReleaseAnswer> {
  if (isMixed(needs) && !isEverywhere(held.place)) return releaseMixed(needs, held);
  if (!isEverywhere(held.place)) return releaseOne(needs, held);
  return held.holder === undefined ? releaseWithheld(needs, held) : releaseEverywhere(needs, held);
}

/** An entry that may come back although it was removed is not over yet (P9). */
function returning<Answer extends { readonly kind: string }>(
  needs: KubeStoreNeeds,
  { place }: Pick<Held, "place">,
  answer: Answer,
): Answer {
  const mayReturnMs = isMixed(needs) ? needs.mixed.entries.mayReturnMs(place.address) : 0;
  return mayReturnMs > 0 && (answer.kind === "freed" || answer.kind === "done") ? { ...answer, mayReturnMs } : answer;
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
  const concerned = rows.filter((row) => concerns(query, row));
  if (answer.next !== undefined) return { rows: concerned, next: answer.next };
  return { rows: [...concerned, ...(await entriesOf(needs, query))], next: undefined };
}

/** An address is taken when an entry says so, in every mode (P4); one that cannot be read is nobody's reason to give it. */
async function entriesOf(needs: KubeStoreNeeds, query: StoreQuery): Promise<readonly Held[]> {
  const prefix = parsePrefix(query.pool);
  if (prefix.kind !== "prefix") return [];
  const taken = await takenIn(needs, query);
  const sliced = isMixed(needs)
    ? await sliceEntries(needs, {
        network: query.network,
        range: prefix.prefix,
        sliceLength: needs.mixed.entries.sliceLength(query),
      })
    : ({ kind: "taken", addresses: [] } as const);
  if (sliced.kind !== "taken") throw new Error(sliced.reason);
  const { family } = prefix.prefix;
  return [...taken, ...sliced.addresses].map((value) => foreign({ ...query, address: { family, value } }));
}

/** Where Whereabouts is absent nobody writes entries but by hand: there a look is good for this long. */
const handWrittenMs = 60_000;

async function takenIn(needs: KubeStoreNeeds, query: StoreQuery): Promise<ReadonlySet<AddressValue>> {
  const writer = needs.mixed?.entries.of(query);
  const known = isMixed(needs) ? undefined : writer?.heldWithin(handWrittenMs);
  if (known !== undefined) return known;
  const name = poolName(query.network, query.pool);
  const found = await needs.api.read({ resource: pools, namespace: needs.namespace, name });
  if (found.kind === "refused" || found.kind === "unknown") throw new Error(reasonOf(found));
  const pool = found.kind === "object" ? readEntries(found.object) : undefined;
  if (found.kind === "object") tellFault(needs, found.object);
  if (pool?.kind !== "entries") return new Set();
  writer?.saw(pool);
  return pool.taken;
}

/** Held by somebody of whom only the entry tells. */
function foreign(place: Place): Held {
  return { place, kind: "dynamic", attempt: "", holder: undefined, sinceMs: 0, reason: "", version: "" };
}

function concerns(query: StoreQuery, { place, kind }: Held): boolean {
  if (place.network !== query.network) return false;
  if (kind !== "dynamic" || (query.overlapping && place.overlapping)) return true;
  return !query.overlapping && !place.overlapping && place.pool === query.pool;
}
