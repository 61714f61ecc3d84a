/**
 * What one launcher sent, after its bytes were decoded (core/wire/request.ts).
 *
 * @module
 */

export type LauncherRequest = {
  /** `BERTH_PROTOCOL`. Any number is decoded: whether it is served is the agent's decision. */
  readonly protocol: number;
  /** `BERTH_STARTED`: CLOCK_BOOTTIME when the launcher was started, ns. */
  readonly started: bigint;
  /** `BERTH_BUDGET`: how long after `started` the launcher stops to wait, ms. */
  readonly budgetMs: number;
  /** Every `CNI_*` variable. Of a name that occurs twice the first counts, as with getenv. */
  readonly env: ReadonlyMap<string, string>;
  readonly stdin: Uint8Array;
};
