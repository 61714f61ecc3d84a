/**
 * Searching ascending numbers.
 *
 * @module
 */

/**
 * The position of the last number that is not above `value`, or -1 when all are above it.
 *
 * Cost is logarithmic.
 *
 * @param sorted ascending
 */
export function lastNotAbove(sorted: readonly bigint[], value: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = sorted[middle];
    if (found === undefined || found > value) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}
