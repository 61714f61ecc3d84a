/**
 * Reads an agent's state file from outside, while it runs or after it was killed.
 *
 * @module
 */
import { join } from "node:path";
import { createInventory } from "../../adapters/sqlite/inventory.ts";
import { openStateFile } from "../../adapters/sqlite/open.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { AgentPlace } from "./agent-process.ts";

export type HeldAddress = {
  readonly network: string;
  readonly address: string;
  readonly containerId: string;
  readonly ifName: string;
  readonly isOnRecord: boolean;
};

/** Everything that is held, in the order of networks and addresses. */
export function readHeld({ stateDir }: AgentPlace): readonly HeldAddress[] {
  const opened = openStateFile(join(stateDir, "berth.db"), { readOnly: true });
  if (opened.kind === "fault") throw new Error(opened.fault.message);
  try {
    const records = [...createInventory(opened.database).leases({})].filter(({ isHeld }) => isHeld);
    return records.map(({ place, holder, kind, isJournaled }) => ({
      network: place.network,
      address: formatAddress(place.address),
      containerId: holder?.attachment.containerId ?? "",
      ifName: holder?.attachment.ifName ?? "",
      isOnRecord: isJournaled || kind === "withheld",
    }));
  } finally {
    opened.database.close();
  }
}

/** A row and a reservation belong together by their place and an attempt. */
const isSame = `row.scope = reservation.scope AND row.family = reservation.family AND row.value = reservation.value
  AND EXISTS (SELECT 1 FROM json_each(row.attempts) WHERE json_each.value = reservation.attempt)`;

/** What the store holds without just one row of the journal, and rows without just one reservation, a line each. */
export function readUnmatched({ stateDir }: AgentPlace): readonly string[] {
  const opened = openStateFile(join(stateDir, "berth.db"), { readOnly: true });
  if (opened.kind === "fault") throw new Error(opened.fault.message);
  try {
    const query = (of: string, partner: string, where: string) =>
      `SELECT '${of} ' || address || ' of ' || container_id || ' has ' || partners || ' ${partner}s' AS line FROM (
        SELECT *, (SELECT count(*) FROM ${partner} WHERE ${isSame}) AS partners FROM ${of}) WHERE partners <> 1 ${where}`;
    return [query("reservation", "row", "AND kind <> 'withheld'"), query("row", "reservation", "")].flatMap((sql) =>
      opened.database
        .prepare(sql)
        .all()
        .map(({ line }) => String(line)),
    );
  } finally {
    opened.database.close();
  }
}
