/**
 * A store in memory that answers "unknown" when told to, before or after the deed: the fake of the Store port.
 *
 * @module
 */
import { sameAddress } from "../../core/ip/address.ts";
import type {
  Claim,
  ClaimAnswer,
  Held,
  Place,
  ReleaseAnswer,
  RenewAnswer,
  Serving,
  Store,
  StoreQuery,
} from "../../core/ports/store.ts";

/** What happens to the next answer: lost before the deed was done, or after it. */
export type Loss = "before" | "after";

export type FakeStore = Store & {
  /** The next calls of this name lose their answers, in order. */
  readonly lose: (call: "claim" | "renew" | "release", ...losses: Loss[]) => void;
  readonly held: () => readonly Held[];
};

const unknown = { kind: "unknown", reason: "the answer was lost", hopeless: false, mayLand: true } as const;

export function createFakeStore(): FakeStore {
  let rows: Held[] = [];
  let version = 0;
  const pools = new Map<string, { overlapping: boolean; definition: string }>();
  const losses = new Map<string, Loss[]>();

  async function losing<Answer>(call: string, deed: () => Answer): Promise<Answer | typeof unknown> {
    const loss = losses.get(call)?.shift();
    if (loss === "before") return unknown;
    const answer = deed();
    return loss === "after" ? unknown : answer;
  }

  const at = (place: Place) =>
    rows.find((row) => scopeOf(row.place) === scopeOf(place) && sameAddress(row.place.address, place.address));
  const blocker = ({ place, kind }: Claim) =>
    at(place) ??
    rows.find(
      (row) =>
        row.place.network === place.network &&
        sameAddress(row.place.address, place.address) &&
        (row.kind !== "dynamic" || kind !== "dynamic"),
    );

  function claim(asked: Claim): ClaimAnswer {
    const pool = pools.get(`${asked.place.network} ${asked.place.pool}`);
    if (asked.kind === "dynamic" && pool !== undefined && pool.overlapping !== asked.place.overlapping)
      return { kind: "disagrees", definition: pool.definition };
    const by = blocker(asked);
    if (by !== undefined)
      return by.attempt === asked.attempt ? { kind: "held", version: by.version } : { kind: "taken", by };
    version += 1;
    rows.push({ ...asked, version: String(version) });
    return { kind: "held", version: String(version) };
  }

  function renew(held: Held, next: Claim): RenewAnswer {
    const now = at(held.place);
    if (now === undefined || (now.version !== held.version && now.attempt !== next.attempt))
      return { kind: "lost", now };
    version += 1;
    rows = rows.map((row) =>
      row === now ? { ...next, place: row.place, kind: row.kind, reason: row.reason, version: String(version) } : row,
    );
    return { kind: "held", version: String(version) };
  }

  function release(held: Pick<Held, "place" | "version">): ReleaseAnswer {
    const now = at(held.place);
    if (now !== undefined && now.version !== held.version) return { kind: "changed", now };
    rows = rows.filter((row) => row !== now);
    return { kind: "freed" };
  }

  return {
    lateMs: 0,
    readsFirst: () => true,
    lose: (call, ...more) => void losses.set(call, [...(losses.get(call) ?? []), ...more]),
    held: () => rows,
    open: async ({ network, definition, overlapping, ranges }: Serving) => {
      for (const { pool } of ranges) {
        const found = pools.get(`${network} ${pool}`);
        const isHeld = rows.some(({ place }) => place.network === network && place.pool === pool);
        if (found !== undefined && found.overlapping !== overlapping && isHeld)
          return { kind: "disagrees", definition: found.definition, pool };
        pools.set(`${network} ${pool}`, { overlapping, definition });
      }
      return { kind: "open" };
    },
    claim: async (asked) => losing("claim", () => claim(asked)),
    renew: async (held, next) => losing("renew", () => renew(held, next)),
    release: async (held) => losing("release", () => release(held)),
    tidy: async () => ({ kind: "done" }),
    look: async (place) => at(place),
    page: async (query: StoreQuery) => ({
      rows: rows
        .filter(
          ({ place, kind }) =>
            place.network === query.network && (scopeOf(place) === scopeOf(query) || kind !== "dynamic"),
        )
        .sort(
          (a, b) =>
            a.place.address.family - b.place.address.family || (a.place.address.value < b.place.address.value ? -1 : 1),
        ),
      next: undefined,
    }),
  };
}

function scopeOf({ network, pool, overlapping }: StoreQuery): string {
  return overlapping ? network : `${network} ${pool}`;
}
