/**
 * What this machine's agent believes of the cluster, and since when.
 *
 * @module
 */
import type { Mode } from "../../../core/ports/cluster.ts";
import type { Status } from "../../agent.ts";
import { formatAge } from "../../format/instant.ts";
import { countWord } from "../../format/words.ts";
import { fail, type Finding, warn } from "../finding.ts";

/** An agent that has not confirmed the mode for so long answers no ADD (P4). */
const fencedMs = 300_000;
/** It compares every 10 minutes at the latest (P15). */
const comparedMs = 900_000;
const logs = "look at the agent's log: journalctl -u berth-agent -n 50";

/** @param mode as it stands; undefined when it could not be read  @param nowMs wall clock */
export function checkAgentsView(status: Status | undefined, mode: Mode | undefined, nowMs: number): readonly Finding[] {
  const view = status?.cluster;
  if (view === undefined) return [];
  return [...modeFindings(view, mode, nowMs), ...journalFindings(view.compared, nowMs), ...conflicts(view.conflicts)];
}

type View = NonNullable<Status["cluster"]>;

function modeFindings({ confirmed, mode: believed }: View, mode: Mode | undefined, nowMs: number): readonly Finding[] {
  const what = "agent's mode";
  if (confirmed === null || nowMs - confirmed > fencedMs) {
    const age = confirmed === null ? "since it started" : `for ${formatAge(nowMs - confirmed)}`;
    return [fail(what, `it could not confirm the mode ${age}, and answers no ADD`, logs)];
  }
  if (mode === undefined || believed === mode) return [];
  return [warn(what, `it still believes Whereabouts ${believed}`, "wait 2 minutes, and look again")];
}

function journalFindings(compared: View["compared"], nowMs: number): readonly Finding[] {
  if (compared !== null && nowMs - compared <= comparedMs) return [];
  const age = compared === null ? "yet" : `for ${formatAge(nowMs - compared)}`;
  return [warn("agent's journal", `it was not compared with the cluster ${age}`, logs)];
}

function conflicts(count: number): readonly Finding[] {
  if (count === 0) return [];
  const text = `${countWord(count, "lease")} of this node whose address another has, too`;
  return [fail("conflicts", text, "delete one of the two pods: berthctl leases | grep conflict")];
}
