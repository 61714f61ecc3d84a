/**
 * Reading the state file for people. Works while the agent writes it, and without an agent.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import type { Inventory } from "../../core/ports/inventory.ts";
import { hexOf, number, placeOf } from "./columns.ts";
import { leaseRecords } from "./lease-records.ts";
import { rangeUses } from "./range-uses.ts";
import { statementsOf } from "./statements.ts";

/** @param database may be open for reading only */
export function createInventory(database: DatabaseSync): Inventory {
  const sql = statementsOf(database);
  return {
    ranges: () => rangeUses(sql),
    leases: (filter) => leaseRecords(sql, filter),
    resting: (address) =>
      sql("SELECT * FROM resting WHERE family = $family AND value = $value ORDER BY network, pool")
        .all({ family: address.family, value: hexOf(address) })
        .map((columns) => ({ place: placeOf(columns), untilMs: number(columns, "until_ms") })),
  };
}
