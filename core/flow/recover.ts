/**
 * What an agent that was killed left half done, settled before the first call (P8, P9, P12).
 *
 * @module
 */
import { type Change, freeing, newestAttempt, type Row, type RowState } from "../ports/journal.ts";
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
  freer.add(await rowsIn(ports, "freeing"));
  return recovered;
}

/** Settles the intents of ADDs that no longer run: their agent was killed, or they could not give back what they took. */
export async function settleIntents(ports: FlowPorts, freer: Freer, running: ReadonlySet<string>): Promise<Recovered> {
  let leases = 0;
  let givenBack = 0;
  for (const row of await rowsIn(ports, "intent")) {
    if (running.has(newestAttempt(row))) continue;
    if (await settle(ports, row)) leases += 1;
    else givenBack += await freer.addFreeing([row.id]);
  }
  return { leases, givenBack };
}

/** @returns whether it became a lease. */
async function settle({ store, journal, namespaces, clock, log }: FlowPorts, row: Row): Promise<boolean> {
  const held = await store.look(row.place);
  const isOurs = held !== undefined && row.attempts.includes(held.attempt);
  const verdict = await judge(namespaces, clock, row.holder.evidence);
  const mayLive = verdict.kind === "stands" || verdict.kind === "unproven";
  if (isOurs && mayLive) {
    const change: Change = { kind: "lease", id: row.id, version: held.version };
    const answer = await journal.commit([change], { unless: row.holder });
    if (answer.kind === "committed") {
      log.info("An ADD that was cut off holds its address: kept as a lease", aboutRow(row));
      return true;
    }
  }
  await journal.commit([freeing(row, "an ADD was cut off")], { urgent: true });
  return false;
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
