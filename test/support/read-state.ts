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
