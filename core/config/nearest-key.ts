/**
 * Which key somebody meant who wrote one that is not known.
 *
 * @module
 */

/** The known key that differs in case, dashes or at most two letters; undefined when none is near. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  // A hostile key costs nothing.
  if (key.length > 64) return undefined;
  const plain = bare(key);
  let best: { readonly key: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(plain, bare(candidate));
    const isNear = distance <= Math.min(2, Math.floor(candidate.length / 3));
    if (isNear && (best === undefined || distance < best.distance)) best = { key: candidate, distance };
  }
  return best?.key;
}

function bare(key: string): string {
  return key.toLowerCase().replaceAll(/[_-]/g, "");
}

/** Levenshtein's distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split("").entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split("").entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
