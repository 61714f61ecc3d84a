/**
 * When a schedule of calendar times is due. Instants are ms since 1970, as in `clock.ts`; which time of the day that is in a zone
 * only an adapter knows.
 *
 * @module
 */

/** Times of the calendar that have been read and checked. */
export type CronTimes = {
  /**
   * Five fields with one space between: minute, hour, day of month, month, day of week (0 is Sunday). Each is `*` or a list of
   * numbers, rising, no ranges, no names. With lists in both fields of days, a day that is in either counts.
   */
  readonly fields: string;
  /** As the IANA names it: "Europe/Berlin"; "UTC". */
  readonly zone: string;
};

export type NextTime =
  /** Later than the instant asked about. */
  { readonly kind: "at"; readonly ms: number } | { readonly kind: "never" } | { readonly kind: "unknown-zone" };

export type Cron = {
  /**
   * The first instant after `afterMs`. A time that does not exist on a day when clocks are put forward counts as much later as
   * they are put forward; one that comes twice counts once, the first time, unless every hour is meant. Never throws.
   */
  readonly next: (times: CronTimes, afterMs: number) => NextTime;
};
