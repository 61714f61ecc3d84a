/**
 * Who holds which address as seen from outside: from the answer of ADD to the start of DEL, or to the end of the sandbox.
 *
 * @module
 */

/** What is known of one address while it is held. */
export type Holding = {
  /** What the reservation has to be called, and to say. */
  readonly reservation: string;
  readonly podRef: string;
  readonly containerId: string;
  readonly ifName: string;
};

export class History {
  readonly #held = new Map<string, Holding>();
  /** What must not be, a line each. */
  readonly faults: string[] = [];
  given = 0;
  heldMax = 0;

  /** ADD has answered. */
  gave(holding: Holding): void {
    const { reservation, containerId } = holding;
    const before = this.#held.get(reservation);
    if (before !== undefined && before.containerId !== containerId)
      this.faults.push(
        `${reservation} was held by ${before.podRef} (${before.containerId}) and was given to ${holding.podRef} (${containerId})`,
      );
    this.#held.set(reservation, holding);
    this.given += 1;
    this.heldMax = Math.max(this.heldMax, this.#held.size);
  }

  /** DEL begins, or the sandbox has ended: from now on others may get what it had. */
  ends(containerId: string): void {
    for (const [reservation, holding] of this.#held)
      if (holding.containerId === containerId) this.#held.delete(reservation);
  }

  /** A line for each, sorted. */
  lines(): readonly string[] {
    return [...this.#held.values()].map(lineOf).sort();
  }
}

export function lineOf({ reservation, podRef, containerId, ifName }: Holding): string {
  return `${reservation} ${podRef} ${containerId} ${ifName}`;
}
