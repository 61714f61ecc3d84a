/**
 * Withheld addresses of a cluster: kept back, and given back, by whoever may write reservations (P21). An agent does the same by its
 * store (`core/flow/operate.ts`).
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { type Claim, type ClaimAnswer, everywhere, type Held } from "../ports/store.ts";
import { type KubeStoreNeeds, nameOf } from "./needs.ts";
import { readReservation } from "./reservation.ts";
import { createKubeStore } from "./store.ts";
import { removeWithheldEntries } from "./withheld-halves.ts";

export type WithheldAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "taken"; readonly by: Held | undefined }
  /** It is not withheld. */
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly reason: string }
  /** It may have been done: repeating it completes it. */
  | { readonly kind: "unknown"; readonly reason: string };

export type WithheldOrder = {
  readonly network: string;
  readonly address: Address;
  readonly reason: string;
  /** New for each order. */
  readonly attempt: string;
  /** Wall clock, ms. */
  readonly nowMs: number;
};

const triesMax = 3;

/** Repeating it with the same reason completes what an earlier run left half-done. */
export async function withholdAddress(needs: KubeStoreNeeds, order: WithheldOrder): Promise<WithheldAnswer> {
  const claim = claimOf(order);
  const answer = await claimSurely(needs, claim);
  switch (answer.kind) {
    case "held":
      return { kind: "done" };
    case "taken":
      return { kind: "taken", by: answer.by };
    case "disagrees":
      return { kind: "refused", reason: `the setting of overlapping ranges of definition ${answer.definition}` };
    case "refused":
    case "unknown":
      return answer;
    default:
      return answer satisfies never;
  }
}

/** Also what is left of it when its reservation was removed by hand. */
export async function giveBackWithheld(
  needs: KubeStoreNeeds,
  { network, address }: Pick<WithheldOrder, "network" | "address">,
): Promise<WithheldAnswer> {
  const place = everywhere(network, address);
  const found = await needs.api.read(nameOf(needs, place));
  if (found.kind === "refused") return { kind: "refused", reason: found.message };
  if (found.kind === "unknown") return found;
  const held = found.kind === "object" ? readReservation(found.object, place) : undefined;
  if (held === undefined) {
    const removed = await removeWithheldEntries(needs, place);
    if (removed.kind === "unknown") return removed;
    return removed.count === 0 ? { kind: "missing" } : { kind: "done" };
  }
  if (held.kind !== "withheld") return { kind: "missing" };
  const answer = await createKubeStore(needs).release(held);
  if (answer.kind === "freed") return { kind: "done" };
  const reason = answer.kind === "unknown" ? answer.reason : "somebody changed it at this moment";
  return { kind: "unknown", reason };
}

/** An unknown outcome is settled by repeating the same create (P9); a refusal does not settle it. */
async function claimSurely(needs: KubeStoreNeeds, claim: Claim): Promise<ClaimAnswer> {
  const store = createKubeStore(needs);
  let answer = await store.claim(claim, false);
  for (let tries = 1; answer.kind === "unknown" && !answer.hopeless && tries < triesMax; tries += 1) {
    const again = await store.claim(claim, true);
    if (again.kind === "refused" && answer.mayLand) return answer;
    answer = again;
  }
  return answer;
}

function claimOf({ network, address, reason, attempt, nowMs }: WithheldOrder): Claim {
  return {
    place: everywhere(network, address),
    kind: "withheld",
    attempt,
    holder: undefined,
    sinceMs: nowMs,
    reason,
  };
}
