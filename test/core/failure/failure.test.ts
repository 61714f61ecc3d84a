/**
 * The table of failures: names and codes that never change, and the grammar of every message.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { type FailureName, failure, failures, shorten } from "../../../core/failure/failure.ts";

/** Written out: a name that is in logs and alerts somewhere never changes, and neither does its code. */
const released: { readonly [name in FailureName]: number } = {
  UnknownCniVersion: 1,
  UnsupportedField: 2,
  InvalidEnvironment: 4,
  NamespaceGone: 4,
  InterfaceUnreadable: 5,
  StoreUnreadable: 5,
  JournalUnwritable: 5,
  UndecodableConfig: 6,
  InvalidConfig: 7,
  InvalidRequest: 7,
  PoolDisagreement: 7,
  PoolFull: 11,
  StoreAway: 11,
  PoolUnusable: 11,
  StoreRefused: 11,
  ClusterUnready: 11,
  OutcomeUnknown: 11,
  DiskFull: 11,
  Superseded: 11,
  DeadlinePassed: 11,
  Overloaded: 11,
  Stopping: 11,
  NotReady: 50,
  Internal: 100,
  AddressTaken: 101,
  AddressNotAllowed: 102,
  LeaseMissing: 103,
  ResultDiffers: 104,
  InterfaceDiffers: 105,
  ProtocolMismatch: 106,
  RequestTooLarge: 107,
  DhcpUnavailable: 108,
  StillInUse: 109,
  InvalidSchedule: 110,
};

/** CNI SPEC 1.1.0, section "Error": the codes a plugin may use below 100; 0 and 8 to 10, 12 to 49 are reserved. */
const specCodes = [1, 2, 3, 4, 5, 6, 7, 11, 50, 51];

const names = Object.keys(failures) as FailureName[];

test("names and codes are those that were released", () => {
  expect(Object.fromEntries(names.map((name) => [name, failures[name].code]))).toEqual(released);
});

test("a code below 100 is one of the CNI specification, one of ours is used once", () => {
  const codes = Object.values(failures).map(({ code }): number => code);
  expect(codes.filter((code) => code < 100 && !specCodes.includes(code))).toEqual([]);
  const ours = codes.filter((code) => code >= 100);
  expect(new Set(ours).size).toBe(ours.length);
});

describe.each(names)("%s", (name) => {
  const { verb, thing, hint } = failures[name];
  const { message, details } = failure(name, "x y", "a wanted thing");

  test('reads: Cannot <verb> <thing> "<value>": expected <wanted>', () => {
    expect(message).toBe(`Cannot ${verb} ${thing} "x y": expected a wanted thing`);
    expect(message).toMatch(/^Cannot [a-z]+( [a-z]+)* [A-Za-z.]+( [a-z]+)* "x y": expected a wanted thing$/);
  });

  test("has no full stop, no contraction, and never calls anything invalid", () => {
    for (const text of [verb, thing, hint]) {
      expect(text).not.toMatch(
        /\.( |$)|n't\b|\w'(re|ll|ve|d|m)\b|\b(it|that|what)'s\b|\b(invalid|bad|illegal|wrong)\b/i,
      );
      expect(text).toBe(text.trim());
    }
  });

  test("hints at a command to run or a thing to do", () => {
    expect(hint).toMatch(/\brun: \S|\bnothing to do: |\b(set|give|free|ask|make|install|use|look at|report)\b/);
    expect(details.endsWith(hint)).toBe(true);
  });
});

describe("failure()", () => {
  const hints: { name: string; made: ReturnType<typeof failure>; ends: string }[] = [
    {
      name: "the address it is about",
      made: failure("AddressTaken", "10.0.0.5", "a free address"),
      ends: "run: berthctl show 10.0.0.5",
    },
    {
      name: "an address without its length",
      made: failure("ResultDiffers", "fd00::5/64", "it"),
      ends: "run: berthctl show fd00::5",
    },
    {
      name: "the network without a name, and the CIDR of a narrow range",
      made: failure("PoolFull", "", "a free one", { network: "", range: "10.0.0.0/24 10.0.0.5-10.0.0.9" }),
      ends: "run: berthctl leases --network '' --range 10.0.0.0/24",
    },
    {
      name: "nothing that a shell would take for more than a word",
      made: failure("PoolFull", "", "a free one", { network: "a; rm -rf /", range: "10.0.0.0/24" }),
      ends: "run: berthctl leases --network <network> --range 10.0.0.0/24",
    },
  ];
  test.each(hints)("hints at a command that can be pasted: $name", ({ made, ends }) => {
    expect(made.details.endsWith(ends)).toBe(true);
  });

  test("says what it is about, as far as that is known", () => {
    const about = {
      network: "blue",
      range: "10.0.0.0/24",
      pod: "default/web-0",
      definition: "blue-net",
      containerId: "c1",
      ifName: "net1",
    };
    expect(failure("PoolFull", "10.0.0.0/24", "a free address", about).details).toBe(
      "network blue, range 10.0.0.0/24, pod default/web-0, definition blue-net, container c1, interface net1; run: berthctl leases --network blue --range 10.0.0.0/24",
    );
    expect(failure("PoolFull", "10.0.0.0/24", "a free address", { network: "" }).details).toMatch(
      /^network \(unnamed\); /,
    );
    expect(failure("PoolFull", "10.0.0.0/24", "a free address").details).toMatch(/^run: /);
  });

  test("escapes and cuts what came from outside, in the message and in what it is about", () => {
    const { message, details } = failure("AddressTaken", `10.0.0.1"\nERROR forged`, "x", {
      pod: "a\u0007b",
      network: "n\nm",
    });
    expect(message).toBe(String.raw`Cannot give address "10.0.0.1\"\nERROR forged": expected x`);
    expect(details).toContain(String.raw`network n\nm, pod a\u0007b`);
    expect(failure("AddressTaken", "a".repeat(1000), "x").message.length).toBeLessThan(200);
  });
});

describe("shorten()", () => {
  test.each([
    { name: "leaves what is short", text: "abc", max: 3, wanted: "abc" },
    { name: "cuts what is longer, and shows that", text: "abcd", max: 3, wanted: "abc…" },
    { name: "escapes after cutting", text: "ab\n\n", max: 3, wanted: String.raw`ab\n…` },
  ])("$name", ({ text, max, wanted }) => expect(shorten(text, max)).toBe(wanted));
});
