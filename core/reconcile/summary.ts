/**
 * One run of a reconciler in figures.
 *
 * @module
 */
import type { FreeRule, KeepReason, Verdict } from "./verdict.ts";

export type RunSummary = {
  readonly lookedAt: number;
  /** Those with a report count here, too. */
  readonly kept: { readonly [reason in KeepReason]: number };
  /** Still suspects at the end: a dry run looks once. */
  readonly suspects: number;
  readonly freed: { readonly [rule in FreeRule]: number };
  /** Changed or gone by themselves since they were judged. */
  readonly overtaken: number;
  readonly repaired: number;
  readonly conflicts: number;
  readonly reports: number;
  /** What could not be read or carried out; the run went on. */
  readonly failed: number;
  readonly seconds: number;
  readonly requests: number;
};

type Counts = {
  -readonly [name in Exclude<keyof RunSummary, "kept" | "freed" | "seconds" | "requests">]: number;
};

/** Counts what is told to it. */
export class Tally {
  readonly #counts: Counts = {
    lookedAt: 0,
    suspects: 0,
    overtaken: 0,
    repaired: 0,
    conflicts: 0,
    reports: 0,
    failed: 0,
  };
  readonly #kept = keptNone();
  readonly #freed = new Map<FreeRule, number>();

  add(name: keyof Counts, count = 1): void {
    this.#counts[name] += count;
  }

  /** The last word on a lease; what was freed is counted when it was. */
  verdict(verdict: Verdict): void {
    switch (verdict.kind) {
      case "keep":
        return this.#keep(verdict.because);
      case "report":
        this.add("reports");
        return this.#keep(verdict.because);
      case "suspect":
        return this.add("suspects");
      case "conflict":
        return this.add("conflicts");
      case "free":
        return;
      default:
        return verdict satisfies never;
    }
  }

  /** Leases that the member on their own node judges. */
  others(count: number): void {
    this.add("lookedAt", count);
    this.#kept["its-node"] += count;
  }

  /** One that nobody can judge. */
  unreadable(): void {
    this.add("lookedAt");
    this.add("reports");
    this.#keep("unreadable");
  }

  freed(rule: FreeRule): void {
    this.#freed.set(rule, (this.#freed.get(rule) ?? 0) + 1);
  }

  summary(seconds: number, requests: number): RunSummary {
    const freedBy = (rule: FreeRule) => this.#freed.get(rule) ?? 0;
    return {
      ...this.#counts,
      kept: { ...this.#kept },
      freed: { 1: freedBy(1), 2: freedBy(2), 3: freedBy(3) },
      seconds,
      requests,
    };
  }

  #keep(reason: KeepReason): void {
    this.#kept[reason] += 1;
  }
}

function keptNone(): { [reason in KeepReason]: number } {
  return {
    live: 0,
    pending: 0,
    "in-grace": 0,
    "node-silent": 0,
    "evidence-missing": 0,
    "its-agent": 0,
    "its-node": 0,
    withheld: 0,
    unreadable: 0,
    "no-berth": 0,
    nameless: 0,
  };
}
