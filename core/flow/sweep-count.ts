/**
 * What a look at all leases came to.
 *
 * @module
 */

export type SweepCount = {
  readonly lookedAt: number;
  readonly freed: number;
  /** All others. */
  readonly kept: number;
  /** Of those: nothing proves that they are used, nor that they are not. */
  readonly unproven: number;
  /** Of those: seem gone, and are looked at again (P17). Only in a cluster. */
  readonly suspects: number;
};
