/**
 * What to do when the API server went back in time (P16): no ADD is answered until this node's own leases stand again, and
 * for five minutes more, so that the other nodes can do the same. Survives a restart.
 *
 * @module
 */
import type { Cluster } from "../ports/cluster.ts";
import type { FlowPorts } from "./ports.ts";

type Needs = { readonly ports: FlowPorts; readonly cluster: Cluster };

type State =
  /** Until the own leases stand again. */
  { readonly kind: "restoring"; readonly why: string } | { readonly kind: "waiting"; readonly untilNs: bigint };

export class Retreat {
  readonly #needs: Needs;
  #state: State | undefined;
  /** Falls that were answered for. */
  #falls = 0;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#falls = needs.cluster.falls();
  }

  async start(): Promise<void> {
    const note = await this.#needs.ports.journal.note("back");
    // How long the machine was off is not known: the wait begins anew.
    if (note !== undefined && note !== "") this.#state = { kind: "restoring", why: note };
  }

  /** A fall that nothing was done about yet. */
  isNew(): boolean {
    return this.#needs.cluster.falls() !== this.#falls;
  }

  get isRestoring(): boolean {
    return this.#state?.kind === "restoring";
  }

  /** Why no ADD is answered; undefined when they are. */
  reason(): string | undefined {
    if (this.isNew()) return "an API server that has not gone back in time: a restored etcd is being checked";
    switch (this.#state?.kind) {
      case undefined:
        return undefined;
      case "restoring":
        return `the leases of this node to stand again: ${this.#state.why}`;
      case "waiting":
        return "the other nodes to have had 5 minutes to restore their leases after the API server went back in time";
      default:
        return this.#state satisfies undefined;
    }
  }

  /** Notes a fall that a comparison showed, or that the store noticed. */
  async fell(why: string): Promise<void> {
    this.#falls = this.#needs.cluster.falls();
    if (this.#state?.kind === "restoring") return;
    this.#state = { kind: "restoring", why };
    this.#needs.ports.log.error(
      "The API server went back in time: no ADD is answered until the leases of this node stand",
      {
        reason: why,
      },
    );
    await this.#note(why);
  }

  /** All leases of this node stand. */
  async stands(): Promise<void> {
    if (this.isNew()) return this.fell("an answer was older than what had been seen");
    if (this.#state?.kind !== "restoring") return;
    const { clock, limits } = this.#needs.ports;
    this.#state = { kind: "waiting", untilNs: clock.bootNs() + BigInt(limits.backMs) * 1_000_000n };
  }

  async round(): Promise<void> {
    if (this.isNew()) return this.fell("an answer was older than what had been seen");
    if (this.#state?.kind !== "waiting" || this.#needs.ports.clock.bootNs() < this.#state.untilNs) return;
    this.#state = undefined;
    this.#needs.ports.log.info(
      "The leases of this node stand again, and others have had their time: ADDs are answered",
    );
    await this.#note("");
  }

  async #note(value: string): Promise<void> {
    await this.#needs.ports.journal.commit([{ kind: "note", key: "back", value }], { urgent: true });
  }
}
