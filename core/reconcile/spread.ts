/**
 * How much later than the schedule a node begins, so that a cluster does not ask its API server as one.
 *
 * @module
 */
import { encodeUtf8 } from "../wire/utf8.ts";
import { fnv64 } from "../wire/fnv.ts";

const longestMs = 5 * 60_000;

/** The same for a node each time; from 0 up to five minutes, or a tenth of the pause between two times. */
export function spreadMs(node: string, pauseMs: number): number {
  const share = Number(mixed(BigInt(`0x${fnv64(encodeUtf8(node))}`)) >> 11n) / 2 ** 53;
  return Math.floor(share * Math.min(longestMs, pauseMs / 10));
}

/** FNV leaves names that differ in their last letter close together: the bits are stirred once more, as in SplitMix64. */
function mixed(hash: bigint): bigint {
  const once = BigInt.asUintN(64, (hash ^ (hash >> 30n)) * 0xbf58476d1ce4e5b9n);
  const twice = BigInt.asUintN(64, (once ^ (once >> 27n)) * 0x94d049bb133111ebn);
  return twice ^ (twice >> 31n);
}
