/**
 * Numbers of addresses for people.
 *
 * @module
 */

/** Up to ten digits, which is all of IPv4, a number is written in full. */
const exactBelow = 10_000_000_000n;

/** `16777214`, or from eleven digits on `≈1.8×10^19`. */
export function formatCount(count: bigint): string {
  if (count < exactBelow) return count.toString();
  const digits = count.toString();
  // Two digits, rounded: 9.96 becomes 10, and one more power.
  const rounded = Math.round(Number(digits.slice(0, 3)) / 10);
  const carries = rounded === 100;
  const [whole, tenth] = [carries ? 1 : Math.trunc(rounded / 10), carries ? 0 : rounded % 10];
  return `≈${whole}.${tenth}×10^${digits.length - 1 + (carries ? 1 : 0)}`;
}
