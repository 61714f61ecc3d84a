/**
 * The entries of an `IPPool`: who holds which address, as Whereabouts writes it (P6). An object may have been edited by
 * hand: what cannot be read is left as it is, told, and never a reason to give an address out (F40).
 *
 * @module
 */
import { type Address, addressOf, type AddressValue } from "../ip/address.ts";
import { parseAddressLeniently } from "../ip/lenient-text.ts";
import { addOffset, offsetBetween } from "../ip/offset.ts";
import { parseAddressWithPrefix, type Prefix, prefixContains } from "../ip/prefix.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import { isRecord, memberOf, shown } from "./member-of.ts";

export type PoolEntry = {
  /** Decimal distance from the address that stands in `spec.range`. */
  readonly key: string;
  /** The container id. */
  readonly id: string;
  /** `namespace/name`. */
  readonly podref: string;
  /** Old versions of Whereabouts wrote none. */
  readonly ifname?: string;
};

/** What stands among the entries and is none. */
export type Alien = {
  /** At most 64 characters of it. */
  readonly key: string;
  /** `spelling`: no plain decimal number; `range`: behind the range's end; `value`: it does not tell a holder. */
  readonly fault: "spelling" | "range" | "value";
  /** What it may have been meant for: never given out. */
  readonly may: Address | undefined;
};

export type PoolEntries = {
  readonly kind: "entries";
  /** The address that stands in `spec.range`, host bits included: key 0. */
  readonly base: Address;
  readonly prefix: Prefix;
  readonly entries: ReadonlyMap<AddressValue, PoolEntry>;
  readonly aliens: readonly Alien[];
  /** Every address of an entry, and every one that an alien may mean. */
  readonly taken: ReadonlySet<AddressValue>;
  readonly hasAllocations: boolean;
};

export type PoolText = PoolEntries | { readonly kind: "unreadable"; readonly fault: string };

/** More than an object of etcd's largest size can have. */
const entriesMax = 200_000;

/** Reads a pool. Cost: one pass over its entries, 4 ms for 5,000. */
export function readEntries(object: KubeObject): PoolText {
  const range = memberOf(object["spec"], "range");
  const read = typeof range === "string" ? parseAddressWithPrefix(range, parseAddressLeniently) : undefined;
  if (read === undefined) return unreadable(`a range in spec.range, found ${shown(range)}`);
  const allocations = memberOf(object["spec"], "allocations") ?? undefined;
  if (allocations !== undefined && !isRecord(allocations)) {
    return unreadable(`entries by key in spec.allocations, found ${shown(allocations)}`);
  }
  const written = Object.entries(allocations ?? {});
  if (written.length > entriesMax) return unreadable(`at most ${entriesMax} entries, found ${written.length}`);
  const reading: Reading = { base: read.address, prefix: read.prefix, entries: new Map(), aliens: [] };
  for (const [key, value] of written) readOne(reading, key, value);
  const meant = reading.aliens.flatMap(({ may }) => (may === undefined ? [] : [may.value]));
  return {
    kind: "entries",
    ...reading,
    taken: new Set([...reading.entries.keys(), ...meant]),
    hasAllocations: allocations !== undefined,
  };
}

/** The key of an address; undefined when it lies before `base`, or is of another family. */
export function entryKey(base: Address, address: Address): string | undefined {
  return address.value < base.value ? undefined : offsetBetween(base, address)?.toString();
}

type Reading = {
  readonly base: Address;
  readonly prefix: Prefix;
  readonly entries: Map<AddressValue, PoolEntry>;
  readonly aliens: Alien[];
};

const plainNumber = /^(?:0|[1-9]\d{0,38})$/;

function readOne({ base, prefix, entries, aliens }: Reading, key: string, value: unknown): void {
  const alien = (fault: Alien["fault"], may: Address | undefined) =>
    void aliens.push({ key: key.slice(0, 64), fault, may });
  if (!plainNumber.test(key)) return alien("spelling", meantBy(base, key));
  const address = addOffset(base, BigInt(key));
  if (address === undefined || !prefixContains(prefix, address)) return alien("range", address);
  const entry = entryOf(key, value);
  if (entry === undefined) return alien("value", address);
  entries.set(address.value, entry);
}

function entryOf(key: string, value: unknown): PoolEntry | undefined {
  const [id, podref, ifname] = ["id", "podref", "ifname"].map((name) => memberOf(value, name));
  if (typeof id !== "string" || typeof podref !== "string") return undefined;
  if (ifname === undefined) return { key, id, podref };
  return typeof ifname === "string" ? { key, id, podref, ifname } : undefined;
}

/** Whereabouts takes `+6` and `06` for 6; a person may have written the address itself. */
function meantBy(base: Address, key: string): Address | undefined {
  const text = key.trim();
  const digits = text.replace(/^[+-]?0*/, "");
  const isNumber = /^[+-]?\d+$/.test(text) && digits.length < 40;
  if (!isNumber) {
    const written = parseAddressLeniently(text);
    return written?.family === base.family ? written : undefined;
  }
  const offset = BigInt(digits === "" ? 0 : digits);
  return addressOf(base.family, text.startsWith("-") ? base.value - offset : base.value + offset);
}

function unreadable(expected: string): PoolText {
  return { kind: "unreadable", fault: expected };
}
