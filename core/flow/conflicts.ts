/**
 * Two living leases of one address (P15): ours is kept and told of, never deleted and never answered again, and the standing
 * reservation is marked, so that whoever frees it hands the address over to our lease.
 *
 * @module
 */
import { podRef } from "../ports/holder.ts";
import { newestAttempt, type Row } from "../ports/journal.ts";
import type { Reservation } from "../ports/cluster.ts";
import { formatAddress } from "../ip/address-text.ts";
import { aboutRow } from "./about.ts";
import type { KeeperNeeds } from "./keeper-needs.ts";

export class Conflicts {
  readonly #needs: KeeperNeeds;
  /** What was told of rows in conflict, by id. Filled by comparisons: after a restart the first one finds them again. */
  readonly #rows = new Map<number, string>();

  constructor(needs: KeeperNeeds) {
    this.#needs = needs;
  }

  get count(): number {
    return this.#rows.size;
  }

  /** Told once, marked until the mark stands. */
  async found(row: Row, standing: Reservation): Promise<void> {
    await this.#tell(row, wordsFor(standing));
    if (standing.contested?.attempt === newestAttempt(row)) return;
    const { place, kind, holder, sinceMs } = row;
    const lease = { place, kind, attempt: newestAttempt(row), holder, sinceMs, reason: "" };
    await this.#needs.cluster.contest(standing, lease);
  }

  /** The reservation is ours, but Whereabouts' half of the proof names another. */
  async foundEntry(row: Row, by: string): Promise<void> {
    await this.#tell(row, `${entryWords}${by}`);
  }

  /** Before it is on record: who dies between the two tells it again. */
  async #tell(row: Row, by: string): Promise<void> {
    const { ports, cluster } = this.#needs;
    const told = this.#rows.get(row.id);
    this.#rows.set(row.id, by);
    ports.metrics.set("berth_conflicts", this.#rows.size);
    if (row.conflict === by) return;
    if (told !== by) {
      const message = `Address ${formatAddress(row.place.address)} of pod ${podRef(row.holder)} is held by ${by}, too: both keep it; delete one of the pods`;
      ports.log.error(message, aboutRow(row));
      cluster.tell({ reason: "BerthConflict", message, pod: row.holder.pod });
    }
    const change = { kind: "conflict", id: row.id, with: by, whileAttempt: newestAttempt(row) } as const;
    await ports.journal.commit([change], { urgent: true });
  }

  /** The half that was another's is ours again. What the other half says stays. */
  async settle(row: Row, half: "reservation" | "entry"): Promise<void> {
    const { ports } = this.#needs;
    if (row.conflict.startsWith(entryWords) !== (half === "entry")) return;
    this.#rows.delete(row.id);
    ports.metrics.set("berth_conflicts", this.#rows.size);
    await ports.journal.commit([{ kind: "conflict", id: row.id, with: "", whileAttempt: newestAttempt(row) }]);
    ports.log.info("A conflict has ended: the lease holds its address again", aboutRow(row));
  }

  /** Looks at each conflict once (P15: every 10 s). @param restore looks for a lease's reservation by name */
  async look(restore: (row: Row) => Promise<unknown>): Promise<void> {
    const { ports } = this.#needs;
    for (const id of this.#rows.keys()) {
      const row = await ports.journal.row(id);
      if (row?.state === "lease" && row.conflict !== "") await restore(row);
      else this.#rows.delete(id);
    }
    ports.metrics.set("berth_conflicts", this.#rows.size);
  }
}

const entryWords = "the pool's entry: ";

function wordsFor({ holder, reason }: Reservation): string {
  if (holder === undefined) return `an operator who withholds it (${reason})`;
  const node = holder.node === "" ? "a node unknown to Berth" : `node ${holder.node}`;
  return `pod ${podRef(holder)}, interface ${holder.attachment.ifName}, on ${node}`;
}
