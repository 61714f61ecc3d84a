/**
 * What a run of a reconciler did, or could not decide, as Events on pods and nodes: so few that nothing is flooded.
 *
 * @module
 */
import type { Reservation } from "../../ports/cluster.ts";
import type { KubeApi } from "../../ports/kube-api.ts";
import type { Repaired } from "../../ports/scene.ts";
import type { Verdict } from "../../reconcile/verdict.ts";
import { aboutNode, aboutPod, eventKey, formatEvent, type Teller, type Telling } from "../event.ts";
import { events } from "../resources.ts";
import { type LeaseNews, leaseNews, nodeNews } from "./lease-news.ts";

/** Events of one run, those about nodes included; one more says how much was left out. */
const eventsMax = 100;
/** Of them about nodes: each tells of all its leases. */
const nodesMax = 50;
/** So many are sent at once. */
const atOnce = 10;
/** So many leases are remembered as told: with more of them some are told twice a day. About 100 bytes each. */
const rememberedMax = 20_000;
const dayMs = 86_400_000;

export type RunEventsNeeds = { readonly api: Pick<KubeApi, "create">; readonly teller: Teller };

/** A verdict as it came to be. */
export type Judged = {
  readonly lease: Reservation;
  readonly verdict: Verdict;
  readonly done: "freed" | "overtaken" | "failed" | undefined;
};

/** News of one node that are of one kind. */
type Group = { readonly node: string; readonly first: LeaseNews; count: number };

/** `turnedAway`: the pod's namespace is gone, or Events may not be made there. */
export type Sent = { readonly sent: number; readonly turnedAway: number; readonly failed: number };

/** One for the life of a member: it remembers what was told that day. */
export class RunEvents {
  readonly #needs: RunEventsNeeds;
  /** By the key of a piece of news: the day it was told. */
  readonly #told = new Map<string, number>();
  #news: LeaseNews[] = [];
  #groups = new Map<string, Group>();
  #leftOut = 0;

  constructor(needs: RunEventsNeeds) {
    this.#needs = needs;
  }

  /** Nothing is sent yet. Memory: 150 pieces of news. */
  judged({ lease, verdict, done }: Judged): void {
    switch (verdict.kind) {
      case "keep":
      case "suspect":
        return;
      case "free":
        if (done === "freed") this.#take(leaseNews(lease, verdict));
        return;
      case "conflict":
      case "report":
        return this.#take(leaseNews(lease, verdict));
      default:
        return verdict satisfies never;
    }
  }

  /** Nothing is sent yet, either. */
  repaired({ lease, what }: Repaired): void {
    this.#take(leaseNews(lease, { kind: "repaired", what }));
  }

  /** Sends what was told since the last time. Never throws. */
  async send(): Promise<Sent> {
    const day = this.#day();
    const groups = [...this.#groups.values()];
    const own = this.#needs.teller.node;
    const tellings: Telling[] = [
      ...groups.map(({ node, first, count }) => ({ ...nodeNews(first, count), about: aboutNode(node || own) })),
      ...this.#news.flatMap(({ pod, ...rest }) => (pod === undefined ? [] : [{ ...rest, about: aboutPod(pod) }])),
    ];
    const shown = tellings.slice(0, eventsMax);
    const leftOut = this.#leftOut + tellings.length - shown.length;
    const all = leftOut === 0 ? shown : [...shown, this.#more(leftOut)];
    this.#news = [];
    this.#groups = new Map();
    this.#leftOut = 0;
    const sent = { sent: 0, turnedAway: 0, failed: 0 };
    for (let at = 0; at < all.length; at += atOnce) {
      const answers = await Promise.all(all.slice(at, at + atOnce).map((one) => this.#send(one, day)));
      for (const answer of answers) sent[answer] += 1;
    }
    return sent;
  }

  #take(news: LeaseNews): void {
    const day = this.#day();
    if (this.#told.get(news.key) === day) return;
    if (this.#told.size >= rememberedMax) this.#told.clear();
    this.#told.set(news.key, day);
    const name = `${news.node}\0${news.group}`;
    const group = this.#groups.get(name);
    if (group !== undefined) group.count += 1;
    else if (this.#groups.size < nodesMax) this.#groups.set(name, { node: news.node, first: news, count: 1 });
    else this.#leftOut += 1;
    if (news.pod !== undefined && this.#news.length < eventsMax) this.#news.push(news);
    else if (news.pod !== undefined) this.#leftOut += 1;
  }

  #more(count: number): Telling {
    return {
      type: "Normal",
      reason: "BerthMore",
      message: `${count} more Events of this run were not made: the reconciler's log has all, and berthctl reconcile --dry-run what is left`,
      about: aboutNode(this.#needs.teller.node),
      key: eventKey(this.#needs.teller.node, "more", String(this.#needs.teller.nowMs())),
    };
  }

  /** The day is part of the name: another member, or this one after a restart, tells nothing twice. */
  async #send(telling: Telling, day: number): Promise<keyof Sent> {
    const { api, teller } = this.#needs;
    const key = eventKey(telling.key, String(day));
    const answer = await api.create(events, formatEvent({ ...telling, key }, teller));
    if (answer.kind === "object") return "sent";
    if (answer.kind === "refused") return answer.reason === "AlreadyExists" ? "sent" : "turnedAway";
    this.#told.delete(telling.key);
    return "failed";
  }

  #day(): number {
    return Math.floor(this.#needs.teller.nowMs() / dayMs);
  }
}
