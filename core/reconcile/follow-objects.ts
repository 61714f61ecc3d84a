/**
 * Follows the objects of a query: a list, then a watch, and a list again whenever the watch may have missed something. For as long as it
 * takes, with pauses that grow, so that a cluster's members do not come back as one.
 *
 * @module
 */
import type { Clock, Signal } from "../ports/clock.ts";
import type { KubeApi, KubeObject, ListQuery, Refused, Unanswered, WatchEvent } from "../ports/kube-api.ts";
import type { Random } from "../ports/random.ts";

export type FollowQuery = Omit<ListQuery, "limit" | "next" | "cached"> & {
  /** Of a list; small where objects may be large. */
  readonly pageSize: number;
};

/** What is heard, in order. Nothing here may throw. */
export type Follower = {
  /** A list begins: what `keep` brings until `whole` is all there is. */
  readonly begin: () => void;
  /** Listed, made or changed. */
  readonly keep: (object: KubeObject) => void;
  readonly whole: () => void;
  /** Outside of lists only. */
  readonly removed: (object: KubeObject) => void;
  /** What is known may be old. Without the right to watch, a list each minute goes on. */
  readonly failed: (verb: "list" | "watch", why: Refused | Unanswered) => void;
};

export type FollowNeeds = {
  readonly api: Pick<KubeApi, "list" | "watch">;
  readonly clock: Clock;
  readonly random: Random;
};

/** A server that went back in time may keep a watch alive that misses things: so often it is listed all the same. */
const relistMs = 30 * 60_000;
/** A watch that ends sooner counts as a failure, whatever it says. */
const shortestMs = 5_000;

const firstPauseMs = 500;
/** The request never left: nobody is bothered. */
const unsentPauseMs = 4_000;
const failedPauseMs = 30_000;
const refusedPauseMs = 60_000;

/** Follows until `end` aborts. Never throws. */
export async function followObjects(
  query: FollowQuery,
  follower: Follower,
  needs: FollowNeeds,
  end: Signal,
): Promise<void> {
  let failures = 0;
  while (!end.aborted) {
    const begunNs = needs.clock.bootNs();
    const problem = await followOnce(query, follower, needs, end);
    if (end.aborted) return;
    failures = msSince(begunNs, needs.clock) >= shortestMs && problem?.verb !== "list" ? 0 : failures + 1;
    if (problem?.why !== undefined) follower.failed(problem.verb, problem.why);
    await needs.clock.wait(pauseMs(failures, problem, needs.random), end);
  }
}

/** `why` undefined: what was written since is no longer known. */
type Problem = { readonly verb: "list" | "watch"; readonly why: Refused | Unanswered | undefined };

/** Undefined: it ended in order, and is due for a new list. */
async function followOnce(
  query: FollowQuery,
  follower: Follower,
  needs: FollowNeeds,
  end: Signal,
): Promise<Problem | undefined> {
  const listed = await listAll(query, follower, needs.api);
  if (listed.kind !== "listed") return { verb: "list", why: listed.kind === "gone" ? undefined : listed };
  let { resourceVersion } = listed;
  const tell = (event: WatchEvent) => {
    resourceVersion =
      event.kind === "bookmark" ? event.resourceVersion : (event.object.metadata.resourceVersion ?? resourceVersion);
    if (event.kind === "deleted") follower.removed(event.object);
    else if (event.kind !== "bookmark") follower.keep(event.object);
  };
  const listedNs = needs.clock.bootNs();
  while (!end.aborted && msSince(listedNs, needs.clock) < relistMs) {
    const begunNs = needs.clock.bootNs();
    const { pageSize: _pageSize, ...watched } = query;
    const ended = await needs.api.watch({ ...watched, resourceVersion }, tell, end);
    if (ended.kind === "gone") return { verb: "watch", why: undefined };
    if (ended.kind !== "ended") return { verb: "watch", why: ended };
    if (msSince(begunNs, needs.clock) < shortestMs) return { verb: "watch", why: undefined };
  }
  return undefined;
}

type Listed =
  | { readonly kind: "listed"; readonly resourceVersion: string }
  | { readonly kind: "gone" }
  | Refused
  | Unanswered;

async function listAll(
  { pageSize, ...query }: FollowQuery,
  follower: Follower,
  api: Pick<KubeApi, "list">,
): Promise<Listed> {
  follower.begin();
  let next: string | undefined;
  for (;;) {
    const page = await api.list({ ...query, limit: pageSize, next, cached: false });
    if (page.kind === "refused" && page.status === 410) return { kind: "gone" };
    if (page.kind !== "page") return page;
    for (const object of page.items) follower.keep(object);
    if (page.next === undefined) {
      follower.whole();
      return { kind: "listed", resourceVersion: page.resourceVersion };
    }
    next = page.next;
  }
}

/** Doubled with each failure in a row, and spread over its second half. */
function pauseMs(failures: number, problem: Problem | undefined, random: Random): number {
  const most = problem === undefined ? firstPauseMs : mostMs(problem);
  const whole = Math.min(most, firstPauseMs * 2 ** Math.min(failures, 20));
  return whole / 2 + Number(random.below(BigInt(Math.ceil(whole / 2))));
}

function mostMs({ verb, why }: Problem): number {
  if (why?.kind === "refused") return refusedPauseMs;
  return verb === "list" && why?.mayLand === false ? unsentPauseMs : failedPauseMs;
}

function msSince(ns: bigint, clock: Clock): number {
  return Number(clock.bootNs() - ns) / 1e6;
}
