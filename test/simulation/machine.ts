/**
 * One node: what survives its agent (journal, namespaces, spool), its clocks, and what its launchers do.
 *
 * @module
 */
import type { AddCall } from "../../core/flow/add.ts";
import { createCanceller } from "../../core/flow/canceller.ts";
import { formatAddress, parseAddress } from "../../core/ip/address-text.ts";
import type { Signal } from "../../core/ports/clock.ts";
import { isEarlier, type Started } from "../../core/ports/holder.ts";
import type { SpooledCall } from "../../core/ports/spool.ts";
import { createMemoryJournal, emptyJournal, type JournalCopy, type MemoryJournal } from "../support/memory-journal.ts";
import { Agent } from "./agent.ts";
import type { Chance } from "./chance.ts";
import type { SimDefinition } from "./definitions.ts";
import { Link } from "./network.ts";
import type { World } from "./world.ts";

/** One execution of the plugin: an interface of a sandbox. */
export type Interface = {
  readonly containerId: string;
  readonly ifName: string;
  readonly netns: string;
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly definition: SimDefinition;
  /** Asked for by `runtimeConfig.ips`; "" for none. */
  readonly requested: string;
};

export type Printed =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };

/** So long an answer that was given may be on its way to the launcher, ms. */
const deliveryMs = 100;
/** PROTOCOL 7, ms. */
const socketMs = 10_000;
const addBudgetMs = 35_000;
const delBudgetMs = 6_000;
/** The agent's deadline, and what was asked of the API server before it. */
const addMaxMs = 36_000;

export class Machine {
  readonly id: string;
  readonly name: string;
  readonly link: Link;
  readonly namespaces = new Map<string, string>();
  readonly spool: SpooledCall[] = [];
  journal: MemoryJournal;
  bootId = "";
  isOn = true;
  /** Its namespaces cannot be opened. */
  isBlind = false;
  /** Its journal was lost or put back: then an attachment may have two leases (P14). */
  lostJournal = false;
  plugin: "berth" | "whereabouts" = "berth";
  readonly #world: World;
  readonly #chance: Chance;
  #agent: Agent | undefined;
  /** The last DEL of each attachment that was done. */
  readonly #dels = new Map<string, { readonly started: Started; readonly doneMs: number }>();
  #bootedMs = 0;
  #boots = 0;
  #lives = 0;
  #journals = 0;
  #wallOffsetMs = 1_700_000_000_000;
  #wakers = new Set<() => void>();
  #onSpooled: ((call: SpooledCall) => Promise<void>) | undefined;

  constructor(world: World, id: string, name: string) {
    this.#world = world;
    this.id = id;
    this.name = name;
    this.#chance = world.chance(`machine ${id}`);
    this.link = new Link(world.schedule, world.sky, world.chance(`network ${id}`));
    this.journal = this.#newJournal();
    this.#boot(-3_600_000);
  }

  get agent(): Agent | undefined {
    return this.#agent;
  }

  bootNs(): bigint {
    return BigInt(Math.round((this.#world.schedule.nowMs - this.#bootedMs) * 1e6));
  }

  wallMs(): number {
    return this.#wallOffsetMs + Math.round(this.#world.schedule.nowMs);
  }

  turnWallClock(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  startAgent(): void {
    if (this.#agent !== undefined || !this.isOn || this.plugin !== "berth") return;
    this.#lives += 1;
    this.#agent = new Agent(this.#world, this, this.#lives);
  }

  killAgent(): void {
    this.#agent?.kill();
    this.#agent = undefined;
    this.#onSpooled = undefined;
  }

  /** All sandboxes and the spool are gone, and the boot clock begins anew. The caller ends the sandboxes. */
  turnOff(): void {
    this.killAgent();
    this.isOn = false;
    this.namespaces.clear();
    this.spool.length = 0;
  }

  turnOn(): void {
    this.isOn = true;
    this.#boot(this.#world.schedule.nowMs);
    this.startAgent();
  }

  /** The state directory is as it was once, or new. */
  putJournal(copy: JournalCopy | undefined): void {
    this.killAgent();
    this.lostJournal = true;
    this.journal = copy === undefined ? this.#newJournal() : createMemoryJournal(copy, { nowMs: () => this.wallMs() });
    this.startAgent();
  }

  async hasRow(address: string): Promise<boolean> {
    for (const state of ["intent", "lease", "freeing"] as const) {
      const { rows } = await this.journal.page(state, undefined);
      if (rows.some(({ place }) => formatAddress(place.address) === address)) return true;
    }
    return false;
  }

  turnPlugin(): void {
    if (this.plugin === "whereabouts") this.usePlugin("berth");
    else if (this.#world.isWhereaboutsAllowed) this.usePlugin("whereabouts");
  }

  /** What the runtime executes from now on. */
  usePlugin(plugin: Machine["plugin"]): void {
    if (this.plugin === plugin) return;
    this.plugin = plugin;
    if (plugin === "whereabouts") this.killAgent();
    else this.startAgent();
  }

  /** The agent listens: whoever waits for its socket comes, and the spool is watched. */
  listen(onCall: (call: SpooledCall) => Promise<void>): void {
    this.#onSpooled = onCall;
    for (const wake of this.#wakers) wake();
    this.#wakers.clear();
    for (const call of this.spool) this.#handOver(call);
  }

  unspool(call: SpooledCall): void {
    const at = this.spool.indexOf(call);
    if (at !== -1) this.spool.splice(at, 1);
  }

  /** What the runtime sees of an ADD. `gone` aborts when it kills the launcher. */
  async add(one: Interface, gone: Signal): Promise<Printed> {
    if (this.plugin === "whereabouts") return this.#world.whereabouts.add(this, one);
    const started = this.started();
    this.#world.proofs.addBegan(one.containerId);
    const printed = await this.#launchAdd(one, started, gone);
    this.#world.proofs.addEnded(one.containerId);
    if (printed.kind === "addresses") this.#checkOrder(one, started);
    return printed;
  }

  /** No ADD is answered after a DEL of its attachment that was started later (P13). */
  #checkOrder({ containerId, ifName }: Interface, started: Started): void {
    const del = this.#dels.get(`${containerId} ${ifName}`);
    const isEnded = del?.started.bootId === started.bootId && isEarlier(started, del.started);
    if (!isEnded || this.#world.schedule.nowMs < del.doneMs + deliveryMs) return;
    this.#world.history.fail("invariant 3", `an ADD of ${containerId} was answered after its DEL was done`);
  }

  async #launchAdd(one: Interface, started: Started, gone: Signal): Promise<Printed> {
    await this.#world.schedule.wait(this.#chance.is(0.05) ? this.#chance.between(10, 3_000) : 1);
    const agent = await this.#connected(socketMs, gone);
    if (agent === undefined) return failed("NoAgent", "no agent");
    const fromMs = this.#world.schedule.nowMs;
    const launcher = createCanceller(gone);
    const call = addCall(one, started);
    const answer = await Promise.race([agent.died, agent.flow.add(call, launcher.signal).catch(defect)]);
    if (answer === "died") return failed("NoAnswer", "the agent died");
    if (this.#world.schedule.nowMs - fromMs > addMaxMs)
      this.#world.history.fail(
        "invariant 8",
        `an ADD of ${one.containerId} took ${this.#world.schedule.nowMs - fromMs} ms`,
      );
    if (answer.kind === "failure") return failed(answer.failure.name, answer.failure.message);
    if (answer.kind === "defect") {
      this.#world.history.fail("no exceptions", answer.message);
      return failed("Internal", answer.message);
    }
    await this.#world.schedule.wait(1);
    if (gone.aborted || !this.isOn) {
      if (agent.isAlive) void agent.flow.undelivered(answer);
      return failed("Undelivered", "the launcher has gone");
    }
    return { kind: "addresses", addresses: answer.result.addresses.map(({ address }) => formatAddress(address)) };
  }

  /** The launcher of a DEL: what no agent answers in time goes to the spool. @param knows its definition */
  async del(one: Interface, knows: boolean, delayMs: number): Promise<void> {
    const started = this.started();
    const { bootId } = this;
    if (this.plugin === "whereabouts") {
      await this.#world.schedule.wait(delayMs);
      return this.#world.whereabouts.del(this, one);
    }
    await this.#world.schedule.wait(delayMs);
    if (!this.isOn || this.bootId !== bootId) return;
    const agent = this.#agent;
    if (agent?.listens === true) {
      const definition = knows ? one.definition.name : undefined;
      const { containerId, ifName } = one;
      const launch = { started, budgetMs: delBudgetMs };
      const asked = agent.flow.del({ kind: "DEL", launch, containerId, ifName, definition });
      const late = this.#world.schedule.wait(delBudgetMs - delayMs).then(() => "late" as const);
      const answer = await Promise.race([agent.died, late, asked.catch(defect)]);
      if (answer !== "died" && answer !== "late" && answer.kind === "done") {
        this.#dels.set(`${containerId} ${ifName}`, { started, doneMs: this.#world.schedule.nowMs });
        return;
      }
      if (typeof answer === "object" && answer.kind === "defect")
        this.#world.history.fail("no exceptions", answer.message);
    }
    if (!this.isOn || this.bootId !== bootId) return;
    this.#spoolOne(one, knows, started);
  }

  #spoolOne(one: Interface, knows: boolean, started: Started): void {
    const env = new Map([
      ["CNI_COMMAND", "DEL"],
      ["CNI_CONTAINERID", one.containerId],
      ["CNI_IFNAME", one.ifName],
    ]);
    const stdin = new TextEncoder().encode(knows ? one.definition.text : "");
    const request = { protocol: 1, started: started.bootNs, budgetMs: delBudgetMs, env, stdin };
    const call: SpooledCall = { name: `${one.containerId}-${started.bootNs}`, request };
    this.spool.push(call);
    this.#handOver(call);
  }

  #handOver(call: SpooledCall): void {
    const onSpooled = this.#onSpooled;
    void onSpooled?.(call).catch(async () => {
      await this.#world.schedule.wait(1_000);
      if (this.#onSpooled === onSpooled && this.spool.includes(call)) this.#handOver(call);
    });
  }

  /** The agent that listens, waited for at most `ms`. */
  async #connected(ms: number, gone: Signal): Promise<Agent | undefined> {
    if (this.#agent?.listens !== true) {
      const woken = new Promise<void>((resolve) => void this.#wakers.add(resolve));
      await Promise.race([woken, this.#world.schedule.wait(ms, gone)]);
    }
    return !gone.aborted && this.#agent?.listens === true ? this.#agent : undefined;
  }

  started(): Started {
    return { bootId: this.bootId, bootNs: this.bootNs() };
  }

  #boot(atMs: number): void {
    this.#boots += 1;
    this.#bootedMs = atMs;
    this.bootId = `boot-${this.id}-${this.#boots}`;
  }

  #newJournal(): MemoryJournal {
    this.#journals += 1;
    return createMemoryJournal(emptyJournal(`journal-${this.id}-${this.#journals}`), { nowMs: () => this.wallMs() });
  }
}

function addCall(one: Interface, started: Started): AddCall {
  const { containerId, ifName, netns, pod, definition } = one;
  const address = parseAddress(one.requested);
  const requested =
    address === undefined ? [] : [{ address, prefixLength: undefined, gateway: undefined, from: "runtimeConfig.ips" }];
  const launch = { started, budgetMs: addBudgetMs };
  return { kind: "ADD", launch, containerId, ifName, netns, pod, requested, configText: definition.text };
}

export function defect(error: unknown): { readonly kind: "defect"; readonly message: string } {
  return { kind: "defect", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function failed(name: string, message: string): Printed {
  return { kind: "failed", name, message };
}
