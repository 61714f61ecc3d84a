/**
 * The paths of all calls over ports only: the same code runs in the agent and in the simulation (DESIGN 2).
 *
 * @module
 */
import type { CniCall } from "../cni/call.ts";
import { parseCall } from "../cni/parse-call.ts";
import { type Failure, failure } from "../failure/failure.ts";
import { decodeUtf8 } from "../wire/utf8.ts";
import { isEarlier, type Started } from "../ports/holder.ts";
import type { Canceller, Signal } from "../ports/clock.ts";
import type { SpooledCall } from "../ports/spool.ts";
import { type AddAnswer, type AddCall, addPath } from "./add.ts";
import { createCanceller, createDeadline, type Deadline } from "./canceller.ts";
import { inTime } from "./in-time.ts";
import type { Definition } from "../config/definition.ts";
import { type CheckCall, checkPath } from "./check.ts";
import { type DelAnswer, delPath, type Ending } from "./del.ts";
import { Freer } from "./freer.ts";
import { type GcAnswer, type GcCall, gcPath } from "./gc.ts";
import type { HoldNeeds } from "./asking.ts";
import {
  type OperatorAnswer,
  releaseOrder,
  type ReleaseOrder,
  unwithholdOrder,
  withholdOrder,
  type WithholdOrder,
} from "./operate.ts";
import type { FlowPorts } from "./ports.ts";
import { Keeper } from "./keeper.ts";
import { Pools } from "./pools.ts";
import { Reclaimer } from "./reclaim.ts";
import { goOnFreeing, recover, type Recovered, settleIntents } from "./recover.ts";
import { Definitions } from "./definitions.ts";
import { Serving } from "./serving.ts";
import { containerKey, turnKeys } from "./call-keys.ts";
import { Turns } from "./turns.ts";
import type { Watch } from "./watch.ts";

export type DelCall = Extract<CniCall, { kind: "DEL" }>;

type Running = { readonly started: Started; readonly canceller: Canceller };

export class Flow {
  readonly #ports: FlowPorts;
  readonly #needs: HoldNeeds;
  readonly #definitions: Definitions;
  readonly #serving: Serving;
  readonly #turns = new Turns();
  /** ADDs being worked on, by container and interface: a later DEL cancels them. */
  readonly #running = new Map<string, Set<Running>>();
  readonly #end = createCanceller();

  constructor(ports: FlowPorts) {
    this.#ports = ports;
    const pools = new Pools(ports);
    const freer = new Freer(ports, pools, this.#end.signal);
    const running = new Set<string>();
    const { cluster } = ports;
    const keeper = cluster === undefined ? undefined : new Keeper({ ports, cluster, freer, running });
    this.#needs = { ports, pools, freer, reclaimer: new Reclaimer(ports, freer), keeper, running };
    this.#definitions = new Definitions(ports);
    this.#serving = new Serving(ports);
  }

  /**
   * Settles what a killed agent left, and writes down the spool. Before the first call. A store that others share may not
   * answer now: what needs it is settled when it does.
   */
  async start(): Promise<Recovered> {
    const { keeper, freer } = this.#needs;
    await this.#acceptAll(await this.#ports.spool.drain());
    if (keeper === undefined) return recover(this.#ports, freer);
    await keeper.start();
    const givenBack = await goOnFreeing(this.#ports, freer);
    void keeper.run(this.#end.signal);
    return { leases: 0, givenBack };
  }

  /** Why the cluster keeps this agent from serving, for STATUS: from memory (F28). Empty when it does not. */
  get trouble(): readonly string[] {
    const why = this.#needs.keeper?.trouble();
    return why === undefined ? [] : [why];
  }

  /** What is known of the cluster, from memory; undefined on the embedded store. */
  get watch(): Watch | undefined {
    return this.#needs.keeper?.watch;
  }

  /** Stops giving back; what is queued stands in the journal. */
  stop(): void {
    this.#end.cancel();
  }

  /** How many rows of the journal are in each state. Cost: one pass over the journal. */
  async counts(): Promise<{ readonly lease: number; readonly freeing: number; readonly intent: number }> {
    const { journal } = this.#ports;
    const counts = [journal.count("lease"), journal.count("freeing"), journal.count("intent")] as const;
    const [lease, freeing, intent] = await Promise.all(counts);
    return { lease, freeing, intent };
  }

  /** How many addresses are on their way back. */
  get freeing(): number {
    return this.#needs.freer.size;
  }

  async add(call: AddCall, launcher: Signal): Promise<AddAnswer> {
    const { clock, limits, spool } = this.#ports;
    const canceller = createCanceller(launcher);
    const leave = this.#enter(call, canceller);
    const deadline = createDeadline(clock, timeLeft(clock, call.launch, limits.addMs), canceller.signal);
    let endTurn: (() => void) | undefined;
    try {
      // Its DEL may lie in the spool: written down first, it ends only what was started before it (F9).
      await this.#acceptAll(await spool.take(call.containerId, call.ifName));
      const read = await this.#definitions.read(call.configText, {
        containerId: call.containerId,
        ifName: call.ifName,
      });
      if (read.kind === "failure") return read;
      endTurn = await this.#turns.take(turnKeys(call), deadline.signal);
      if (endTurn === undefined)
        return {
          kind: "failure",
          failure: failure(
            "DeadlinePassed",
            `ADD of ${call.containerId}`,
            "its turn among the calls of this attachment in time",
          ),
        };
      const refused =
        (await this.#clusterRefusal(call, read.definition, deadline)) ??
        (await this.#tell(call, read.definition, deadline));
      if (refused !== undefined) return { kind: "failure", failure: refused };
      const answer = await addPath(this.#needs, call, read.definition, deadline);
      if (answer.kind === "failure" && answer.failure.name === "PoolDisagreement")
        this.#serving.forget(read.definition);
      return answer;
    } finally {
      endTurn?.();
      deadline.cancel();
      leave();
    }
  }

  async #tell(call: AddCall, definition: Definition, deadline: Deadline): Promise<Failure | undefined> {
    const told = this.#serving.tell(definition).then((refused) => ({ refused }));
    const answer = await inTime(this.#ports, told, deadline.signal);
    if (answer !== undefined) return answer.refused;
    return failure("DeadlinePassed", `ADD of ${call.containerId}`, "a store that answers in time");
  }

  /** What only a store that other nodes share demands (P4, P11, P14, P16). */
  async #clusterRefusal(call: AddCall, definition: Definition, deadline: Deadline): Promise<Failure | undefined> {
    const { keeper } = this.#needs;
    const isAsked = definition.ranges.length > 0 || (definition.unique && definition.addresses.length > 0);
    if (keeper === undefined || !isAsked) return undefined;
    const { network, name } = definition;
    const expected = "K8S_POD_NAMESPACE and K8S_POD_NAME: addresses of a cluster belong to pods";
    if (call.pod === undefined)
      return failure("InvalidEnvironment", "CNI_ARGS", expected, { network, definition: name });
    return keeper.ready(deadline);
  }

  /** Gives back what an ADD took whose answer could not be delivered. */
  async undelivered(answer: AddAnswer): Promise<void> {
    if (answer.kind === "result") await this.#needs.freer.takeBack(answer.taken, "the answer could not be delivered");
  }

  async del(call: DelCall): Promise<DelAnswer> {
    return this.#endAttachment({ ...call, started: call.launch.started });
  }

  async check(call: CheckCall, launcher: Signal): Promise<readonly Failure[]> {
    const { clock, limits } = this.#ports;
    const read = await this.#definitions.read(call.configText, { containerId: call.containerId, ifName: call.ifName });
    if (read.kind === "failure") return [read.failure];
    const deadline = createDeadline(clock, timeLeft(clock, call.launch, limits.checkMs), launcher);
    try {
      return await checkPath(this.#ports, call, read.definition, deadline);
    } finally {
      deadline.cancel();
    }
  }

  async gc(call: GcCall, launcher: Signal): Promise<GcAnswer> {
    const { clock, limits } = this.#ports;
    const deadline = createDeadline(clock, timeLeft(clock, call.launch, limits.gcMs), launcher);
    try {
      return await gcPath(this.#ports, this.#needs.reclaimer, call, deadline.signal);
    } finally {
      deadline.cancel();
    }
  }

  /** Settles what failed ADDs left, then looks at every lease. */
  async sweep(): ReturnType<Reclaimer["sweep"]> {
    if (this.#needs.keeper?.isImported !== false)
      await settleIntents(this.#ports, this.#needs.freer, this.#needs.running);
    return this.#needs.reclaimer.sweep();
  }

  /** When the next sweep has something to do, and what the last one kept in doubt. */
  get reclaiming(): Pick<Reclaimer, "pauseMs" | "doubts"> {
    return this.#needs.reclaimer;
  }

  release(order: ReleaseOrder): Promise<OperatorAnswer> {
    return releaseOrder(this.#needs, order);
  }

  withhold(order: WithholdOrder): Promise<OperatorAnswer> {
    return withholdOrder(this.#needs, order);
  }

  unwithhold(order: Omit<WithholdOrder, "reason">): Promise<OperatorAnswer> {
    return unwithholdOrder(this.#needs, order);
  }

  /** Writes a spooled DEL down and removes its file. Rejects when it could not be written down: it comes again. */
  async accept(spooled: SpooledCall): Promise<void> {
    const { clock, log, metrics, spool } = this.#ports;
    const { request } = spooled;
    const launch = { started: startOf(request, clock), budgetMs: request.budgetMs };
    const parsed = parseCall({ env: request.env, stdin: decodeUtf8(request.stdin) ?? "", launch });
    if (parsed.kind === "call" && parsed.call.kind === "DEL") {
      const answer = await this.#endAttachment({ ...parsed.call, started: launch.started });
      if (answer.kind === "failure") throw new Error(answer.failure.message);
      metrics.count("berth_spooled_total");
    } else {
      log.warn("A spooled call is no DEL that can be read: it is dropped", { name: spooled.name });
    }
    await spool.done(spooled);
  }

  async #acceptAll(calls: readonly SpooledCall[]): Promise<void> {
    for (const call of calls) {
      try {
        await this.accept(call);
      } catch (error) {
        this.#ports.log.error("Cannot write a spooled DEL down yet: expected a journal that can be written", {
          name: call.name,
          reason: String(error),
        });
      }
    }
  }

  async #endAttachment(ending: Ending): Promise<DelAnswer> {
    const { clock, limits } = this.#ports;
    for (const running of this.#running.get(containerKey(ending)) ?? []) {
      if (isEarlier(running.started, ending.started)) running.canceller.cancel();
    }
    const deadline = createDeadline(clock, limits.delMs / 2);
    // In vain after half its time: an ADD that hangs finds the DEL on record when it commits.
    const endTurn = await this.#turns.take([containerKey(ending)], deadline.signal);
    try {
      const answer = await delPath(this.#ports, this.#needs.freer, ending);
      if (answer.kind === "done") this.#needs.keeper?.deleted(ending, answer.freeing);
      return answer;
    } finally {
      endTurn?.();
      deadline.cancel();
    }
  }

  #enter(call: AddCall, canceller: Canceller): () => void {
    const key = containerKey(call);
    const running: Running = { started: call.launch.started, canceller };
    const all = this.#running.get(key) ?? new Set();
    this.#running.set(key, all.add(running));
    return () => {
      canceller.cancel();
      all.delete(running);
      if (all.size === 0) this.#running.delete(key);
    };
  }
}

/**
 * A spool that outlives a reboot holds starts of another boot. One that lies in the future is of another boot for sure: it
 * counts as the first moment of this one, so that it ends what was before, and nothing of now.
 */
function startOf({ started }: SpooledCall["request"], { bootId, bootNs }: FlowPorts["clock"]): Started {
  return { bootId, bootNs: started > bootNs() ? 0n : started };
}

/** The launcher's budget counts from its start: a call that waited for the agent has less left, ms. */
function timeLeft(clock: FlowPorts["clock"], { started, budgetMs }: AddCall["launch"], limitMs: number): number {
  const passedMs = Math.max(0, Number(clock.bootNs() - started.bootNs) / 1e6);
  return Math.min(limitMs, Math.max(0, budgetMs - passedMs));
}
