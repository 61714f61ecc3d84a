/**
 * Which entries a writer calls its own: those that it wrote or is about to write, and none that it could not write (P9).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { EntryWriter } from "../../../core/kube/entry-writer.ts";
import { pools } from "../../../core/kube/resources.ts";
import { createLink } from "../../support/cluster-link.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createFakeServer } from "../../support/fake-api-server.ts";
import { address } from "../../support/samples.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const [namespace, name] = ["kube-system", "blue-10.0.0.0-24"];
/** Long ago: what an earlier run sent landed. */
const longAgo = 0n;
const at = address("10.0.0.5");
const value = (id: string) => ({ id, podref: `default/${id}`, ifname: "net1" });
const refused = { kind: "refused", status: 403, reason: "Forbidden", message: "forbidden" } as const;

function stage(allocations: object = {}, beganNs = longAgo) {
  const clock = createVirtualClock();
  const server = createFakeServer();
  const link = createLink(clock, (answer) => answer);
  const api = createFakeApi(server, { namespace, transport: link.transport });
  server.create(pools, {
    metadata: { name, namespace },
    spec: { range: "10.0.0.0/24", allocations: { ...allocations } },
  });
  const writer = new EntryWriter(
    { api, clock, random: { below: () => 0n, id: () => "" } },
    { namespace, name, beganNs },
  );
  const order = (kind: "add" | "remove", id: string) =>
    clock.until(writer.order({ kind, address: at, value: value(id) }));
  const replace = (from: string, to: string) =>
    clock.until(writer.order({ kind: "replace", address: at, value: value(from), to: value(to) }));
  const isOwn = (id: string) => writer.isOwn(at, value(id));
  const plant = (now: object) => {
    const found = server.read({ resource: pools, namespace, name });
    if (found.kind === "object")
      server.plant(pools, { ...found.object, spec: { range: "10.0.0.0/24", allocations: now } });
  };
  return { clock, link, writer, order, replace, isOwn, plant };
}

test("one that was written is its own until it was taken back", async () => {
  const { order, isOwn } = stage();
  await order("add", "a");
  expect(isOwn("a")).toBe(true);
  await order("remove", "a");
  expect(isOwn("a")).toBe(false);
});

test("one whose key somebody else has is forgotten", async () => {
  const { order, isOwn } = stage({ 5: value("theirs") });
  expect(await order("add", "a")).toMatchObject({ kind: "other" });
  expect(isOwn("a")).toBe(false);
});

test("one that was refused is forgotten, also in place of another", async () => {
  const { link, order, replace, isOwn } = stage();
  link.next("patch", { refused });
  expect(await order("add", "a")).toMatchObject({ kind: "refused" });
  expect(isOwn("a")).toBe(false);
  await order("add", "a");
  link.next("patch", { refused });
  expect(await replace("a", "b")).toMatchObject({ kind: "refused" });
  expect([isOwn("a"), isOwn("b")]).toEqual([true, false]);
});

test("one whose caller left before its turn is forgotten", async () => {
  const { clock, writer, isOwn } = stage();
  const left = writer.order({ kind: "add", address: at, value: value("a") }, AbortSignal.abort());
  expect(isOwn("a")).toBe(true);
  expect(await clock.until(left)).toMatchObject({ kind: "unknown", mayLand: false });
  expect(isOwn("a")).toBe(false);
});

test("one that stands stays its own when writing it again is refused", async () => {
  const { link, order, isOwn } = stage();
  await order("add", "a");
  link.next("patch", { refused });
  expect(await order("add", "a")).toMatchObject({ kind: "refused" });
  expect(isOwn("a")).toBe(true);
  await order("remove", "a");
  expect(isOwn("a")).toBe(false);
});

test("one that was asked for twice is its own when only the second is carried out", async () => {
  const { clock, writer, order, isOwn } = stage();
  const left = writer.order({ kind: "add", address: at, value: value("a") }, AbortSignal.abort());
  const written = order("add", "a");
  expect(await clock.until(Promise.all([left, written]))).toMatchObject([{ kind: "unknown" }, { kind: "done" }]);
  expect(isOwn("a")).toBe(true);
});

test("one whose patch may still land is its own, and is taken back when its key was found with another meanwhile", async () => {
  const { clock, link, writer, order, isOwn } = stage();
  link.next("patch", "lost");
  expect(await order("add", "a")).toMatchObject({ kind: "unknown", mayLand: true });
  expect(isOwn("a")).toBe(true);
  await order("add", "theirs");
  expect(await order("add", "a")).toMatchObject({ kind: "other" });
  await clock.advance(90_000);
  expect(await clock.until(writer.removeLate())).toBe(0);
  expect([isOwn("a"), isOwn("theirs")]).toEqual([false, true]);
});

test("one that took its own place is its own", async () => {
  const { order, replace, isOwn } = stage();
  await order("add", "a");
  expect(await replace("a", "a")).toEqual({ kind: "done" });
  expect(isOwn("a")).toBe(true);
});

describe("what landed after it was taken back", () => {
  const late = () => {
    const made = stage({}, createVirtualClock().bootNs());
    return { ...made, plant: (id: string) => made.plant({ 5: value(id) }) };
  };

  test("is taken back when an earlier run may have sent it, and owed when nothing was there to be removed", async () => {
    const { clock, order, writer, plant } = late();
    await order("remove", "a");
    expect(writer.mayReturnUntil(at)).toBe(clock.bootNs() + 90_000_000_000n);
    await clock.advance(90_000);
    expect(writer.mayReturnUntil(at)).toBeUndefined();
    plant("a");
    expect(await clock.until(writer.removeLate())).toBe(1);
    expect(await clock.until(writer.removeLate())).toBe(0);
  });

  test("is not owed when it was there to be removed", async () => {
    const { order, writer, plant } = late();
    plant("a");
    await order("remove", "a");
    expect(writer.mayReturnUntil(at)).toBeUndefined();
  });

  test.for([
    { name: "refused", answer: { refused } },
    { name: "lost", answer: "lost" },
  ] as const)("is taken back later when its removal is $name, and counted only then", async ({ answer }) => {
    const { clock, link, order, writer, plant } = late();
    await order("remove", "a");
    await clock.advance(90_000);
    plant("a");
    link.next("patch", answer);
    expect(await clock.until(writer.removeLate())).toMatchObject({ kind: answer === "lost" ? "unknown" : "refused" });
    await clock.advance(90_000);
    expect(await clock.until(writer.removeLate())).toBe(1);
  });
});
