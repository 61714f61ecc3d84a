/**
 * The path of a DEL: written down, then answered; the addresses go back afterwards (P13). Found by attachment, never by
 * its configuration. It never fails for something that is not there.
 *
 * @module
 */
import { type Failure, failure } from "../failure/failure.ts";
import type { Attachment, Started } from "../ports/holder.ts";
import { isEarlier } from "../ports/holder.ts";
import { type Change, freeing, type Row } from "../ports/journal.ts";
import { giveBack, type Freer } from "./freer.ts";
import type { FlowPorts } from "./ports.ts";
import { rowsMeant } from "./rows-meant.ts";

export type DelAnswer =
  | { readonly kind: "done"; readonly freeing: number }
  | { readonly kind: "failure"; readonly failure: Failure };

export type Ending = {
  readonly containerId: string;
  readonly ifName: string;
  /** Undefined when the call did not say: then the container and interface decide, if that is unique. */
  readonly definition: string | undefined;
  readonly started: Started;
};

export async function delPath(ports: FlowPorts, freer: Freer, ending: Ending): Promise<DelAnswer> {
  const { journal, clock, log } = ports;
  const rows = (await rowsMeant(ports, ending)).filter(({ state }) => state !== "freeing");
  const definition = ending.definition ?? onlyDefinition(rows);
  if (definition === undefined) {
    log.warn("A DEL without a definition name matches several definitions: the sweep decides", {
      containerId: ending.containerId,
      ifName: ending.ifName,
    });
    return { kind: "done", freeing: 0 };
  }
  const attachment: Attachment = { definition, containerId: ending.containerId, ifName: ending.ifName };
  const isMeant = (row: Row) =>
    (definition === "" || ["", definition].includes(row.holder.attachment.definition)) &&
    isEarlier(row.holder.started, ending.started);
  // An intent belongs to an ADD that still runs, and that finds this DEL when it commits; or recovery ends it.
  const ended = rows.filter((row) => row.state === "lease" && isMeant(row));
  const changes: Change[] = [
    { kind: "delete", deletion: { attachment, started: ending.started, acceptedMs: clock.nowMs() } },
    ...ended.map((row) => freeing(row, "DEL")),
  ];
  const answer = await journal.commit(changes, { urgent: true });
  if (answer.kind !== "committed")
    return withoutRecord(ports, ending, ended, answer.kind === "failed" ? answer.reason : answer.kind);
  // A new sandbox of the pod may have taken a lease over meanwhile: then it is no longer this attachment's.
  return { kind: "done", freeing: await freer.addFreeing(ended.map(({ id }) => id)) };
}

/** "" means: any definition, for there is none to be confused with. */
function onlyDefinition(rows: readonly Row[]): string | undefined {
  // A lease that Whereabouts gave has no definition.
  const names = new Set(rows.map(({ holder }) => holder.attachment.definition).filter((name) => name !== ""));
  return names.size > 1 ? undefined : ([...names][0] ?? "");
}

/** The disk is so full that not even the reserve helped: the store is asked before the answer (DESIGN 7). */
async function withoutRecord(
  { store, log }: FlowPorts,
  ending: Ending,
  rows: readonly Row[],
  reason: string,
): Promise<DelAnswer> {
  const answers = await Promise.all(rows.map((row) => giveBack(store, row)));
  if (answers.every(({ kind }) => kind !== "unknown")) {
    log.warn("A DEL could not be written down: its addresses were given back first", {
      containerId: ending.containerId,
      reason,
    });
    return { kind: "done", freeing: rows.length };
  }
  const about = { containerId: ending.containerId, ifName: ending.ifName, definition: ending.definition };
  return {
    kind: "failure",
    failure: failure("DiskFull", `DEL of ${ending.containerId}`, `space to write it down: ${reason}`, about),
  };
}
