/**
 * What becomes of a lease, why, by whom and when: the sentences of `berthctl explain`.
 *
 * @module
 */
import type { Verdict as NamespaceVerdict } from "../../core/flow/evidence.ts";
import type { LeaseRecord } from "../../core/ports/inventory.ts";
import type { FreeRule, Verdict } from "../../core/reconcile/verdict.ts";
import type { Fact } from "../terminal/facts.ts";

export type Outcome = {
  /** `suspect`: it will be freed when it is found the same again. `moving`: an ADD or a free is under way. */
  readonly verdict: "keep" | "suspect" | "free" | "conflict" | "report" | "moving" | "unknown";
  /** A word that reconcilers count by; null for other verdicts. */
  readonly because: string | null;
  /** Which rule frees it, or would. */
  readonly rule: FreeRule | null;
  readonly why: string;
  /** Who looks next, and when; "" for nobody. */
  readonly when: string;
  /** What a person has to run; null for nothing. */
  readonly command: string | null;
};

const blank = { because: null, rule: null, when: "", command: null } as const;

/** Half of it is a row of the journal: whoever wrote it goes on. */
export function movingOutcome({ state, reason }: LeaseRecord): Outcome | undefined {
  if (state === "intent") return { ...blank, verdict: "moving", why: "an ADD is asking for it, or died while asking" };
  if (state !== "freeing") return undefined;
  const why = `it is on its way back${reason === "" ? "" : ` (${reason})`}: the agent tries until it is gone`;
  return { ...blank, verdict: "moving", why };
}

/** @param schedule when reconcilers look next, in words */
export function clusterOutcome(verdict: Verdict, node: string, schedule: string): Outcome {
  const when = whenOf(verdict, node, schedule);
  const { kind, why } = verdict;
  return {
    verdict: kind,
    because: "because" in verdict ? verdict.because : null,
    rule: ("rule" in verdict ? verdict.rule : undefined) ?? null,
    why,
    when,
    command: verdict.kind === "report" ? verdict.command : null,
  };
}

function whenOf(verdict: Verdict, node: string, schedule: string): string {
  switch (verdict.kind) {
    case "keep":
      return whenKept(verdict.because, node, schedule);
    case "suspect":
    case "free":
      return `freed by a reconciler that finds it the same twice, 5 minutes apart; they look ${schedule}`;
    case "conflict":
      return "its agent looks every 10 seconds: it ends when one of the two pods does";
    case "report":
      return `reconcilers look again ${schedule}`;
    default:
      return verdict satisfies never;
  }
}

function whenKept(because: string, node: string, schedule: string): string {
  switch (because) {
    case "withheld":
      return "until it is given back: berthctl withhold <address> --undo";
    case "its-agent":
      return `the agent of ${node} looks within a minute, and frees what it finds the same twice, a minute apart`;
    case "its-node":
      return `its agent looks every minute, its member ${schedule}`;
    default:
      return `looked at again when its DEL comes, by its agent every minute, and ${schedule}`;
  }
}

/** On one machine: the sweep alone decides (P18). */
export function machineOutcome(verdict: NamespaceVerdict | undefined): Outcome {
  const sweep = "the agent's next sweep, within a minute";
  switch (verdict?.kind) {
    case undefined:
      return { ...blank, verdict: "keep", because: "withheld", why: "an operator keeps it back" };
    case "stands":
      return { ...blank, verdict: "keep", because: "live", why: "its network namespace stands", when: "its DEL" };
    case "gone":
      return {
        ...blank,
        verdict: "free",
        rule: 1,
        why: `its network namespace has gone (${verdict.why})`,
        when: sweep,
      };
    case "earlier boot":
      return {
        ...blank,
        verdict: "free",
        rule: 1,
        why: "its network namespace ended with an earlier boot",
        when: "a sweep, once 10 minutes of this boot have passed: until then its pod may come again for it",
      };
    case "unproven":
      return {
        ...blank,
        verdict: "keep",
        because: "evidence-missing",
        why: verdict.why,
        when: "its DEL, or a sweep that proves it",
      };
    default:
      return verdict satisfies never;
  }
}

export function unknownOutcome(reason: string): Outcome {
  return { ...blank, verdict: "unknown", why: `it cannot be judged: ${reason}` };
}

const verdictWords: { readonly [verdict in Outcome["verdict"]]: string } = {
  keep: "kept",
  suspect: "a suspect",
  free: "stale",
  conflict: "a conflict",
  report: "kept, and only a person can go on",
  moving: "under way",
  unknown: "unknown",
};

export function outcomeFacts({ verdict, because, rule, why, when, command }: Outcome): readonly Fact[] {
  const by = rule === null ? "" : `, rule ${rule}`;
  const word = because === null ? "" : ` (${because})`;
  return [
    ["verdict", `${verdictWords[verdict]}${by}${word}: ${why}`],
    ...(when === "" ? [] : [["when", when] as const]),
    ...(command === null ? [] : [["run", command] as const]),
  ];
}
