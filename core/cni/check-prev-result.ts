/**
 * CHECK's judgement: what is held, what the runtime believes, and what the interface has.
 *
 * @module
 */
import { type About, type Failure, failure } from "../failure/failure.ts";
import { type Address, sameAddress } from "../ip/address.ts";
import { formatAddress } from "../ip/address-text.ts";
import type { GivenAddress } from "./result.ts";

type Placed = Pick<GivenAddress, "address" | "prefixLength">;

export type CheckInput = {
  /** What the attachment holds. */
  readonly held: readonly Placed[];
  /** Of `prevResult`. It may name more: other plugins of the chain add addresses. */
  readonly believed: readonly Placed[];
  /** What was seen on the interface; undefined when it was not looked at. */
  readonly seen: readonly Placed[] | undefined;
};

/** Every difference: LeaseMissing, ResultDiffers, InterfaceDiffers. Empty when all is well. */
export function checkPrevResult({ held, believed, seen }: CheckInput, about: About): readonly Failure[] {
  if (held.length === 0) {
    const value = `${about.containerId ?? ""} ${about.ifName ?? ""}`.trim();
    return [failure("LeaseMissing", value, "an address held for it", about)];
  }
  const failures: Failure[] = [];
  for (const lease of held) {
    const text = formatPlaced(lease);
    const known = find(believed, lease.address);
    if (known?.prefixLength !== lease.prefixLength) {
      failures.push(failure("ResultDiffers", text, `it in prevResult, which has ${listed(believed)}`, about));
    }
    if (seen !== undefined && find(seen, lease.address)?.prefixLength !== lease.prefixLength) {
      failures.push(failure("InterfaceDiffers", about.ifName ?? "", `${text} on it, which has ${listed(seen)}`, about));
    }
  }
  return failures;
}

function find(list: readonly Placed[], address: Address): Placed | undefined {
  return list.find((placed) => sameAddress(placed.address, address));
}

function listed(list: readonly Placed[]): string {
  const told = list.slice(0, 8).map(formatPlaced);
  const more = list.length > told.length ? [`${list.length - told.length} more`] : [];
  return list.length === 0 ? "none" : [...told, ...more].join(", ");
}

function formatPlaced({ address, prefixLength }: Placed): string {
  return `${formatAddress(address)}/${prefixLength}`;
}
