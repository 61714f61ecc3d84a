/**
 * A map of numbers that also finds the nearest key below. Kept in pieces: one long array would be moved in memory at
 * every change, which at 60,000 entries was measured to cost up to 0.2 ms.
 *
 * @module
 */
import { lastNotAbove } from "../ip/sorted-search.ts";

/** How long a piece may grow before it is cut in two. */
const pieceMax = 512;

type Piece = { readonly keys: bigint[]; readonly values: bigint[] };

/** Keys and values are numbers. Searches are logarithmic; a change also moves part of one piece. */
export class SortedMap {
  /** Ascending, none empty. */
  readonly #pieces: Piece[] = [];
  /** The lowest key of each piece. */
  readonly #lowest: bigint[] = [];
  #size = 0;

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  /** The entry with the highest key that is not above `key`. */
  floor(key: bigint): { readonly key: bigint; readonly value: bigint } | undefined {
    const piece = this.#pieces[lastNotAbove(this.#lowest, key)];
    if (piece === undefined) return undefined;
    const at = lastNotAbove(piece.keys, key);
    const found = piece.keys[at];
    const value = piece.values[at];
    return found === undefined || value === undefined ? undefined : { key: found, value };
  }

  /** The value of exactly this key. */
  get(key: bigint): bigint | undefined {
    const entry = this.floor(key);
    return entry?.key === key ? entry.value : undefined;
  }

  /** Adds an entry, or changes its value. */
  set(key: bigint, value: bigint): void {
    // What lies below all pieces goes into the first one.
    const index = Math.max(0, lastNotAbove(this.#lowest, key));
    const piece = this.#pieces[index] ?? { keys: [], values: [] };
    const at = lastNotAbove(piece.keys, key);
    if (piece.keys[at] === key) {
      piece.values[at] = value;
      return;
    }
    piece.keys.splice(at + 1, 0, key);
    piece.values.splice(at + 1, 0, value);
    this.#size += 1;
    this.#put(index, halves(piece));
  }

  /** Removes an entry; false when there is none. */
  delete(key: bigint): boolean {
    const index = lastNotAbove(this.#lowest, key);
    const piece = this.#pieces[index];
    if (piece === undefined) return false;
    const at = lastNotAbove(piece.keys, key);
    if (piece.keys[at] !== key) return false;
    piece.keys.splice(at, 1);
    piece.values.splice(at, 1);
    this.#size -= 1;
    this.#put(index, piece.keys.length === 0 ? [] : [piece]);
    return true;
  }

  /** All entries, ascending. */
  *entries(): Generator<readonly [bigint, bigint]> {
    for (const { keys, values } of this.#pieces) {
      for (const [at, key] of keys.entries()) {
        const value = values[at];
        if (value !== undefined) yield [key, value];
      }
    }
  }

  /** Puts pieces in the place of one. */
  #put(index: number, pieces: readonly Piece[]): void {
    this.#pieces.splice(index, 1, ...pieces);
    this.#lowest.splice(index, 1, ...pieces.flatMap(({ keys }) => keys.slice(0, 1)));
  }
}

function halves(piece: Piece): Piece[] {
  const { keys, values } = piece;
  if (keys.length <= pieceMax) return [piece];
  return [piece, { keys: keys.splice(pieceMax / 2), values: values.splice(pieceMax / 2) }];
}
