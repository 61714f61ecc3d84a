/**
 * Writing entries of one pool: batches, pauses, bad keys, bounds (P6, F16 to F18).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { Entries } from "../../../core/kube/entries.ts";
import { EntryWriter } from "../../../core/kube/entry-writer.ts";
import { pools } from "../../../core/kube/resources.ts";
import type { Refused } from "../../../core/ports/kube-api.ts";
import { createLink } from "../../support/cluster-link.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createFakeServer } from "../../support/fake-api-server.ts";
import { address } from "../../support/samples.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const namespace = "kube-system";
const name = "blue-10.0.0.0-24";
/** Long ago: what an earlier run sent landed. */
const beganNs = 0n;
const value = (id: string) => ({ id, podref: `default/${id}`, ifname: "net1" });

function stage(range = "10.0.0.0/24") {
  const clock = createVirtualClock();
  const server = createFakeServer();
  const link = createLink(clock, (answer) => answer);
  const api = createFakeApi(server, { namespace, transport: link.transport });
  const random = { below: () => 0n, id: () => "" };
  server.create(pools, { metadata: { name, namespace }, spec: { range, allocations: {} } });
  const write = (allocations: object) => {
    const found = server.read({ resource: pools, namespace, name });
    if (found.kind === "object") server.plant(pools, { ...found.object, spec: { range, allocations } });
  };
  const entries = (): { readonly [key: string]: unknown } => {
    const found = server.read({ resource: pools, namespace, name });
    return found.kind === "object" ? Object(found.object["spec"]).allocations : {};
  };
  const needs = { api, clock, random, namespace };
  const writer = new EntryWriter(needs, { namespace, name, beganNs });
  const add = (text: string, id: string) => writer.order({ kind: "add", address: address(text), value: value(id) });
  const remove = (text: string, id: string) =>
    writer.order({ kind: "remove", address: address(text), value: value(id) });
  const patches = () => link.calls.filter((call) => call.startsWith("patch")).length;
  return { clock, server, link, needs, write, entries, writer, add, remove, patches };
}

test("P6: orders that wait at the same time travel in one patch, at most 200 in one", async () => {
  const { clock, add, patches, entries } = stage();
  const orders = Array.from({ length: 250 }, (_, at) => add(`10.0.0.${at + 1}`, `c${at}`));
  expect(new Set((await clock.until(Promise.all(orders))).map(({ kind }) => kind))).toEqual(new Set(["done"]));
  expect([patches(), Object.keys(entries()).length]).toEqual([2, 250]);
});

test("P6: two orders of one address keep their order, each in a patch of its own", async () => {
  const { clock, add, remove, entries } = stage();
  const answers = await clock.until(Promise.all([add("10.0.0.1", "a"), remove("10.0.0.1", "a"), add("10.0.0.1", "b")]));
  expect(answers.map(({ kind }) => kind)).toEqual(["done", "done", "done"]);
  expect(entries()).toEqual({ 1: value("b") });
});

test("P6: the pause between patches is 20 times as long as the last one took, at most 10 s", async () => {
  const { clock, link, add } = stage();
  for (const [slowMs, pauseMs] of [
    [100, 2_000],
    [2_000, 10_000],
  ] as const) {
    link.next("patch", { slowMs });
    await clock.until(add(`10.0.0.${slowMs / 100}`, "a"));
    const begun = clock.bootNs();
    await clock.until(add(`10.0.0.${slowMs / 100 + 1}`, "b"));
    expect(Number((clock.bootNs() - begun) / 1_000_000n)).toBeCloseTo(pauseMs, -2);
    await clock.advance(60_000);
  }
});

test("P6, P9: one whose answer is lost is unknown, and holds the others up for 2 s only", async () => {
  const { clock, link, add } = stage();
  link.next("patch", "lost");
  expect(await clock.until(add("10.0.0.1", "a"))).toMatchObject({ kind: "unknown", mayLand: true });
  const begun = clock.bootNs();
  expect(await clock.until(add("10.0.0.2", "b"))).toEqual({ kind: "done" });
  expect(Number((clock.bootNs() - begun) / 1_000_000n)).toBeLessThan(2_100);
});

describe("F16: a batch with one bad key", () => {
  test("is judged by what stands now: the others are written", async () => {
    const { clock, add, remove, write, entries } = stage();
    expect(await clock.until(add("10.0.0.9", "x"))).toEqual({ kind: "done" });
    write({ 1: value("theirs"), 7: value("gone"), 8: value("another") });
    const answers = await clock.until(
      Promise.all([
        add("10.0.0.1", "a"),
        add("10.0.0.2", "b"),
        remove("10.0.0.7", "gone"),
        remove("10.0.0.8", "mine"),
        remove("10.0.0.9", "x"),
      ]),
    );
    expect(answers).toEqual([
      { kind: "other", now: expect.objectContaining(value("theirs")) },
      { kind: "done" },
      { kind: "done" },
      { kind: "other", now: expect.objectContaining(value("another")) },
      { kind: "done" },
    ]);
    expect(entries()).toEqual({ 1: value("theirs"), 2: value("b"), 8: value("another") });
  });

  test("an entry that is as ordered already is done, and it is told when it was not this agent's hand", async () => {
    const { clock, add, write } = stage();
    write({ 1: value("a") });
    expect(await clock.until(add("10.0.0.1", "a"))).toEqual({ kind: "done", stood: true });
    expect(await clock.until(add("10.0.0.1", "a"))).toEqual({ kind: "done" });
  });

  test("an alien key that may mean the address keeps it (F40)", async () => {
    const { clock, add, write } = stage();
    write({ "01": value("x") });
    expect(await clock.until(add("10.0.0.1", "a"))).toEqual({ kind: "other", now: undefined });
  });
});

describe("replace", () => {
  const replace = ({ writer }: ReturnType<typeof stage>, from: string, to: string) =>
    writer.order({ kind: "replace", address: address("10.0.0.1"), value: value(from), to: value(to) });

  test.each([
    { name: "hands an entry over", before: { 1: value("a") }, answer: { kind: "done" }, after: { 1: value("b") } },
    { name: "is done when it was", before: { 1: value("b") }, answer: { kind: "done" }, after: { 1: value("b") } },
    { name: "leaves another's alone", before: { 1: value("c") }, answer: { kind: "other" }, after: { 1: value("c") } },
    { name: "says when it is gone", before: {}, answer: { kind: "other", now: undefined }, after: {} },
  ])("$name", async ({ before, answer, after }) => {
    const here = stage();
    here.write(before);
    expect(await here.clock.until(replace(here, "a", "b"))).toMatchObject(answer);
    expect(here.entries()).toEqual(after);
  });
});

describe("what cannot be written", () => {
  test("F18: more than 5,000 entries: refused, and the way out is named; removing goes on", async () => {
    const { clock, add, remove, write } = stage("10.0.0.0/16");
    write(Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [String(at + 1), value("x")])));
    expect(await clock.until(add("10.0.100.1", "a"))).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("migrate finish"),
    });
    expect(await clock.until(remove("10.0.0.1", "x"))).toEqual({ kind: "done" });
    expect(await clock.until(add("10.0.100.1", "a"))).toEqual({ kind: "done" });
  });

  test("an address before the range's own address has no key", async () => {
    const { clock, add } = stage("10.0.0.10/24");
    expect(await clock.until(add("10.0.0.1", "a"))).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("begins behind it"),
    });
  });

  test("a pool that is not there is unknown; one that cannot be read is refused, with what to run", async () => {
    const { clock, add, server } = stage("nonsense");
    expect(await clock.until(add("10.0.0.1", "a"))).toMatchObject({
      kind: "refused",
      reason: expect.stringMatching(/^a range in spec.range, .*: run: kubectl --namespace kube-system edit ippools/),
    });
    server.uproot({ resource: pools, namespace, name });
    expect(await clock.until(add("10.0.0.1", "a"))).toMatchObject({ kind: "unknown", reason: "it is not there" });
  });

  test("a pool that goes between reading and writing is unknown, and certainly not written", async () => {
    const { clock, add, server, link } = stage();
    link.next("patch", { before: () => server.uproot({ resource: pools, namespace, name }) });
    expect(await clock.until(add("10.0.0.1", "a"))).toMatchObject({ kind: "unknown", mayLand: false });
  });

  test("a refusal that is none of the tests' is said in the server's words", async () => {
    const { clock, add, link } = stage();
    const refused: Refused = { kind: "refused", status: 403, reason: "Forbidden", message: "cannot patch ippools" };
    link.next("patch", { refused });
    expect(await clock.until(add("10.0.0.1", "a"))).toEqual({ kind: "refused", reason: "cannot patch ippools" });
  });

  test("a refused patch after which nothing can be read is unknown", async () => {
    const { clock, add, write, link } = stage();
    await clock.until(add("10.0.0.9", "x"));
    write({ 1: value("theirs") });
    link.next("read", "away");
    expect(await clock.until(add("10.0.0.1", "a"))).toMatchObject({ kind: "unknown", reason: "connection refused" });
  });
});

test("an order that nobody waits for any more is not sent; those that wait beside it are", async () => {
  const { clock, add, link, writer, entries } = stage();
  link.next("patch", { slowMs: 1_000 });
  const first = add("10.0.0.1", "a");
  const controller = new AbortController();
  const order = { kind: "add", address: address("10.0.0.2"), value: value("b") } as const;
  const left = writer.order(order, controller.signal);
  const beside = add("10.0.0.3", "c");
  controller.abort();
  expect(await clock.until(Promise.all([first, left, beside]))).toMatchObject([
    { kind: "done" },
    { kind: "unknown", reason: "nobody waits for it any more", mayLand: false },
    { kind: "done" },
  ]);
  expect(Object.keys(entries())).toEqual(["1", "3"]);
});

test("of a pool that somebody made unreadable in the same moment nothing is remembered: the next order reads it", async () => {
  const { clock, add, link, server } = stage();
  const spoilt = () => server.plant(pools, { metadata: { name, namespace }, spec: { range: "x", allocations: {} } });
  link.next("patch", { before: spoilt });
  await clock.until(add("10.0.0.1", "a"));
  expect(await clock.until(add("10.0.0.2", "b"))).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("a range in spec.range"),
  });
});

test("each pool has one writer; those unused for longest are forgotten beyond 1,024", () => {
  const entries = new Entries(stage().needs);
  const first = entries.of({ network: "blue", pool: "10.0.0.0/24" });
  expect(entries.of({ network: "blue", pool: "10.0.0.0/24" })).toBe(first);
  expect(entries.of({ network: "red", pool: "10.0.0.0/24" })).not.toBe(first);
  for (let at = 0; at < 1_024; at += 1) entries.of({ network: `n${at}`, pool: "10.0.0.0/24" });
  expect(entries.of({ network: "blue", pool: "10.0.0.0/24" })).not.toBe(first);
});
