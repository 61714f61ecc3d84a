/**
 * A cluster in memory that was changed over to Berth alone, and its agents, which write entries while somebody goes back.
 *
 * @module
 */
import { entryOf } from "../../core/kube/mixed.ts";
import { finish } from "../../core/migrate/finish.ts";
import type { FinishOptions } from "../../core/migrate/plan-finish.ts";
import type { Claim } from "../../core/ports/store.ts";
import { createStage, type Stage, watched, type Watched } from "./cluster-stage.ts";

/** Neither accepts nor removes anything that a person has not looked at. */
export const usual: FinishOptions = { acceptUnknownExecutables: false, removeDeadEntries: false };

export type Leased = { readonly stage: Stage; readonly leases: readonly Claim[] };

/** Beside Whereabouts, with two leases. */
export function withLeases(): Leased {
  const stage = createStage();
  return { stage, leases: [stage.held("10.0.0.5"), stage.held("10.0.0.6")] };
}

/** Berth alone, with two leases whose entries are gone. */
export async function changedOver(): Promise<Leased> {
  const { stage, leases } = withLeases();
  await stage.clock.until(finish(stage.needs(), usual, watched()));
  return { stage, leases };
}

/** Watches the command; while it waits each agent writes its own leases' entries. */
export function agents(stage: Stage, leases: readonly Claim[]): Watched {
  return watched(({ kind }) => {
    if (kind === "waiting") write(stage, leases);
  });
}

/** The entries of these leases that are not there. */
export function write(stage: Stage, leases: readonly Claim[]): void {
  for (const one of leases) {
    const key = String(one.place.address.value & 255n);
    if (!stage.entries().includes(key)) stage.entry("blue-10.0.0.0-24", `10.0.0.${key}`, entryOf(one));
  }
}
