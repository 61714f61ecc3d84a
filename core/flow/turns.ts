/**
 * Whose turn it is: calls that share a key (an attachment, a pod's interface) run one after the other, in the order in
 * which they came. No lock of a database or of the network is held meanwhile (invariant 8).
 *
 * @module
 */
import type { Signal } from "../ports/clock.ts";
import { unlessAborted } from "./canceller.ts";

export class Turns {
  readonly #tails = new Map<string, Promise<void>>();

  /** Waits until all `keys` are ours. @returns how to end the turn, or undefined when `signal` aborted first. */
  async take(keys: readonly string[], signal: Signal): Promise<(() => void) | undefined> {
    const releases: (() => void)[] = [];
    const end = () => {
      for (const release of releases) release();
    };
    // In one order for everybody, so that two calls never wait for each other.
    for (const key of [...new Set(keys)].sort()) {
      const { before, release } = this.#queue(key);
      releases.push(release);
      if (
        (await unlessAborted(
          before.then(() => true),
          signal,
        )) === undefined
      ) {
        end();
        return undefined;
      }
    }
    return end;
  }

  #queue(key: string): { before: Promise<void>; release: () => void } {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const tail = before.then(() => promise);
    this.#tails.set(key, tail);
    const release = () => {
      resolve();
      void tail.then(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    };
    return { before, release };
  }
}
