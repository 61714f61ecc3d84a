/**
 * Takes on record what Whereabouts gave to pods of this node (P14): the pod keeps its address, and its DEL frees it. The
 * reservation first, then the journal: an agent that dies between the two finds it by import.
 *
 * @module
 */
import { freeing } from "../ports/journal.ts";
import type { Stray } from "../ports/cluster.ts";
import { formatAddress } from "../ip/address-text.ts";
import type { Claim } from "../ports/store.ts";
import type { KeeperNeeds } from "./keeper-needs.ts";

/** So many containers of unknown DELs are looked for at once. */
const containersMax = 10_000;

export class Adopter {
  readonly #needs: KeeperNeeds;
  /** Containers whose DEL came while nothing was known of them. */
  #wanted = new Set<string>();
  /** Why the cluster could not be read the last time; undefined: it could. */
  #missed: string | undefined;

  constructor(needs: KeeperNeeds) {
    this.#needs = needs;
  }

  want(containerId: string): void {
    if (this.#wanted.size < containersMax) this.#wanted.add(containerId);
  }

  get isWanted(): boolean {
    return this.#wanted.size > 0;
  }

  /** @param isWhole whatever lives here; false: only what is wanted  @returns why not, when the cluster could not be read */
  async adopt(isWhole = true): Promise<string | undefined> {
    const { cluster, ports } = this.#needs;
    // Also those whose DEL was answered by an agent that has died since: it costs nothing but the comparison.
    const ended = isWhole ? await ports.journal.deleted(containersMax) : [];
    const wanted = new Set([...this.#wanted, ...ended]);
    this.#wanted = new Set();
    const answer = await cluster.strays(wanted, {
      isWhole,
      isKnown: async (place) => (await ports.journal.rowAt(place)) !== undefined,
    });
    if (answer.kind === "unknown") {
      for (const one of wanted) this.want(one);
      this.#tell(answer.reason);
      return answer.reason;
    }
    this.#missed = undefined;
    const failed = [];
    for (const stray of answer.strays) failed.push(await this.#take(stray, wanted));
    const reason = failed.find((one) => one !== undefined);
    if (reason !== undefined) for (const one of wanted) this.want(one);
    return reason;
  }

  /** Once, for it is tried again and again: a missing permission stays until somebody gives it. */
  #tell(reason: string): void {
    if (this.#missed !== reason)
      this.#needs.ports.log.warn("Cannot take on record what Whereabouts gave to pods of this node: trying again", {
        reason,
      });
    this.#missed = reason;
  }

  /** Why what is put on record goes back at once; undefined: it is used. */
  async #endOf({ holder, place }: Claim, wanted: ReadonlySet<string>): Promise<string | undefined> {
    if (holder === undefined) return undefined;
    const { containerId, ifName } = holder.attachment;
    // The DEL named an interface, and the entry of an old version names none (A24).
    if (ifName === "") return wanted.has(containerId) ? "DEL" : undefined;
    const rows = await this.#needs.ports.journal.rowsOf({ containerId, ifName });
    // An entry of an ADD of this node that landed when its agent had died: the interface was answered another address since (P9).
    const isAnswered = rows.some(
      ({ state, answeredMs, place: { network, pool }, holder: { attachment } }) =>
        state === "lease" &&
        answeredMs !== undefined &&
        attachment.definition !== "" &&
        network === place.network &&
        pool === place.pool,
    );
    return isAnswered ? "another address was answered" : undefined;
  }

  /** @returns why not, when that is to be tried again */
  async #take(stray: Stray, wanted: ReadonlySet<string>): Promise<string | undefined> {
    const { ports, cluster, freer } = this.#needs;
    const { claim } = stray;
    if (claim.holder === undefined || (await ports.journal.rowAt(claim.place)) !== undefined) return undefined;
    // On its way back, or given back: the comparison ends it.
    if ((await ports.journal.finished([claim.attempt])).length > 0) return undefined;
    const answer = await cluster.adopt(stray);
    if (answer.kind === "unknown") return answer.reason;
    if (answer.kind !== "held") return undefined;
    const { holder, place, attempt, sinceMs } = claim;
    const row = { holder, place, kind: "dynamic", index: 0, attempts: [attempt], sinceMs, reuseAfterMs: 0 } as const;
    const noted = await ports.journal.commit([{ kind: "import", row, version: answer.version, answeredMs: sinceMs }], {
      urgent: true,
    });
    if (noted.kind !== "committed") return undefined;
    const reason = await this.#endOf(claim, wanted);
    if (reason !== undefined) {
      const frees = noted.ids.map((id) => freeing({ id, attempts: [attempt] }, reason));
      await ports.journal.commit(frees, { urgent: true });
    }
    await freer.addFreeing(noted.ids);
    ports.log.info("Took on record an address that Whereabouts gave to a pod of this node", {
      network: place.network,
      address: formatAddress(place.address),
      container: holder.attachment.containerId,
    });
    return undefined;
  }
}
