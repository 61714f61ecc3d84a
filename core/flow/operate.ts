/**
 * What a person orders: release an address, withhold one, give a withheld one back (P21).
 *
 * @module
 */
import { type Failure, failure } from "../failure/failure.ts";
import { formatAddress } from "../ip/address-text.ts";
import { type Address, sameAddress } from "../ip/address.ts";
import { podRef } from "../ports/holder.ts";
import type { Row } from "../ports/journal.ts";
import { everywhere, type Held } from "../ports/store.ts";
import { aboutRow } from "./about.ts";
import { createDeadline } from "./canceller.ts";
import { disagreement } from "./disagreement.ts";
import { judge } from "./evidence.ts";
import { eachLease } from "./leases.ts";
import type { HoldNeeds } from "./asking.ts";

export type OperatorAnswer =
  | {
      readonly kind: "done";
      readonly network: string;
      /** Canonical text. */
      readonly address: string;
      /** The pod that held it; "" for a withheld address. */
      readonly holder: string;
    }
  | { readonly kind: "failed"; readonly failure: Failure };

export type ReleaseOrder = {
  readonly address: Address;
  /** Undefined: the only network that holds it. */
  readonly network: string | undefined;
  /** Also while the network namespace of its attachment stands. */
  readonly force: boolean;
  /** The newest attempt of the lease that is meant; undefined: whoever holds it. */
  readonly attempt?: string | undefined;
};

export async function releaseOrder(needs: HoldNeeds, order: ReleaseOrder): Promise<OperatorAnswer> {
  const { namespaces, clock } = needs.ports;
  const text = formatAddress(order.address);
  const found = await leaseFor(needs, order);
  if (found.kind === "failed") return found;
  const { row } = found;
  const about = { network: row.place.network, pod: podRef(row.holder) };
  const verdict = await judge(namespaces, clock, row.holder.evidence);
  if (verdict.kind === "stands" && !order.force) {
    const expected = `its attachment to have ended, but the network namespace ${row.holder.evidence.path} of pod ${podRef(row.holder)} stands (--force frees it all the same)`;
    return fail(failure("StillInUse", text, expected, about));
  }
  if (verdict.kind === "unproven" && !order.force && (await mayLive(needs, row))) {
    const expected = `its attachment to have ended, but nothing proves it (${verdict.why}), and pod ${podRef(row.holder)} lives or cannot be asked after (--force frees it all the same)`;
    return fail(failure("StillInUse", text, expected, about));
  }
  const freed = await free(needs, row);
  if (freed === "full") return fail(failure("DiskFull", text, "a journal that can be written"));
  if (freed === "changed") return fail(failure("StillInUse", text, changedMeanwhile, about));
  needs.ports.log.warn("An operator released an address", { ...aboutRow(row), forced: order.force });
  return { kind: "done", network: row.place.network, address: text, holder: podRef(row.holder) };
}

const changedMeanwhile = "the holder that was looked at, but another attachment has the address by now";

/** In a cluster a pod can be asked after where its namespace proves nothing. */
async function mayLive({ ports: { cluster } }: HoldNeeds, { holder: { pod } }: Row): Promise<boolean> {
  return cluster !== undefined && pod !== undefined && (await cluster.podLives(pod)) !== false;
}

type FoundLease = { readonly kind: "lease"; readonly row: Row } | Extract<OperatorAnswer, { kind: "failed" }>;

/** The one lease that is meant. */
async function leaseFor(needs: HoldNeeds, order: ReleaseOrder): Promise<FoundLease> {
  const { network, attempt } = order;
  const text = formatAddress(order.address);
  const rows = await leasesAt(needs, order);
  const networks = [...new Set(rows.map(({ place }) => place.network))];
  if (networks.length > 1) {
    const names = networks.map((name) => JSON.stringify(name)).join(", ");
    return fail(failure("AddressNotAllowed", text, `--network, one of: ${names}`));
  }
  const row = attempt === undefined ? rows[0] : rows.find(({ attempts }) => attempts.at(-1) === attempt);
  if (row !== undefined) return { kind: "lease", row };
  const other = rows[0];
  return other === undefined
    ? fail(failure("LeaseMissing", text, "a lease of that address on this node", { network }))
    : fail(failure("StillInUse", text, changedMeanwhile, { network: other.place.network, pod: podRef(other.holder) }));
}

/** Frees what was judged, and nothing that took its place meanwhile; waits for the store, but not for ever. */
async function free({ ports, freer }: HoldNeeds, row: Row): Promise<"freed" | "changed" | "full"> {
  const { journal, clock, limits } = ports;
  const whileAttempt = row.attempts.at(-1) ?? "";
  const reason = "an operator released it";
  const answer = await journal.commit([{ kind: "free", id: row.id, reason, whileAttempt }], { urgent: true });
  if (answer.kind !== "committed") return "full";
  const now = await journal.row(row.id);
  if (now?.state !== "freeing") return now === undefined ? "freed" : "changed";
  freer.add([now]);
  const wait = createDeadline(clock, limits.delMs);
  await freer.settled((place) => sameAddress(place.address, row.place.address), wait.signal);
  wait.cancel();
  return "freed";
}

async function leasesAt({ ports }: HoldNeeds, { address, network }: ReleaseOrder): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const row of eachLease(ports)) {
    const isHere = sameAddress(row.place.address, address) && (network === undefined || row.place.network === network);
    if (isHere) rows.push(row);
  }
  return rows;
}

export type WithholdOrder = { readonly network: string; readonly address: Address; readonly reason: string };

/** Keeps an address back from every pool of its network. The commit survives a power cut (DESIGN 4). */
export async function withholdOrder(
  { ports, pools }: HoldNeeds,
  { network, address, reason }: WithholdOrder,
): Promise<OperatorAnswer> {
  const { store, random, clock } = ports;
  const place = everywhere(network, address);
  const answer = await store.claim({
    place,
    kind: "withheld",
    attempt: random.id(),
    holder: undefined,
    sinceMs: clock.nowMs(),
    reason,
  });
  const text = formatAddress(address);
  switch (answer.kind) {
    case "held":
      pools.took(place, "withheld");
      return { kind: "done", network, address: text, holder: "" };
    case "taken": {
      const by = takenBy(answer.by ?? (await store.look(place).catch(() => undefined)));
      return fail(failure("AddressTaken", text, `a free address, ${by}`, { network }));
    }
    case "refused":
      return fail(failure("StoreRefused", text, answer.reason, { network }));
    case "unknown":
      return fail(failure("OutcomeUnknown", text, `an answer of the store: ${answer.reason}`, { network }));
    case "disagrees":
      return fail(disagreement({ network, overlapping: true }, text, answer.definition));
    default:
      return answer satisfies never;
  }
}

function takenBy(by: Held | undefined): string {
  if (by === undefined) return "somebody holds it";
  return by.holder === undefined
    ? `it is withheld already: ${by.reason}`
    : `pod ${podRef(by.holder)} on node ${by.holder.node} holds it`;
}

export async function unwithholdOrder(
  { ports, pools }: HoldNeeds,
  { network, address }: Omit<WithholdOrder, "reason">,
): Promise<OperatorAnswer> {
  const text = formatAddress(address);
  const held = await ports.store.look(everywhere(network, address));
  if (held?.kind !== "withheld")
    return fail(failure("LeaseMissing", text, "an address that is withheld in this network", { network }));
  const answer = await ports.store.release(held);
  if (answer.kind !== "freed") return fail(failure("OutcomeUnknown", text, "an answer of the store", { network }));
  pools.freed(held.place, "withheld", 0);
  return { kind: "done", network, address: text, holder: "" };
}

function fail(why: Failure): Extract<OperatorAnswer, { kind: "failed" }> {
  return { kind: "failed", failure: why };
}
