/**
 * Claims as objects and back: names, labels, annotations, and what anybody may have written there (P1, P2, F24, F37, F38).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatClaimText, readClaimText } from "../../../core/kube/claim-text.ts";
import { readEvidence } from "../../../core/kube/evidence-text.ts";
import { annotations, labels, labelValue, selector } from "../../../core/kube/labels.ts";
import { addressOfNetwork, isLegalName, poolName, reservationName } from "../../../core/kube/names.ts";
import { formatReservation, readReservation } from "../../../core/kube/reservation.ts";
import { formatVersion, parseVersion, revisionOf } from "../../../core/kube/version.ts";
import { Tide } from "../../../core/kube/tide.ts";
import type { KubeObject } from "../../../core/ports/kube-api.ts";
import type { Claim } from "../../../core/ports/store.ts";
import { address, claim, holder, place } from "../../support/samples.ts";

const writing = { namespace: "kube-system", journal: "journal-1" };

function written(made: Claim): KubeObject {
  const object = formatReservation(made, writing);
  if (object === undefined) throw new Error("no name");
  const { name, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, name, uid: "u", resourceVersion: "7" } };
}

describe("P1: what is written is read back", () => {
  const claims: { name: string; claim: Claim }[] = [
    { name: "a dynamic lease", claim: claim("10.0.0.5") },
    {
      name: "one with overlapping ranges off",
      claim: claim("10.0.0.5", { place: place("10.0.0.5", { overlapping: false }) }),
    },
    { name: "one of an unnamed network", claim: claim("10.0.0.5", { place: place("10.0.0.5", { network: "" }) }) },
    { name: "a static one", claim: claim("10.0.0.5", { kind: "static", place: place("10.0.0.5", { pool: "" }) }) },
    {
      name: "a withheld one",
      claim: claim("10.0.0.5", {
        kind: "withheld",
        holder: undefined,
        reason: "printer",
        place: place("10.0.0.5", { pool: "" }),
      }),
    },
    { name: "IPv6", claim: claim("fd00::5", { place: place("fd00::5", { pool: "fd00::/64" }) }) },
    { name: "IPv6 that ends in a colon", claim: claim("fd00::", { place: place("fd00::", { pool: "fd00::/64" }) }) },
    {
      name: "a pod without uid",
      claim: claim("10.0.0.5", { holder: holder({ pod: { namespace: "a", name: "b", uid: undefined } }) }),
    },
    {
      name: "evidence that is void",
      claim: claim("10.0.0.5", {
        holder: holder({ evidence: { kind: "void", path: "/x", bootId: "b", reason: "r" } }),
      }),
    },
    { name: "F24: a node of 253 characters", claim: claim("10.0.0.5", { holder: holder({ node: "n".repeat(253) }) }) },
  ];
  test.each(claims)("$name", ({ claim: made }) => {
    expect(readReservation(written(made))).toMatchObject({
      ...made,
      version: "u/7",
      journal: "journal-1",
      isLabelled: made.holder !== undefined,
    });
    for (const value of Object.values(written(made).metadata.labels ?? {}))
      expect(value.length).toBeLessThanOrEqual(63);
  });
});

describe("what others wrote", () => {
  test("a reservation of Whereabouts is what it was looked for as, and nobody's attempt", () => {
    const theirs = { metadata: { name: "blue-10.0.0.5" }, spec: { podref: "default/wb", ifname: "net1" } };
    expect(readReservation(theirs)).toBeUndefined();
    expect(readReservation(theirs, place("10.0.0.5"))).toMatchObject({
      attempt: "",
      holder: { pod: { name: "wb" }, node: "" },
    });
  });

  test.each([
    {
      name: "no spec",
      change: (object: KubeObject) => ({ metadata: object.metadata }),
      is: { holder: { pod: undefined } },
    },
    {
      name: "a spec of numbers",
      change: (object: KubeObject) => ({ ...object, spec: { podref: 5 } }),
      is: { holder: { pod: undefined } },
    },
    {
      name: "a start that cannot be read: earlier than anything",
      change: mark(annotations.started, "soon"),
      is: { holder: { started: { bootId: "", bootNs: 0n } } },
    },
    { name: "a time that cannot be read", change: mark(annotations.since, "-1"), is: { sinceMs: 0 } },
    {
      name: "evidence that cannot be read: void",
      change: mark(annotations.evidence, "{"),
      is: { holder: { evidence: { kind: "void" } } },
    },
    {
      name: "an identity of a contest that cannot be read",
      change: mark(annotations.contested, "{}"),
      is: { contested: undefined },
    },
  ])("$name", ({ change, is }) => {
    expect(readReservation(change(written(claim("10.0.0.5"))))).toMatchObject(is);
  });

  test.each(["blue-10.0.0.6x", "red-10.0.0.5", "blue-10.0.0.0-24.10.0.0.05"])(
    "its place is not believed where the name says otherwise: %s",
    (name) => {
      const object = written(claim("10.0.0.5"));
      expect(readReservation({ ...object, metadata: { ...object.metadata, name } })).toBeUndefined();
    },
  );

  function mark(key: string, value: string) {
    return (object: KubeObject) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [key]: value } },
    });
  }
});

test("P2, F37, F38: names as Whereabouts makes them", () => {
  expect(reservationName(place("::1", { network: "" }))).toBe("--1");
  expect(isLegalName("--1")).toBe(false);
  expect(formatReservation(claim("::1", { place: place("::1", { network: "" }) }), writing)).toBeUndefined();
  expect(reservationName(place("fd00::", { network: "" }))).toBe("fd00--0");
  expect(reservationName(place("::ffff:10.0.0.5"))).toBe("blue-10.0.0.5");
  expect(poolName("blue", "fd00::/64")).toBe("blue-fd00---64");
  expect(reservationName(place("10.0.0.5", { overlapping: false }))).toBe("blue-10.0.0.0-24.10.0.0.5");
  expect(isLegalName("a".repeat(254))).toBe(false);
  expect(addressOfNetwork("blue", "blue-10.0.0.5")).toEqual(address("10.0.0.5"));
  expect(addressOfNetwork("blue", "red-10.0.0.5")).toBeUndefined();
  expect(addressOfNetwork("", "fd00--5")).toEqual(address("fd00::5"));
});

test("P1, F24: labels of long or illegal values are shortened, kept apart by a hash, and found by their selector", () => {
  const long = "n".repeat(64);
  expect(labelValue("node-1")).toBe("node-1");
  expect(labelValue("")).toBe("");
  expect(labelValue(long)).toMatch(/^n{40}-[0-9a-f]{16}$/);
  expect(labelValue(`${long}x`)).not.toBe(labelValue(long));
  expect(labelValue("-a b")).toMatch(/^a-b-[0-9a-f]{16}$/);
  expect(labelValue("---")).toMatch(/^[0-9a-f]{16}$/);
  expect(selector({ [labels.node]: long, [labels.kind]: "static" })).toBe(
    `${labels.node}=${labelValue(long)},${labels.kind}=static`,
  );
});

test("P15: the whole identity of a lease survives as an annotation, and nonsense is none", () => {
  for (const made of [
    claim("10.0.0.5"),
    claim("10.0.0.5", { kind: "static", holder: holder({ pod: { namespace: "a", name: "b", uid: undefined } }) }),
  ]) {
    expect(readClaimText(formatClaimText(made), made.place)).toEqual(made);
  }
  for (const text of [undefined, "", "{", "{}", "[]"]) expect(readClaimText(text, place("10.0.0.5"))).toBeUndefined();
});

test("F11: evidence survives as an annotation, and nonsense proves nothing", () => {
  const { evidence } = holder();
  expect(readEvidence(JSON.stringify(evidence))).toEqual(evidence);
  for (const text of [undefined, "", "{", '{"kind":"seen"}'])
    expect(readEvidence(text)).toMatchObject({ kind: "void", bootId: "" });
});

test("P12: a version is uid and resourceVersion; what is none names nothing", () => {
  expect(parseVersion(formatVersion({ uid: "u", resourceVersion: "7" }))).toEqual({ uid: "u", resourceVersion: "7" });
  expect(formatVersion({})).toBe("/");
  expect(parseVersion("")).toEqual({ uid: "", resourceVersion: "" });
  expect([revisionOf("7"), revisionOf(undefined), revisionOf("x")]).toEqual([7n, -1n, -1n]);
});

test("P16: the tide falls when an answer is older than what was seen before it was asked for", () => {
  const tide = new Tide();
  expect(tide.saw(tide.high, "10")).toBe(false);
  const sentAt = tide.high;
  expect(tide.saw(sentAt, "12"), "rises").toBe(false);
  expect(tide.saw(sentAt, "11"), "an answer that was overtaken").toBe(false);
  expect(tide.saw(tide.high, "11", "11"), "a write that changed nothing").toBe(false);
  expect(tide.saw(tide.high, "x"), "no number").toBe(false);
  expect(tide.saw(tide.high, "9")).toBe(true);
  expect([tide.falls, tide.high]).toEqual([1, 9n]);
  tide.resume(5n);
  expect(tide.high).toBe(9n);
  tide.resume(50n);
  expect(tide.high).toBe(50n);
});
