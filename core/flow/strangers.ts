/**
 * Another agent under this node's name (P14): no ADD is answered while anything stands that it wrote. The journal notes when it was
 * opened, and what stands in the store tells the rest: a restart forgets nothing.
 *
 * @module
 */
import type { Reservation } from "../ports/cluster.ts";
import type { KeeperNeeds } from "./keeper-needs.ts";

export class Strangers {
  readonly #needs: KeeperNeeds;
  #first: Reservation | undefined;

  constructor(needs: KeeperNeeds) {
    this.#needs = needs;
  }

  /** What no ADD may be answered beside, as it goes after "expected"; undefined when there is none. */
  reason(): string | undefined {
    return this.#first === undefined
      ? undefined
      : `one agent under this node's name, but another one (journal ${this.#first.journal}) wrote reservation ${this.#first.name}: give each machine its own --node-name; if it was this machine's agent with another state file, stop this agent and remove its own, which is filled again from the cluster`;
  }

  /** Told once for each that comes. @param strangers all that stand now */
  meet([first]: readonly Reservation[]): void {
    const { ports, cluster } = this.#needs;
    const isNew = first !== undefined && first.journal !== this.#first?.journal;
    this.#first = first;
    if (!isNew) return;
    const message = `Another agent serves under the name of node ${ports.node}: it wrote reservation ${first.name}, and no ADD is answered while that stands`;
    ports.log.error(message, { journal: first.journal, reservation: first.name });
    cluster.tell({ reason: "BerthTwoAgents", message, pod: undefined });
  }
}
