/**
 * Time as an argument. Three clocks, because each lies in its own way.
 *
 * @module
 */

export type Clock = {
  /** Wall clock, ms since 1970: for people and for records, never for differences. */
  readonly nowMs: () => number;
  /** Boot clock (CLOCK_BOOTTIME), ns: the launcher's `BERTH_STARTED` is on this clock; comparable inside one boot. */
  readonly bootNs: () => bigint;
  /** The id of this boot. */
  readonly bootId: string;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  readonly wait: (ms: number, signal?: Signal) => Promise<void>;
};

/** The part of AbortSignal that core needs; core is compiled without the DOM's and Node's types. */
export type Signal = {
  readonly aborted: boolean;
  readonly addEventListener: (type: "abort", listener: () => void) => void;
  readonly removeEventListener: (type: "abort", listener: () => void) => void;
};

/** A signal with its trigger. */
export type Canceller = { readonly signal: Signal; readonly cancel: () => void };
