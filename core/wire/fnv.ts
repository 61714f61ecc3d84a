/**
 * FNV-1a, 64 bits (draft-eastlake-fnv): short names for long ones. No secret and no proof: whoever reads what bears such
 * a name compares what stands in it.
 *
 * @module
 */

const offsetBasis = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/** 16 hex digits. */
export function fnv64(bytes: Iterable<number>): string {
  let hash = offsetBasis;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16).padStart(16, "0");
}
