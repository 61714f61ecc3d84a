/**
 * Two definitions of one pool that set overlapping ranges differently (P2).
 *
 * @module
 */
import { type Failure, failure } from "../failure/failure.ts";

export type Setting = {
  readonly network: string;
  readonly overlapping: boolean;
  readonly holder?: { readonly attachment: { readonly definition: string } };
};

/** @param other the definition that uses the pool with the other setting */
export function disagreement({ network, overlapping, holder }: Setting, pool: string, other: string): Failure {
  const expected = `enable_overlapping_ranges ${!overlapping}, as definition "${other}" has it while it uses the pool`;
  return failure("PoolDisagreement", pool, expected, { network, definition: holder?.attachment.definition });
}
