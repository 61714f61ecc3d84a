/**
 * Getting one address held: choose, write the intent down, ask the store, again until settled or refused (P7 to P9).
 *
 * @module
 */
import type { Wanted } from "../allocate/wanted.ts";
import { type Failure, failure } from "../failure/failure.ts";
import { formatAddress } from "../ip/address-text.ts";
import { type Address, addressOf, type AddressValue } from "../ip/address.ts";
import type { Range } from "../ip/range.ts";
import { formatRange } from "../ip/range-text.ts";
import type { Signal } from "../ports/clock.ts";
import { podRef } from "../ports/holder.ts";
import {
  type Claim,
  type ClaimAnswer,
  everywhere,
  type Held,
  type LeaseKind,
  type Place,
  type StoreQuery,
} from "../ports/store.ts";
import { aboutHolder } from "./about.ts";
import type { Asking, HoldNeeds } from "./asking.ts";
import { claimUntilKnown, leftBehind } from "./claim.ts";
import type { Deadline } from "./canceller.ts";
import { findFree } from "./find-free.ts";
import type { Taken } from "./freer.ts";
import { disagreement } from "./disagreement.ts";
import { notRecorded } from "./not-recorded.ts";
import type { FlowPorts } from "./ports.ts";

export type HoldAnswer =
  | {
      readonly kind: "held";
      readonly id: number;
      readonly attempt: string;
      readonly address: Address;
      readonly version: string;
    }
  /** `owed`: rows that must still be given back. */
  | { readonly kind: "refused"; readonly failure: Failure; readonly owed: readonly Taken[] };

/** Holds an address of a range, or the one static address. Nothing is answered to the runtime here. */
export async function hold(needs: HoldNeeds, asking: Asking, want: Wanted): Promise<HoldAnswer> {
  if (want.kind === "static") return holdOne(needs, asking, want, want.address);
  if (want.address !== undefined) return holdOne(needs, asking, want, want.address);
  const range = want.source.range;
  for (let refusals = 0; ; refusals += 1) {
    const found = await findFree(needs, asking, { query: queryOf(asking, want.pool), range, refusals });
    if (found.kind === "refused") return { ...found, owed: [] };
    const answer = await tryAddress(needs, asking, want, addressIn(range, found.value));
    if (answer.kind !== "taken") return answer;
  }
}

/** Just this address will do: what stands in its way is waited for, or named (P20). */
async function holdOne(needs: HoldNeeds, asking: Asking, want: Wanted, address: Address): Promise<HoldAnswer> {
  const place = placeOf(asking, want, address);
  for (;;) {
    const answer = await tryAddress(needs, asking, want, address);
    if (answer.kind !== "taken") return answer;
    if (!(await makeWay(needs, place, asking.deadline.signal))) {
      const by = answer.by ?? (await lookIfPossible(needs.ports, place));
      // Whereabouts gave it: perhaps to this very pod.
      if (by?.attempt === "" && by.kind === "dynamic") needs.keeper?.adoptSoon();
      return { kind: "refused", failure: takenFailure(asking, want, address, by), owed: [] };
    }
  }
}

/** For the message only: who cannot be asked stays unknown. */
async function lookIfPossible({ store }: FlowPorts, place: Place): Promise<Held | undefined> {
  try {
    return await store.look(place);
  } catch {
    return undefined;
  }
}

/** An address on its way back is waited for, and a stale lease of this node reclaimed. @returns whether to try again. */
async function makeWay({ ports, freer, reclaimer }: HoldNeeds, place: Place, signal: Signal): Promise<boolean> {
  const row = await ports.journal.rowAt(place);
  if (row === undefined || signal.aborted) return false;
  if (row.state === "lease" && (await reclaimer.reclaimRow(row)) === "kept") return false;
  return freer.settled((one) => one.address.value === place.address.value && one.network === place.network, signal);
}

type TryAnswer = HoldAnswer | { readonly kind: "taken"; readonly by: Held | undefined };

async function tryAddress(needs: HoldNeeds, asking: Asking, want: Wanted, address: Address): Promise<TryAnswer> {
  const { ports, pools, running } = needs;
  const { journal, clock, random } = ports;
  const place = placeOf(asking, want, address);
  const attempt = random.id();
  running.add(attempt);
  asking.attempts.push(attempt);
  const kind = leaseKindOf(want);
  const { holder, reuseAfterMs } = asking;
  const row = { holder, place, kind, index: want.index, attempts: [attempt], sinceMs: clock.nowMs(), reuseAfterMs };
  const intent = await journal.commit([{ kind: "intend", row }], { unless: holder });
  if (intent.kind === "occupied") {
    // By an ADD of this node that is not settled yet: not proposed again meanwhile (P9).
    pools.took(place, kind);
    return { kind: "taken", by: undefined };
  }
  if (intent.kind !== "committed") {
    pools.freed(place, kind, 0);
    return { kind: "refused", failure: notRecorded(holder, intent, aboutOf(asking, want)), owed: [] };
  }
  const id = invariant(intent.ids[0]);
  pools.took(place, kind);
  const answer = await ask(needs, { place, kind, attempt, holder, sinceMs: row.sinceMs, reason: "" }, asking.deadline);
  switch (answer.kind) {
    case "held":
      return (await isGivenBeside(ports, place, answer.beside))
        ? givenBeside(needs, asking, want, { id, attempt })
        : { kind: "held", id, attempt, address, version: answer.version };
    case "taken":
      if (answer.mayLand === true) await needs.freer.takeBack([{ id, attempt }], "what it sent may still land");
      else await journal.commit([{ kind: "end", id, restUntilMs: 0, whileAttempt: attempt }], { urgent: true });
      return { kind: "taken", by: answer.by };
    case "disagrees":
      await journal.commit([{ kind: "end", id, restUntilMs: 0, whileAttempt: attempt }], { urgent: true });
      pools.freed(place, kind, 0);
      return { kind: "refused", failure: disagreement(asking, place.pool, answer.definition), owed: [] };
    case "refused": {
      await journal.commit([{ kind: "end", id, restUntilMs: 0, whileAttempt: attempt }], { urgent: true });
      pools.freed(place, kind, 0);
      const why = failure("StoreRefused", formatAddress(address), answer.reason, aboutOf(asking, want));
      return { kind: "refused", failure: why, owed: [] };
    }
    case "unknown": {
      const why = failure(
        answer.reason === leftBehind.reason ? "DeadlinePassed" : "OutcomeUnknown",
        formatAddress(address),
        `an answer of the store: ${answer.reason}`,
        aboutOf(asking, want),
      );
      if (answer.mayLand) return { kind: "refused", failure: why, owed: [{ id, attempt }] };
      await journal.commit([{ kind: "end", id, restUntilMs: 0, whileAttempt: attempt }], { urgent: true });
      pools.freed(place, kind, 0);
      return { kind: "refused", failure: why, owed: [] };
    }
    default:
      return answer satisfies never;
  }
}

/** Whether Whereabouts gave this very interface another address of the pool, and this ADD did not find that on record. */
async function isGivenBeside({ journal }: FlowPorts, place: Place, beside: AddressValue | undefined): Promise<boolean> {
  if (beside === undefined) return false;
  const address = { ...place.address, value: beside };
  const places = [{ ...place, address }, everywhere(place.network, address)];
  const rows = await Promise.all(places.map((one) => journal.rowAt(one)));
  // Taken on record since this ADD looked for what the interface has, it bears no definition yet.
  return rows.every((row) => row === undefined || row.holder.attachment.definition === "");
}

/** It is put on record first: the next try of this ADD is answered that one (P14). */
function givenBeside({ keeper }: HoldNeeds, asking: Asking, want: Wanted, owed: Taken): HoldAnswer {
  keeper?.adoptSoon();
  const { containerId } = asking.holder.attachment;
  const expected = "the address that Whereabouts gave this container to be on record: try again";
  const why = failure("ClusterUnready", `of container ${containerId}`, expected, aboutOf(asking, want));
  return { kind: "refused", failure: why, owed: [owed] };
}

async function ask(needs: HoldNeeds, claim: Claim, deadline: Deadline): Promise<ClaimAnswer> {
  const answer = await claimUntilKnown(needs, claim, deadline);
  const told = answer.kind === "held" || answer.kind === "taken" ? answer.held : undefined;
  if (told !== undefined) needs.pools.learn(claim.place, told);
  return answer;
}

/** One row was intended: one id comes back. */
function invariant(id: number | undefined): number {
  if (id === undefined) throw new Error("Cannot go on with an intent: expected the id of its row");
  return id;
}

function takenFailure(asking: Asking, want: Wanted, address: Address, by: Held | undefined): Failure {
  return failure("AddressTaken", formatAddress(address), `a free address, ${heldBy(by)}`, aboutOf(asking, want));
}

function heldBy(by: Held | undefined): string {
  if (by === undefined) return "another attachment of this node is about to hold it";
  if (by.kind === "withheld") return `it is withheld: ${by.reason}`;
  if (by.holder === undefined) return "it is held";
  const { attachment, node } = by.holder;
  return `it is held by pod ${podRef(by.holder)}, interface ${attachment.ifName}, on node ${node}`;
}

function aboutOf({ holder, network }: Asking, want: Wanted) {
  return aboutHolder(holder, network, want.kind === "range" ? formatRange(want.source.range) : undefined);
}

function leaseKindOf(want: Wanted): Exclude<LeaseKind, "withheld"> {
  return want.kind === "range" ? "dynamic" : "static";
}

/** A static address has one holder in the network whatever the definition says of overlapping ranges (P21). */
function placeOf(asking: Pick<Asking, "network" | "overlapping">, want: Wanted, address: Address): Place {
  return want.kind === "range"
    ? { ...queryOf(asking, want.pool), address }
    : { network: asking.network, pool: "", overlapping: true, address };
}

function queryOf({ network, overlapping }: Pick<Asking, "network" | "overlapping">, pool: string): StoreQuery {
  return { network, pool, overlapping };
}

function addressIn(range: Range, value: bigint): Address {
  const address = addressOf(range.family, value);
  if (address === undefined) throw new Error(`Cannot propose ${value}: expected a number of the range's family`);
  return address;
}
