/**
 * Pods of what Whereabouts wrote that this member has seen live: what never was a pod in the API (a name that a program made up, a
 * static pod without its mirror, a reservation made by hand) proves nothing by not being there.
 *
 * @module
 */

/** Memory: a name for each such lease that stands, about 60 bytes. */
export class SeenPods {
  #names = new Set<string>();

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** @param standing the names in all leases of the kind: others are forgotten */
  note(living: Iterable<string>, standing: ReadonlySet<string>): void {
    this.#names = new Set([...this.#names, ...living].filter((name) => standing.has(name)));
  }
}
