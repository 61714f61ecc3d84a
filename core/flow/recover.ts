/**
 * What an agent that was killed left half done, settled before the first call (P8, P9, P12).
 *
 * @module
 */
import { type Change, freeing, newestAttempt, type Row, type RowState } from "../ports/journal.ts";
import type { Held } from "../ports/store.ts";
import { podRef } from "../ports/holder.ts";
import { aboutRow } from "./about.ts";
import { judge } from "./evidence.ts";
import type { Freer } from "./freer.ts";
import type { FlowPorts } from "./ports.ts";

export type Recovered = { readonly leases: number; readonly givenBack: number };

/**
 * Goes on with every intent and every free of the journal. An intent whose address is ours and whose namespace stands
 * becomes a lease: the journal may be an old copy (P9), and the runtime comes again with ADD or DEL.
 */
export async function recover(ports: FlowPorts, freer: Freer): Promise<Recovered> {
  const recovered = await settleIntents(ports, freer, new Set());
  await goOnFreeing(ports, freer);
  return recovered;
}

/** Takes up the frees that the last agent did not end. @returns how many */
export async function goOnFreeing(ports: FlowPorts, freer: Freer): Promise<number> {
  const rows = await rowsIn(ports, "freeing");
  freer.add(rows);
  return rows.length;
}

/** Settles the intents of ADDs that no longer run: their agent was killed, or they could not give back what they took. */
export async function settleIntents(ports: FlowPorts, freer: Freer, running: ReadonlySet<string>): Promise<Recovered> {
  let leases = 0;
  let givenBack = 0;
  for (const row of await rowsIn(ports, "intent")) {
    if (running.has(newestAttempt(row))) continue;
    const settled = await settle(ports, row);
    if (settled === "lease") leases += 1;
    if (settled === "given back") givenBack += await freer.addFreeing([row.id]);
  }
  return { leases, givenBack };
}

async function settle(ports: FlowPorts, row: Row): Promise<"lease" | "given back" | "later"> {
  const { store, journal, namespaces, clock, log } = ports;
  let held: Held | undefined;
  try {
    held = await store.look(row.place);
  } catch (error) {
    log.warn("Cannot settle what an ADD left yet: expected a store that can be read", {
      ...aboutRow(row),
      reason: String(error),
    });
    return "later";
  }
  held = held !== undefined && isTakenUp(row, held) ? await completed(ports, row, held) : held;
  const isOurs = held !== undefined && held.contested === undefined && row.attempts.includes(held.attempt);
  const verdict = await judge(namespaces, clock, row.holder.evidence);
  const mayLive = verdict.kind === "stands" || verdict.kind === "unproven";
  if (held !== undefined && isOurs && mayLive && !(await isAnsweredOtherwise(ports, row))) {
    const change: Change = { kind: "lease", id: row.id, version: held.version };
    const answer = await journal.commit([change], { unless: row.holder });
    if (answer.kind === "committed") {
      log.info("An ADD that was cut off holds its address: kept as a lease", aboutRow(row));
      return "lease";
    }
  }
  await journal.commit([freeing(row, "an ADD was cut off")], { urgent: true });
  return "given back";
}

/** Whereabouts found the entry that this ADD had written, made its reservation, and answered the address to the same interface (P14). */
function isTakenUp({ holder, kind }: Row, { attempt, holder: other }: Held): boolean {
  return (
    attempt === "" &&
    kind === "dynamic" &&
    other?.pod !== undefined &&
    podRef(other) === podRef(holder) &&
    other.attachment.ifName === holder.attachment.ifName
  );
}

/** @returns as it stands afterwards */
async function completed({ store }: FlowPorts, row: Row, held: Held): Promise<Held | undefined> {
  const { place, kind, holder, sinceMs } = row;
  const attempt = newestAttempt(row);
  const answer = await store.renew(held, { place, kind, attempt, holder, sinceMs, reason: "" });
  if (answer.kind === "held") return { ...held, attempt, holder, version: answer.version };
  return answer.kind === "lost" ? answer.now : held;
}

/** The same attachment came again meanwhile, here or to Whereabouts, and was answered another address of this range: that one it uses. */
async function isAnsweredOtherwise({ journal }: FlowPorts, { id, index, place, holder }: Row): Promise<boolean> {
  const rows = await journal.rowsOf(holder.attachment);
  return rows.some(
    (row) =>
      row.id !== id &&
      row.state === "lease" &&
      row.answeredMs !== undefined &&
      row.place.network === place.network &&
      row.place.pool === place.pool &&
      (row.holder.attachment.definition === "" ||
        (row.index === index && row.holder.attachment.definition === holder.attachment.definition)),
  );
}

async function rowsIn({ journal }: FlowPorts, state: RowState): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after: number | undefined;
  do {
    const page = await journal.page(state, after);
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}
