/**
 * Reading the entries of a pool, also of one that was edited by hand.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { test as property, fc } from "@fast-check/vitest";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { addressOf } from "../../../core/ip/address.ts";
import { entryKey, readEntries, type Alien, type PoolEntries } from "../../../core/kube/pool-entries.ts";
import type { KubeObject } from "../../../core/ports/kube-api.ts";
import { address } from "../../support/samples.ts";

const holder = { id: "c1", podref: "default/web-0", ifname: "net1" };

function pool(range: unknown, allocations?: unknown): KubeObject {
  const spec = allocations === undefined ? { range } : { range, allocations };
  return { metadata: { name: "pool" }, spec };
}

function entriesOf(object: KubeObject): PoolEntries {
  const read = readEntries(object);
  if (read.kind !== "entries") throw new Error(read.fault);
  return read;
}

function textsOf(values: Iterable<bigint>, family: 4 | 6 = 4): string[] {
  return [...values].map((value) => {
    const made = addressOf(family, value);
    return made === undefined ? "none" : formatAddress(made);
  });
}

describe("readEntries()", () => {
  test("reads entries with and without the interface's name", () => {
    const { entries, base, aliens, hasAllocations } = entriesOf(
      pool("10.0.0.0/24", { 5: holder, 6: { id: "", podref: "default/old" } }),
    );
    expect(base).toEqual(address("10.0.0.0"));
    expect([...entries.values()]).toEqual([
      { key: "5", ...holder },
      { key: "6", id: "", podref: "default/old" },
    ]);
    expect(textsOf(entries.keys())).toEqual(["10.0.0.5", "10.0.0.6"]);
    expect({ aliens, hasAllocations }).toEqual({ aliens: [], hasAllocations: true });
  });

  const places: { name: string; range: string; key: string; address: string }[] = [
    { name: "an IPv4 range", range: "10.0.0.0/8", key: "65536", address: "10.1.0.0" },
    { name: "a range with host bits: they are key 0", range: "10.10.10.0/16", key: "1", address: "10.10.10.1" },
    { name: "an IPv6 range", range: "2001:db8::/64", key: "255", address: "2001:db8::ff" },
    { name: "2^63", range: "2001:db8::/64", key: "9223372036854775808", address: "2001:db8:0:0:8000::" },
    { name: "2^64 - 1", range: "fd00::/48", key: "18446744073709551615", address: "fd00::ffff:ffff:ffff:ffff" },
    { name: "key 0", range: "10.0.0.0/24", key: "0", address: "10.0.0.0" },
    { name: "a range with leading zeros", range: "010.000.0.0/24", key: "5", address: "10.0.0.5" },
  ];
  test.each(places)("reads the key of $name, and writes the same", ({ range, key, address: text }) => {
    const { entries, base } = entriesOf(pool(range, { [key]: holder }));
    expect([...entries.keys()]).toEqual([address(text).value]);
    expect(entryKey(base, address(text))).toBe(key);
  });

  const aliens: { name: string; key: string; fault: Alien["fault"]; may?: string; value?: unknown; range?: string }[] =
    [
      { name: "a leading zero", key: "06", fault: "spelling", may: "10.0.0.6" },
      { name: "many leading zeros", key: `${"0".repeat(200)}6`, fault: "spelling", may: "10.0.0.6" },
      { name: "a plus", key: "+6", fault: "spelling", may: "10.0.0.6" },
      { name: "a space", key: " 6", fault: "spelling", may: "10.0.0.6" },
      { name: "minus nothing", key: "-0", fault: "spelling", may: "10.0.0.0" },
      { name: "a negative number", key: "-5", fault: "spelling", may: "9.255.255.251" },
      {
        name: "a negative number above the network",
        range: "10.0.0.10/24",
        key: "-5",
        fault: "spelling",
        may: "10.0.0.5",
      },
      { name: "the address itself", key: "10.0.0.6", fault: "spelling", may: "10.0.0.6" },
      { name: "an address of the other family", key: "fd00::6", fault: "spelling" },
      { name: "no number", key: "abc", fault: "spelling" },
      { name: "nothing", key: "", fault: "spelling" },
      { name: "a number that no family has", key: "9".repeat(5000), fault: "spelling" },
      { name: "a key behind the range", key: "256", fault: "range", may: "10.0.1.0" },
      { name: "a key behind the family", key: "4294967296", fault: "range" },
      { name: "an entry of no holder", key: "6", fault: "value", may: "10.0.0.6", value: null },
      { name: "an entry without a pod", key: "6", fault: "value", may: "10.0.0.6", value: { id: "c1" } },
      { name: "an entry with a number", key: "6", fault: "value", may: "10.0.0.6", value: { ...holder, ifname: 7 } },
      { name: "a list for an entry", key: "6", fault: "value", may: "10.0.0.6", value: ["c1", "p"] },
    ];
  test.each(aliens)("keeps $name, tells it, and takes what it may mean for held (F40)", (row) => {
    const value = row.value === undefined ? holder : row.value;
    const read = entriesOf(pool(row.range ?? "10.0.0.0/24", { [row.key]: value }));
    const may = row.may === undefined ? undefined : address(row.may);
    expect(read.aliens).toEqual([{ key: row.key.slice(0, 64), fault: row.fault, may }]);
    expect(read.entries.size).toBe(0);
    expect(textsOf(read.taken)).toEqual(row.may === undefined ? [] : [row.may]);
  });

  test("takes entries and what aliens mean for held, together", () => {
    const read = entriesOf(pool("10.0.0.0/24", { 5: holder, "06": holder, abc: holder }));
    expect(textsOf(read.taken).sort()).toEqual(["10.0.0.5", "10.0.0.6"]);
  });

  test("knows a pool without entries from one without a place for them", () => {
    expect(entriesOf(pool("10.0.0.0/24", {}))).toMatchObject({ hasAllocations: true });
    expect(entriesOf(pool("10.0.0.0/24", null))).toMatchObject({ hasAllocations: false });
    expect(entriesOf(pool("10.0.0.0/24"))).toMatchObject({ hasAllocations: false });
  });

  const unreadable: { name: string; object: KubeObject; fault: RegExp }[] = [
    { name: "no range", object: pool(undefined), fault: /spec\.range, found nothing$/ },
    { name: "no text for a range", object: pool(7), fault: /found 7$/ },
    { name: "a range that is none", object: pool("10.0.0.0/33"), fault: /found "10\.0\.0\.0\/33"$/ },
    { name: "a long range", object: pool("x".repeat(100_000)), fault: /^.{1,150}$/ },
    { name: "a list of entries", object: pool("10.0.0.0/24", [holder]), fault: /spec\.allocations/ },
    { name: "a text for entries", object: pool("10.0.0.0/24", "none"), fault: /spec\.allocations/ },
    { name: "no spec", object: { metadata: { name: "pool" } }, fault: /spec\.range/ },
    { name: "a null for a spec", object: { metadata: { name: "pool" }, spec: null }, fault: /spec\.range/ },
  ];
  test.each(unreadable)("cannot read a pool with $name, and says so", ({ object, fault }) => {
    expect(readEntries(object)).toEqual({ kind: "unreadable", fault: expect.stringMatching(fault) });
  });

  property.prop([
    fc.oneof(fc.constantFrom("10.0.0.0/24", "fd00::1/64", "0.0.0.0/0", "::/0"), fc.string()),
    fc.dictionary(fc.oneof(fc.string(), fc.bigInt().map(String)), fc.anything()),
  ])("never throws, and every key is an entry or an alien", (range, allocations) => {
    const read = readEntries(pool(range, allocations));
    if (read.kind !== "entries") return;
    expect(read.entries.size + read.aliens.length).toBe(Object.keys(allocations).length);
    for (const value of read.entries.keys()) expect(read.taken.has(value)).toBe(true);
  });
});

describe("entryKey()", () => {
  test.each([
    { name: "an address before the base", base: "10.0.0.10", of: "10.0.0.9" },
    { name: "an address of the other family", base: "10.0.0.0", of: "fd00::1" },
  ])("knows none for $name", ({ base, of }) => {
    expect(entryKey(address(base), address(of))).toBeUndefined();
  });

  property.prop([fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })])("is read back as the same address", (offset) => {
    const base = address("2001:db8::");
    const made = addressOf(6, base.value + offset);
    if (made === undefined) throw new Error("no address");
    const key = entryKey(base, made) ?? "";
    const read = entriesOf(pool("2001:db8::/64", { [key]: holder }));
    expect([...read.entries]).toEqual([[made.value, { key, ...holder }]]);
  });
});
