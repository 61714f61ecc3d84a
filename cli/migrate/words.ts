/**
 * How plans, progress and reasons are told.
 *
 * @module
 */
import { formatAddress } from "../../core/ip/address-text.ts";
import type { KeptEntry } from "../../core/migrate/kept-entries.ts";
import { bindingWord, wholeBindingWord } from "../../core/migrate/bindings.ts";
import type { BackStep } from "../../core/migrate/plan-back.ts";
import type { FinishStep } from "../../core/migrate/plan-finish.ts";
import type { Progress } from "../../core/migrate/progress.ts";
import type { Reason } from "../../core/migrate/reasons.ts";
import { countWord } from "../format/words.ts";

/** One line, as it will be done. */
export function stepWord(step: FinishStep | BackStep, namespace: string): string {
  switch (step.kind) {
    case "unbind":
      return `unbind Whereabouts: save and remove ${step.bindings.map(wholeBindingWord).join(", ")}`;
    case "bind":
      return `bind Whereabouts again: ${step.bindings.map(wholeBindingWord).join(", ")}`;
    case "set-mode":
      return `set the mode to ${step.mode} (ConfigMap ${namespace}/berth, key whereabouts)`;
    case "wait":
      return `wait ${clockWord(step.ms)}, until every agent knows the mode`;
    case "write-entries":
      return `write the entries of withheld and static addresses: ${keptWord(step.entries)}`;
    case "check":
      return "look at everything again";
    case "remove-entries":
      return `remove ${entriesWord(step.entries)} of ${countWord(step.pools, "pool")} in namespace ${namespace}; the pools stay`;
    default:
      return step satisfies never;
  }
}

const keptMax = 5;

function keptWord(entries: readonly KeptEntry[]): string {
  const told = entries.slice(0, keptMax).map(({ address, pool }) => `${formatAddress(address)} into pool ${pool}`);
  return [...told, ...(entries.length > keptMax ? [`and ${entries.length - keptMax} more`] : [])].join(", ");
}

/** One line, as it was done. */
export function progressWord(progress: Progress): string {
  switch (progress.kind) {
    case "unbound":
      return `Saved and removed ${bindingWord(progress.binding)}`;
    case "bound":
      return `Made ${wholeBindingWord(progress.binding)} again`;
    case "mode":
      return `Set the mode to ${progress.mode}`;
    case "vouched":
      return vouchedWord(progress.nodes);
    case "waiting":
      return `Waiting for the agents: ${clockWord(progress.leftMs)} left`;
    case "checking":
      return "Looking at everything again";
    case "removed":
      return `Removed ${entriesWord(progress.entries)} of pool ${progress.pool}: ${progress.left} left`;
    default:
      return progress satisfies never;
  }
}

const nodesMax = 10;

/** What is taken on a person's word. */
export function vouchedWord(nodes: readonly string[]): string {
  const names = nodes.slice(0, nodesMax).join(", ");
  const more = nodes.length > nodesMax ? `, and ${nodes.length - nodesMax} more` : "";
  return `Taken on your word: an agent of Berth runs as a service of ${countWord(nodes.length, "node")}: ${names}${more}`;
}

/** Each reason on its line, and under it what to run. */
export function reasonLines(reasons: readonly Reason[]): readonly string[] {
  return reasons.flatMap(({ text, run }) => [text, `  → ${run}`]);
}

/** `1 entry`, `2 entries`. */
export function entriesWord(count: number): string {
  return count === 1 ? "1 entry" : `${count} entries`;
}

/** `7:30` */
function clockWord(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
