/**
 * In which network an address is withheld: named, or the only one that can be meant.
 *
 * @module
 */
import type { Address } from "../core/ip/address.ts";
import { formatAddress } from "../core/ip/address-text.ts";
import type { Inventory } from "../core/ports/inventory.ts";
import { refuseUnknownNetwork } from "./arguments.ts";
import { exitCodes } from "./exit.ts";
import { type Holding, holdingsOf } from "./holdings.ts";
import { type Refusal, refusal } from "./refusal.ts";

export type WithholdOptions = {
  readonly network?: string;
  readonly newNetwork?: boolean;
  readonly reason?: string;
  readonly undo?: boolean;
};

export type NetworkMeant = { readonly kind: "network"; readonly network: string; readonly isServed: boolean } | Refusal;

const newHint = "for a network that is not used here yet: --new-network";

/** Never guessed: an address withheld in a network that nobody uses would look withheld, and be given. */
export function chooseNetwork(
  inventory: Inventory,
  address: Address,
  options: WithholdOptions & { readonly nowMs: number },
): NetworkMeant {
  const { network, undo, nowMs } = options;
  const unknown = options.newNetwork === true ? undefined : refuseUnknownNetwork(inventory, network);
  if (unknown !== undefined) return { ...unknown, next: [...unknown.next, ...(undo === true ? [] : [newHint])] };
  const holdings = holdingsOf(inventory, address, { network, nowMs });
  const isServed = ({ ranges }: Holding) => ranges.length > 0;
  if (network !== undefined) return { kind: "network", network, isServed: holdings.some(isServed) };
  const isWithheld = ({ records }: Holding) => records.some(({ state }) => state === "withheld");
  const candidates = holdings.filter(undo === true ? isWithheld : isServed);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1)
    return { kind: "network", network: only.network, isServed: isServed(only) };
  const text = formatAddress(address);
  const names = candidates.map((one) => JSON.stringify(one.network)).join(", ");
  if (names === "" && undo === true) {
    const message = `Cannot give back address "${text}": expected an address that is withheld`;
    return refusal(exitCodes.no, message, `run: berthctl show ${text}`);
  }
  const expected = names === "" ? "--network, because no range seen here contains it" : `--network, one of: ${names}`;
  const next = names === "" ? "run: berthctl networks" : `run: berthctl show ${text}`;
  return refusal(exitCodes.usage, `Cannot withhold address "${text}": expected ${expected}`, next);
}
