/**
 * What only the journal of this machine's agent knows, added to what the cluster shows: when an ADD was answered, what an ADD is
 * asking for, what is on its way back, and leases that another holds by now.
 *
 * @module
 */
import { knownAddress, sameAddress } from "../../core/ip/address.ts";
import { placeKey } from "../../core/kube/inventory-leases.ts";
import { withRecords } from "../../core/kube/inventory.ts";
import type { Inventory, LeaseFilter, LeaseRecord } from "../../core/ports/inventory.ts";
import type { ChosenStore } from "../choose-store.ts";

/** As it was, where this machine has no such journal. Leases of other nodes are not known to it. */
export function withJournal(
  { session }: Extract<ChosenStore, { kind: "kubernetes" }>,
  inventory: Inventory,
  filter: LeaseFilter,
): Inventory {
  const opened = session.world.openInventory(session.settings.stateDir);
  if (opened.kind !== "open") return inventory;
  try {
    if (opened.store !== "kubernetes") return inventory;
    const { node, within } = filter;
    const rows = [...opened.inventory.leases(filter)].filter(
      ({ isJournaled, holder }) => isJournaled && (node === undefined || holder?.node === node),
    );
    const resting = within === undefined ? [] : opened.inventory.resting(knownAddress(within.family, within.first));
    return {
      ...withRecords(inventory, merged([...inventory.leases({})], rows)),
      resting: (address) => resting.filter(({ place }) => sameAddress(place.address, address)),
    };
  } finally {
    opened.close();
  }
}

function merged(records: readonly LeaseRecord[], rows: readonly LeaseRecord[]): readonly LeaseRecord[] {
  const byPlace = new Map<string, LeaseRecord[]>();
  for (const row of rows) {
    const key = placeKey(row.place);
    byPlace.set(key, [...(byPlace.get(key) ?? []), row]);
  }
  const used = new Set<LeaseRecord>();
  const joined = records.map((record) => {
    const row = byPlace.get(placeKey(record.place))?.find((one) => isSame(record, one));
    if (row === undefined) return record;
    used.add(row);
    return joinedOf(record, row);
  });
  const alone = rows.filter((row) => !used.has(row));
  return [...joined, ...alone];
}

/** By the attempt; or, while a renewal is on its way, by who holds it. */
function isSame({ attempt, holder, state }: LeaseRecord, row: LeaseRecord): boolean {
  if (attempt !== "" && attempt === row.attempt) return true;
  const [mine, other] = [holder?.attachment, row.holder?.attachment];
  if (mine === undefined || other === undefined || state === "conflict") return false;
  return mine.containerId === other.containerId && mine.ifName === other.ifName;
}

function joinedOf(record: LeaseRecord, row: LeaseRecord): LeaseRecord {
  const isUnderWay = row.state === "freeing" || row.state === "intent";
  return {
    ...record,
    ...(isUnderWay ? { state: row.state, reason: row.reason } : {}),
    answeredMs: row.answeredMs,
    isJournaled: true,
  };
}
