/**
 * Whether the cluster can be used at all, and in which mode (P2, P4): asked, confirmed again and again, and believed only so long.
 *
 * @module
 */
import type { Mode, SettingAnswer } from "../ports/cluster.ts";
import type { KeeperNeeds } from "./keeper-needs.ts";

/** So long a cluster that was fit may seem unfit before it counts as such. */
const unfitMs = 10_000;

export class Fitness {
  readonly #needs: KeeperNeeds;
  #mode: { readonly mode: Mode; readonly atNs: bigint } | undefined;
  #unfit: string | undefined;
  /** Since when the cluster seems unfit, on the boot clock. */
  #unfitNs: bigint | undefined;
  /** When it was last found fit; undefined since something made that doubtful. */
  #fitNs: bigint | undefined;

  constructor(needs: KeeperNeeds) {
    this.#needs = needs;
  }

  /** Undefined until it is known. */
  get mode(): Mode | undefined {
    return this.#mode?.mode;
  }

  /** When the mode was confirmed, on the boot clock. */
  get confirmedNs(): bigint | undefined {
    return this.#mode?.atNs;
  }

  /** What a person has to put right, as it goes after "expected"; undefined when the cluster is fit. */
  get unfit(): string | undefined {
    return this.#unfit;
  }

  /** Whether the mode was confirmed too long ago to be believed. */
  isOld(): boolean {
    const { clock, limits } = this.#needs.ports;
    return this.#mode === undefined || clock.bootNs() - this.#mode.atNs > BigInt(limits.fenceMs) * 1_000_000n;
  }

  /** What was found of the cluster may not be true any more: the API server is perhaps another one. */
  doubt(): void {
    this.#fitNs = undefined;
  }

  /** @param wasFit whether it has worked before  @returns why nothing could be confirmed */
  async confirm(wasFit: boolean): Promise<string | undefined> {
    const { cluster, ports } = this.#needs;
    const doubt = this.#isFit() ? undefined : await this.#check(wasFit);
    if (doubt !== undefined) return doubt;
    const askedNs = ports.clock.bootNs();
    const answer = await cluster.mode();
    if (answer.kind === "unknown") return answer.reason;
    if (this.mode !== answer.mode) ports.log.info("The mode is confirmed", { whereabouts: answer.mode });
    this.#mode = { mode: answer.mode, atNs: askedNs };
    return undefined;
  }

  /** Kinds, permissions and namespaces do not change from one minute to the next: the mode may. */
  #isFit(): boolean {
    const { clock, limits } = this.#needs.ports;
    return this.#fitNs !== undefined && clock.bootNs() - this.#fitNs < BigInt(limits.compareMs) * 1_000_000n;
  }

  async #check(wasFit: boolean): Promise<string | undefined> {
    const askedNs = this.#needs.ports.clock.bootNs();
    const setting = await this.#needs.cluster.setting();
    if (setting.kind === "unknown") return setting.reason;
    const unfit = unfitReason(setting);
    if (unfit !== undefined && wasFit && this.#isNews(unfit)) return unfit;
    this.#unfit = unfit;
    if (unfit === undefined) this.#unfitNs = undefined;
    this.#fitNs = unfit === undefined ? askedNs : undefined;
    return undefined;
  }

  /**
   * An API server that was just started forbids everything for a moment, until it knows its rules: what worked before is
   * believed lost only after a while.
   */
  #isNews(unfit: string): boolean {
    const nowNs = this.#needs.ports.clock.bootNs();
    this.#unfitNs ??= nowNs;
    const isNew = this.#unfit === undefined && nowNs - this.#unfitNs < BigInt(unfitMs) * 1_000_000n;
    if (isNew) this.#needs.ports.log.warn("The cluster may not be fit to serve: looking again", { reason: unfit });
    return isNew;
  }
}

/** What a person has to put right; undefined when the cluster is fit. */
function unfitReason(setting: Exclude<SettingAnswer, { kind: "unknown" }>): string | undefined {
  switch (setting.kind) {
    case "fine":
      return undefined;
    case "unfit":
      return setting.reason;
    case "elsewhere":
      return `the pools of this cluster in namespace "${setting.namespace}", but they are in "${setting.other}": set --namespace to it`;
    default:
      return setting satisfies never;
  }
}
