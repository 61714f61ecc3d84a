/**
 * Do leases hang: unproven, half asked for, half given back, or known to one side only? Is an address held twice?
 *
 * @module
 */
import { formatAddress } from "../../core/ip/address-text.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Inventory, LeaseRecord } from "../../core/ports/inventory.ts";
import { countWord } from "../format/words.ts";
import { fail, type Finding, ok, type Patient, warn } from "./finding.ts";
import { createTwiceCheck } from "./held-twice.ts";

const what = "leases";
const oldMs = 60_000;
/** A running agent has let go of an address long before. */
const settleMs = 3_000;
const lookEveryMs = 250;

export async function checkLeases({ opened, session, status }: Patient): Promise<readonly Finding[]> {
  if (opened.kind !== "open") return [];
  const isShared = opened.store === "kubernetes";
  const { clock } = session.world;
  // What a cluster holds is compared with the journal by the agent.
  const inventory = isShared ? asHeld(opened.inventory) : opened.inventory;
  const before = tallyOf(inventory, clock.nowMs());
  const isUp = status !== undefined;
  const tally = isUp && before.freeing.count > 0 ? await settled(inventory, clock, before) : before;
  const findings = judgeTally(tally, isUp, before.freeing.count);
  if (findings.length > 0) return findings;
  return [
    ok(what, isShared ? `${tally.all} of this node, ${tally.freeing.count} on the way back` : `${tally.all} held`),
  ];
}

function asHeld(inventory: Inventory): Inventory {
  return {
    ...inventory,
    leases: function* (filter) {
      for (const record of inventory.leases(filter)) yield { ...record, isHeld: record.state !== "intent" };
    },
  };
}

/** Looks again until an address got back: then they are only many, and not stuck. */
async function settled(inventory: Inventory, clock: Clock, before: Tally): Promise<Tally> {
  const untilNs = clock.bootNs() + BigInt(settleMs) * 1_000_000n;
  let tally = before;
  while (tally.freeing.count >= before.freeing.count && clock.bootNs() < untilNs) {
    await clock.wait(lookEveryMs);
    tally = tallyOf(inventory, clock.nowMs());
  }
  return tally;
}

type Kind = { readonly count: number; readonly example: LeaseRecord | undefined };

type Tally = {
  readonly all: number;
  readonly unproven: Kind;
  readonly oldIntents: Kind;
  readonly freeing: Kind;
  readonly unjournaled: Kind;
  readonly unheld: Kind;
  readonly twice: Kind;
};

const none: Kind = { count: 0, example: undefined };

function tallyOf(inventory: Inventory, nowMs: number): Tally {
  const kinds = { unproven: none, oldIntents: none, freeing: none, unjournaled: none, unheld: none };
  const isTwice = createTwiceCheck();
  let all = 0;
  let twice = none;
  for (const record of inventory.leases({})) {
    if (record.isHeld) all += 1;
    if (isTwice(record)) twice = oneMore(twice, record);
    const kind = kindOf(record, nowMs);
    if (kind !== undefined) kinds[kind] = oneMore(kinds[kind], record);
  }
  return { all, twice, ...kinds };
}

function oneMore({ count, example }: Kind, record: LeaseRecord): Kind {
  return { count: count + 1, example: example ?? record };
}

function kindOf(record: LeaseRecord, nowMs: number): Exclude<keyof Tally, "all" | "twice"> | undefined {
  const { state, holder, isHeld, isJournaled, sinceMs } = record;
  if (state === "withheld") return undefined;
  if (state === "freeing") return "freeing";
  if (state === "intent") return nowMs - sinceMs > oldMs ? "oldIntents" : undefined;
  // Told by the agent's own count.
  if (state === "conflict") return undefined;
  if (!isHeld) return "unheld";
  if (!isJournaled) return "unjournaled";
  return holder?.evidence.kind === "void" ? "unproven" : undefined;
}

const restart = "run: systemctl restart berth-agent";

function judgeTally(tally: Tally, isUp: boolean, begun: number): readonly Finding[] {
  const found: Finding[] = [];
  const { unproven, oldIntents, freeing, unjournaled, unheld, twice } = tally;
  if (twice.count > 0) {
    const text = `${leases(twice)} of an address that somebody else of the same pool or network holds`;
    found.push(fail(what, text, `end one of the two: run: berthctl show ${addressOf(twice)}`));
  }
  if (unproven.count > 0) {
    const text = `${leases(unproven)} with no proof of the network namespace: kept until a DEL comes`;
    found.push(warn(what, text, `run: berthctl show ${addressOf(unproven)}`));
  }
  if (oldIntents.count > 0) {
    const text = `${leases(oldIntents)} asked for more than a minute ago and not settled`;
    found.push(warn(what, text, isUp ? restart : "run: systemctl start berth-agent"));
  }
  if (freeing.count > 0 && !isUp)
    found.push(warn(what, `${leases(freeing)} given back when the agent starts`, "run: systemctl start berth-agent"));
  if (freeing.count > 0 && isUp && freeing.count >= begun) {
    const text = `${leases(freeing)} on the way back, and none got there within ${settleMs / 1000} s`;
    found.push(warn(what, text, "look at the agent's log: journalctl -u berth-agent -n 50"));
  }
  if (unjournaled.count > 0) {
    const text = `${leases(unjournaled)} held that the journal does not know: nobody would give it back`;
    found.push(warn(what, text, `run: berthctl show ${addressOf(unjournaled)}`));
  }
  if (unheld.count > 0) {
    const text = `${leases(unheld)} answered that the store does not hold: another container could get the address`;
    found.push(fail(what, text, restart));
  }
  return found;
}

function leases(kind: Kind): string {
  return `${countWord(kind.count, "lease")} (such as ${addressOf(kind)})`;
}

function addressOf({ example }: Kind): string {
  return example === undefined ? "" : formatAddress(example.place.address);
}
