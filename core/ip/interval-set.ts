/**
 * Sets of numbers as sorted intervals: thousands of exclusions cost thousands, never the addresses they cover.
 *
 * @module
 */
import { lastNotAbove } from "./sorted-search.ts";

/** Numbers from `first` to `last`, both included. Nothing when `last` lies below `first`. */
export type Interval = { readonly first: bigint; readonly last: bigint };

/** Ascending intervals with at least one number between any two: `firsts[i]` to `lasts[i]`, both included. */
export type IntervalSet = { readonly firsts: readonly bigint[]; readonly lasts: readonly bigint[] };

/** The set of nothing. */
export const noIntervals: IntervalSet = { firsts: [], lasts: [] };

/** Makes a set of intervals in any order, also overlapping ones. Cost O(n log n) for n intervals. */
export function intervalsOf(list: Iterable<Interval>): IntervalSet {
  const sorted = [...list].filter(({ first, last }) => first <= last).sort((a, b) => (a.first < b.first ? -1 : 1));
  return joined(sorted);
}

/** The intervals, ascending. */
export function* eachInterval(set: IntervalSet): Generator<Interval> {
  for (const [index, first] of set.firsts.entries()) {
    const last = set.lasts[index];
    if (last !== undefined) yield { first, last };
  }
}

/** Reports whether the number is in the set. Cost O(log n). */
export function hasValue(set: IntervalSet, value: bigint): boolean {
  const last = set.lasts[lastNotAbove(set.firsts, value)];
  return last !== undefined && value <= last;
}

/** The lowest number from `from` to `to`, both included, that is not in the set; undefined when all are. Cost O(log n). */
export function firstNotIn(set: IntervalSet, from: bigint, to: bigint): bigint | undefined {
  const last = set.lasts[lastNotAbove(set.firsts, from)];
  // Intervals never touch, so the number after one is always outside the set.
  const answer = last !== undefined && from <= last ? last + 1n : from;
  return answer <= to ? answer : undefined;
}

/** How many numbers are in the set. Cost O(n). */
export function sizeOf(set: IntervalSet): bigint {
  let size = 0n;
  for (const { first, last } of eachInterval(set)) size += last - first + 1n;
  return size;
}

/** Reports whether both have the same numbers. Cost O(n). */
export function sameIntervals(a: IntervalSet, b: IntervalSet): boolean {
  return (
    a.firsts.length === b.firsts.length &&
    a.firsts.every((first, index) => first === b.firsts[index] && a.lasts[index] === b.lasts[index])
  );
}

/** The numbers of either. Cost O(n + m). */
export function union(a: IntervalSet, b: IntervalSet): IntervalSet {
  return joined(merged(a, b));
}

/** The numbers of both. Cost O(n + m). */
export function intersect(a: IntervalSet, b: IntervalSet): IntervalSet {
  const firsts: bigint[] = [];
  const lasts: bigint[] = [];
  const others = eachInterval(b);
  let other = others.next();
  for (const one of eachInterval(a)) {
    while (other.done !== true) {
      const first = higher(one.first, other.value.first);
      const last = lower(one.last, other.value.last);
      if (first <= last) {
        firsts.push(first);
        lasts.push(last);
      }
      // It may reach into the next interval of `a`.
      if (other.value.last > one.last) break;
      other = others.next();
    }
  }
  return { firsts, lasts };
}

/** The numbers of `a` that are not in `b`. Cost O(n + m). */
export function subtract(a: IntervalSet, b: IntervalSet): IntervalSet {
  const firsts: bigint[] = [];
  const lasts: bigint[] = [];
  const add = (first: bigint, last: bigint): void => {
    if (first > last) return;
    firsts.push(first);
    lasts.push(last);
  };
  const others = eachInterval(b);
  let other = others.next();
  for (const one of eachInterval(a)) {
    let from = one.first;
    while (other.done !== true) {
      add(from, lower(one.last, other.value.first - 1n));
      from = higher(from, other.value.last + 1n);
      // It may reach into the next interval of `a`.
      if (other.value.last > one.last) break;
      other = others.next();
    }
    add(from, one.last);
  }
  return { firsts, lasts };
}

/** Joins intervals, ascending by `first`, that overlap or touch. */
function joined(sorted: Iterable<Interval>): IntervalSet {
  const firsts: bigint[] = [];
  const lasts: bigint[] = [];
  for (const { first, last } of sorted) {
    const previous = lasts.at(-1);
    if (previous !== undefined && first <= previous + 1n) lasts[lasts.length - 1] = higher(previous, last);
    else {
      firsts.push(first);
      lasts.push(last);
    }
  }
  return { firsts, lasts };
}

/** The intervals of both, ascending by `first`. */
function* merged(a: IntervalSet, b: IntervalSet): Generator<Interval> {
  const others = eachInterval(b);
  let other = others.next();
  for (const one of eachInterval(a)) {
    while (other.done !== true && other.value.first < one.first) {
      yield other.value;
      other = others.next();
    }
    yield one;
  }
  while (other.done !== true) {
    yield other.value;
    other = others.next();
  }
}

function higher(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
