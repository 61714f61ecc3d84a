/**
 * Beside Whereabouts every living lease of this node has its entry, too (P15): one that is missing is written anew, one that
 * says something else is told.
 *
 * @module
 */
import type { Reservation } from "../ports/cluster.ts";
import { newestAttempt, type Row } from "../ports/journal.ts";
import type { Claim } from "../ports/store.ts";
import { aboutRow } from "./about.ts";
import type { Conflicts } from "./conflicts.ts";
import type { KeeperNeeds } from "./keeper-needs.ts";
import { eachLease } from "./leases.ts";
import { isKept } from "./lives.ts";

export class EntryCheck {
  readonly #needs: KeeperNeeds;
  readonly #conflicts: Conflicts;

  constructor(needs: KeeperNeeds, conflicts: Conflicts) {
    this.#needs = needs;
    this.#conflicts = conflicts;
  }

  /**
   * @param own this node's reservations as they stand
   * @returns whether every living lease has its entry, or is in conflict and told. Cost: one read of each pool
   */
  async check(own: readonly Reservation[]): Promise<boolean> {
    const { ports, cluster } = this.#needs;
    const standing = new Map(own.map((reservation) => [reservation.attempt, reservation]));
    const rows: Row[] = [];
    for await (const row of eachLease(ports)) if (row.kind === "dynamic") rows.push(row);
    const sights = await cluster.entries(
      rows.map((row) => ({ ...claimOf(row), was: row.attempts.map((attempt) => standing.get(attempt)).find(Boolean) })),
    );
    let isWhole = true;
    for (const [index, row] of rows.entries()) {
      const sight = sights[index];
      if (sight === undefined || sight.kind === "unknown") isWhole = false;
      else if (sight.kind === "ours") await this.#settle(row);
      else if (sight.kind === "other") await this.#tell(row, sight.by);
      else isWhole = (await this.#write(row, sight.kind === "old" ? sight.was : undefined)) && isWhole;
    }
    return isWhole;
  }

  async #settle(row: Row): Promise<void> {
    if (row.conflict !== "") await this.#conflicts.settle(row, "entry");
  }

  async #tell(row: Row, by: string): Promise<void> {
    const now = await this.#needs.ports.journal.row(row.id);
    if (now?.state === "lease" && newestAttempt(now) === newestAttempt(row)) await this.#conflicts.foundEntry(now, by);
  }

  /** Only for what still lives: an ended lease's entry is being given back. */
  async #write(before: Row, was: Claim | undefined): Promise<boolean> {
    const { ports, cluster } = this.#needs;
    const row = await ports.journal.row(before.id);
    if (row?.state !== "lease" || newestAttempt(row) !== newestAttempt(before)) return true;
    // An entry that Whereabouts removed with its pod is not missing.
    const isLiving = await isKept(this.#needs, row);
    if (isLiving !== true) return isLiving === false;
    const answer = await cluster.writeEntry(claimOf(row), was);
    if (answer.kind === "done") ports.log.warn("The entry of a living lease was missing: wrote it anew", aboutRow(row));
    const after = await ports.journal.row(row.id);
    // Freed while it was written: its free may have passed before.
    if (after === undefined || after.state === "freeing")
      await ports.store.tidy({ ...row, attempt: newestAttempt(row) });
    return answer.kind === "done";
  }
}

function claimOf(row: Row): Claim {
  const { place, kind, holder, sinceMs } = row;
  return { place, kind, attempt: newestAttempt(row), holder, sinceMs, reason: "" };
}
