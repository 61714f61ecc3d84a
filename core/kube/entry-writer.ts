/**
 * Writes entries of one pool for all who wait on this node (P6): one patch at a time, with pauses in proportion to what a patch
 * costs the API server, so that Whereabouts beside is not starved (F17).
 *
 * @module
 */
import type { Address, AddressValue } from "../ip/address.ts";
import type { Clock, Signal } from "../ports/clock.ts";
import type { KubeApi, ObjectName } from "../ports/kube-api.ts";
import type { Random } from "../ports/random.ts";
import { type EntryAnswer, isUnwritten, judged, type Unwritten } from "./entry-answer.ts";
import { type EntryOrder, type EntryValue, sameValue } from "./entry-order.ts";
import { MeantEntries } from "./meant-entries.ts";
import { entryKey, type PoolEntries, readEntries } from "./pool-entries.ts";
import { isOutrun, stepsOf } from "./pool-entries-patch.ts";
import { putRight } from "./pool-sight.ts";
import { reasonOf } from "./reason.ts";
import { pools } from "./resources.ts";

/** PROTOCOL 7: a larger object costs the API server half a second for each write. */
export const entriesMax = 5_000;
const ordersMax = 200;
/** Pause between patches, in durations of the last one (P6): at most what the largest pool makes of it. */
const pauseFactor = 20;
const pauseMaxNs = 10_000_000_000n;
/** How long a patch took that was never answered says nothing of its cost. */
const unansweredPauseNs = 2_000_000_000n;

const none: ReadonlySet<AddressValue> = new Set();

type Needs = { readonly api: KubeApi; readonly clock: Clock; readonly random: Random };

type Of = { readonly namespace: string; readonly name: string; readonly beganNs: bigint };

type Waiting = {
  readonly order: EntryOrder;
  readonly until: Signal | undefined;
  /** Whether this agent wrote it before. */
  readonly wasOwn: boolean;
  readonly answer: (answer: EntryAnswer) => void;
};

export class EntryWriter {
  readonly #needs: Needs;
  readonly #name: ObjectName;
  #waiting: Waiting[] = [];
  #isWorking = false;
  /** Not before this, on the boot clock. */
  #restUntilNs = 0n;
  /** As it was last read or written. */
  #pool: PoolEntries | undefined;
  #sawNs: bigint | undefined;
  readonly #meant: MeantEntries;

  /** @param beganNs when this run of the agent began, on the boot clock */
  constructor(needs: Needs, { namespace, name, beganNs }: Of) {
    this.#needs = needs;
    this.#name = { resource: pools, namespace, name };
    this.#meant = new MeantEntries(beganNs);
  }

  /** @param until when it aborts before the order's turn has come, nothing is written */
  order(order: EntryOrder, until?: Signal): Promise<EntryAnswer> {
    const wasOwn = this.isOwn(order.address, order.value);
    this.#meant.order(order);
    return new Promise((resolve) => {
      const answer = (told: EntryAnswer) => {
        this.#meant.answered(order, told.kind, this.#needs.clock.bootNs());
        resolve(told);
      };
      this.#waiting.push({ order, until, wasOwn, answer });
      if (!this.#isWorking) void this.#work();
    });
  }

  /** Whether an order of this agent wrote it, and it is not known to be gone since. */
  isOwn(address: Address, value: EntryValue): boolean {
    return this.#meant.has(address, value);
  }

  /** What stood there is its writer's. */
  disown(address: Address, value: EntryValue): void {
    this.#meant.forget(address, value);
  }

  /** Takes back entries that landed after they were given back. @returns how many; or why it is not known */
  async removeLate(): Promise<number | Unwritten> {
    const late = this.#meant.takeLate(this.#needs.clock.bootNs());
    if (late.length === 0) return 0;
    const pool = await this.read();
    if (pool.kind !== "entries") {
      for (const one of late) this.#meant.keepLate(one);
      return pool;
    }
    const back = late.filter(({ address, value }) => {
      const now = pool.entries.get(address.value);
      return now !== undefined && sameValue(now, value);
    });
    const answers = await Promise.all(
      back.map(async (one) => ({ one, answer: await this.order({ kind: "remove", ...one }) })),
    );
    for (const { one, answer } of answers) if (isUnwritten(answer)) this.#meant.keepLate(one);
    const failed = answers.map(({ answer }) => answer).find(isUnwritten);
    return failed ?? answers.filter(({ answer }) => answer.kind === "done").length;
  }

  /** Until when an entry of this address may come back that was taken back, on the boot clock; undefined: none may. */
  mayReturnUntil(address: Address): bigint | undefined {
    return this.#meant.mayReturnUntil(address, this.#needs.clock.bootNs());
  }

  /**
   * Another address at which the pool, as it was last read or written, has the same interface of the same container by somebody
   * else's hand.
   */
  beside(address: Address, value: EntryValue): AddressValue | undefined {
    // Old versions of Whereabouts name no interface: which of the container's it is nobody knows.
    if (value.ifname === undefined) return undefined;
    const others = [...(this.#pool?.entries ?? [])].filter(
      ([at, one]) =>
        one.id === value.id &&
        at !== address.value &&
        sameValue(one, value) &&
        !this.isOwn({ ...address, value: at }, one),
    );
    return others[0]?.[0];
  }

  /** Which addresses had an entry when the pool was last read or written here. */
  get held(): ReadonlySet<AddressValue> {
    return this.#pool?.taken ?? none;
  }

  /** Somebody else has read the pool. */
  saw(pool: PoolEntries): void {
    this.#pool = pool;
    this.#sawNs = this.#needs.clock.bootNs();
  }

  /** What was seen of the pool by `saw` no longer than `ms` ago. */
  heldWithin(ms: number): ReadonlySet<AddressValue> | undefined {
    const isFresh = this.#sawNs !== undefined && this.#needs.clock.bootNs() - this.#sawNs < BigInt(ms) * 1_000_000n;
    return isFresh ? this.held : undefined;
  }

  /** The pool as it is now, or why it is not known. */
  async read(): Promise<PoolEntries | Unwritten> {
    const found = await this.#needs.api.read(this.#name);
    if (found.kind !== "object") return { kind: "unknown", reason: reasonOf(found), mayLand: false };
    const pool = readEntries(found.object);
    // Only a person mends that: whoever waits is told at once.
    if (pool.kind === "unreadable") return { kind: "refused", reason: putRight(found.object.metadata, pool.fault) };
    this.#pool = pool;
    return pool;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#waiting.length > 0) {
      const { clock } = this.#needs;
      const restNs = this.#restUntilNs - clock.bootNs();
      if (restNs > 0n) await clock.wait(Number(restNs / 1_000_000n) + 1);
      // Lets those who come at the same moment share the patch.
      await Promise.resolve();
      await this.#round(this.#take());
    }
    this.#isWorking = false;
  }

  /** So many that a patch stays small, and no address twice. */
  #take(): readonly Waiting[] {
    const seen = new Set<bigint>();
    const taken: Waiting[] = [];
    const left = this.#waiting.filter(({ until }) => until?.aborted === true);
    tellAll(left, { kind: "unknown", reason: "nobody waits for it any more", mayLand: false });
    this.#waiting = this.#waiting.filter((one) => {
      if (one.until?.aborted === true) return false;
      const value = one.order.address.value;
      if (taken.length >= ordersMax || seen.has(value)) return true;
      seen.add(value);
      taken.push(one);
      return false;
    });
    return taken;
  }

  async #round(orders: readonly Waiting[]): Promise<void> {
    const known = this.#pool ?? (await this.read());
    if (known.kind !== "entries") return tellAll(orders, known);
    const open = orders.filter((one) => !this.#refuse(known, one));
    if (open.length === 0) return;
    const { api, clock, random } = this.#needs;
    const startNs = clock.bootNs();
    const answer = await api.patch(
      this.#name,
      stepsOf(
        known,
        open.map(({ order }) => order),
      ),
    );
    const nowNs = clock.bootNs();
    const wantedNs = (nowNs - startNs) * BigInt(pauseFactor);
    const pauseNs = answer.kind === "unknown" ? unansweredPauseNs : wantedNs < pauseMaxNs ? wantedNs : pauseMaxNs;
    this.#restUntilNs = nowNs + (pauseNs * (100n + random.below(20n))) / 100n;
    switch (answer.kind) {
      case "object": {
        const written = readEntries(answer.object);
        this.#pool = written.kind === "entries" ? written : undefined;
        return tellAll(open, { kind: "done" });
      }
      case "unknown":
        this.#pool = undefined;
        this.#meant.unanswered(open, answer, nowNs);
        return tellAll(open, { kind: "unknown", reason: answer.reason, mayLand: answer.mayLand });
      case "absent":
        this.#pool = undefined;
        return tellAll(open, { kind: "unknown", reason: `pool ${this.#name.name} is not there`, mayLand: false });
      case "refused":
        this.#pool = undefined;
        return isOutrun(answer) ? this.#judge(open) : tellAll(open, { kind: "refused", reason: answer.message });
      default:
        return answer satisfies never;
    }
  }

  /** Somebody was first, at one key of all: each order is judged by what stands now, and the rest is tried again (F16). */
  async #judge(orders: readonly Waiting[]): Promise<void> {
    const now = await this.read();
    if (now.kind !== "entries") return tellAll(orders, now);
    const again = orders.filter(({ order, wasOwn, answer }) => {
      const told = judged(now, order);
      if (told?.kind === "done" && order.kind === "remove") this.#meant.missed(order, this.#needs.clock.bootNs());
      if (told !== undefined) answer(this.#withWriter(told, order, wasOwn));
      return told === undefined;
    });
    this.#waiting.unshift(...again);
  }

  /** By whose hand that is which stands: known only at this moment. */
  #withWriter(told: EntryAnswer, { kind, address }: EntryOrder, wasOwn: boolean): EntryAnswer {
    if (told.kind === "done") return kind === "add" && !wasOwn ? { ...told, stood: true } : told;
    const isOwn = told.kind === "other" && told.now !== undefined && this.isOwn(address, told.now);
    return isOwn ? { ...told, isOwn } : told;
  }

  /** @returns whether it was answered without asking */
  #refuse(pool: PoolEntries, { order, answer }: Waiting): boolean {
    if (entryKey(pool.base, order.address) === undefined) {
      answer({ kind: "refused", reason: `an address of pool ${this.#name.name}, whose range begins behind it` });
      return true;
    }
    const { value } = order.address;
    // A key that is spelled in another way: it is told of, and whoever is meant keeps the address (F40).
    if (order.kind === "add" && pool.taken.has(value) && !pool.entries.has(value)) {
      this.#pool = undefined;
      answer({ kind: "other", now: undefined });
      return true;
    }
    if (order.kind === "add" && pool.entries.size >= entriesMax) {
      const way = "give the definition a smaller range, or remove Whereabouts and run: berthctl migrate finish";
      answer({ kind: "refused", reason: `fewer than ${entriesMax} entries in pool ${this.#name.name}: ${way}` });
      return true;
    }
    return false;
  }
}

function tellAll(orders: readonly Waiting[], answer: EntryAnswer): void {
  for (const one of orders) one.answer(answer);
}
