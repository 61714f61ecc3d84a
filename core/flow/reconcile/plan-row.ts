/**
 * A verdict as it is shown: the row of the plan. The names of its fields are documented, and stay.
 *
 * @module
 */
import type { JudgedLease } from "./needs.ts";
import { formatAddress } from "../../ip/address-text.ts";
import { podRef } from "../../ports/holder.ts";
import type { Unreadable } from "../../ports/scene.ts";
import type { FreeRule, KeepReason, Verdict } from "../../reconcile/verdict.ts";

export type PlanRow = {
  /** "" for a reservation that nobody can judge: `why` and `command` have its name. */
  readonly address: string;
  /** "" for the network without a name. */
  readonly network: string;
  /** CIDR; "" for an address of no pool. */
  readonly pool: string;
  /** `namespace/name`, or `/<containerId>`; "" when nobody holds it. */
  readonly pod: string;
  readonly node: string;
  readonly interface: string;
  readonly verdict: Verdict["kind"];
  /** Of a lease that is kept or reported. */
  readonly because: KeepReason | null;
  /** Which rule frees it; of a suspect: which one would. */
  readonly rule: FreeRule | null;
  readonly why: string;
  /** What became of a lease that was to be freed; null for all others. */
  readonly done: NonNullable<JudgedLease["done"]> | null;
  /** What a person has to run. */
  readonly command: string | null;
};

/** A reservation of which no more is known than its name. */
export function unreadableRow({ why, command }: Unreadable): PlanRow {
  const unknown = { address: "", network: "", pool: "", pod: "", node: "", interface: "" };
  return { ...unknown, verdict: "report", because: "unreadable", rule: null, why, done: null, command };
}

export function planRow({ lease, verdict, done }: JudgedLease): PlanRow {
  const { place, holder } = lease;
  return {
    address: formatAddress(place.address),
    network: place.network,
    pool: place.pool,
    pod: holder === undefined ? "" : podRef(holder),
    node: holder?.node ?? "",
    interface: holder?.attachment.ifName ?? "",
    verdict: verdict.kind,
    because: "because" in verdict ? verdict.because : null,
    rule: ("rule" in verdict ? verdict.rule : undefined) ?? null,
    why: verdict.why,
    done: done ?? null,
    command: verdict.kind === "report" ? verdict.command : null,
  };
}
