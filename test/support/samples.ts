/**
 * Small valid values for tests: each takes what the test is about and fills in the rest.
 *
 * @module
 */
import { parseAddress } from "../../core/ip/address-text.ts";
import type { Address } from "../../core/ip/address.ts";
import type { Attachment, Holder, Started } from "../../core/ports/holder.ts";
import type { NewRow } from "../../core/ports/journal.ts";
import type { Claim, Place } from "../../core/ports/store.ts";

export function address(text: string): Address {
  const found = parseAddress(text);
  if (found === undefined) throw new Error(`Cannot parse sample address "${text}": expected an IP address`);
  return found;
}

export function attachment(changes: Partial<Attachment> = {}): Attachment {
  return { definition: "blue-net", containerId: "c1", ifName: "net1", ...changes };
}

export function started(bootNs: bigint | number, bootId = "boot-1"): Started {
  return { bootId, bootNs: BigInt(bootNs) };
}

export function holder(changes: Partial<Holder> = {}): Holder {
  return {
    attachment: attachment(),
    pod: { namespace: "default", name: "web-0", uid: "uid-1" },
    node: "node-1",
    started: started(1000),
    evidence: { kind: "seen", path: "/run/netns/a", device: "4", inode: "4026532000", bootId: "boot-1" },
    ...changes,
  };
}

export function place(text: string, changes: Partial<Place> = {}): Place {
  return { network: "blue", pool: "10.0.0.0/24", overlapping: true, address: address(text), ...changes };
}

export function claim(text: string, changes: Partial<Claim> = {}): Claim {
  return {
    place: place(text),
    kind: "dynamic",
    attempt: `attempt-${text}`,
    holder: holder(),
    sinceMs: 1_700_000_000_000,
    reason: "",
    ...changes,
  };
}

export function newRow(text: string, changes: Partial<NewRow> = {}): NewRow {
  return {
    holder: holder(),
    place: place(text),
    kind: "dynamic",
    index: 0,
    attempts: [`attempt-${text}`],
    sinceMs: 1_700_000_000_000,
    reuseAfterMs: 0,
    ...changes,
  };
}
