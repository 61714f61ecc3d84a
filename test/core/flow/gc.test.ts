/**
 * The path of a GC.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createCanceller } from "../../../core/flow/canceller.ts";
import type { GcCall } from "../../../core/flow/gc.ts";
import { ownWorld } from "../../support/own-world.ts";
import { berthConfig, type World } from "../../support/world.ts";

const later = 10_000_000_000_000n;

describe("a GC", () => {
  const call = (
    valid: { containerID: string; ifname: string }[] | undefined,
    changes: Partial<GcCall> = {},
  ): GcCall => ({
    kind: "GC",
    launch: { started: { bootId: "boot-1", bootNs: later }, budgetMs: 30_000 },
    configText: JSON.stringify({
      ...berthConfig(),
      ...(valid === undefined ? {} : { "cni.dev/valid-attachments": valid }),
    }),
    ...changes,
  });
  const gc = (world: World, ...args: Parameters<typeof call>) =>
    world.clock.until(world.flow.gc(call(...args), createCanceller().signal));

  test("frees what is not listed and whose namespace is gone; what stands is a suspect and is kept", async () => {
    const world = ownWorld();
    world.namespaces.set("/run/netns/b", "202");
    world.namespaces.set("/run/netns/c", "203");
    await world.add();
    await world.add({ containerId: "c2", netns: "/run/netns/b" });
    await world.add({ containerId: "c3", netns: "/run/netns/c" });
    await world.add({ containerId: "c4", netns: "/run/netns/c", config: berthConfig({}, "other-net") });
    world.namespaces.delete("/run/netns/b");
    world.namespaces.delete("/run/netns/c");
    expect(await gc(world, [{ containerID: "c3", ifname: "net1" }])).toEqual({ kind: "done", freed: 1, suspects: 1 });
    await world.clock.advance(10);
    expect(await world.held()).toEqual(["10.0.0.1", "10.0.0.3", "10.0.0.4"]);
  });

  test("touches nothing that was started after it", async () => {
    const world = ownWorld();
    await world.add();
    world.namespaces.clear();
    const early = { launch: { started: { bootId: "boot-1", bootNs: 1n }, budgetMs: 30_000 } };
    expect(await gc(world, [], early)).toEqual({ kind: "done", freed: 0, suspects: 0 });
  });

  test("refuses to do anything without the list", async () => {
    const world = ownWorld();
    await world.add();
    world.namespaces.clear();
    const answer = await gc(world, undefined);
    expect(answer.kind === "failure" && answer.failure.code).toBe(7);
    expect(await world.held()).toHaveLength(1);
  });

  const refusals: { name: string; text: string; code: number }[] = [
    { name: "a document that is no JSON", text: "{", code: 6 },
    { name: "a document without a name", text: '{"cni.dev/valid-attachments":[]}', code: 7 },
    { name: "a list that is none", text: '{"name":"blue-net","cni.dev/valid-attachments":[7]}', code: 7 },
  ];
  test.each(refusals)("refuses $name with code $code, and frees nothing", async ({ text, code }) => {
    const world = ownWorld();
    await world.add();
    world.namespaces.clear();
    const answer = await gc(world, [], { configText: text });
    expect(answer.kind === "failure" && answer.failure.code).toBe(code);
    expect(await world.held()).toHaveLength(1);
  });

  test("keeps what was never answered: its ADD may still run", async () => {
    const world = ownWorld({ store: "fake" });
    await world.add();
    const [row] = (await world.ports.journal.page("lease", undefined)).rows;
    if (row === undefined) throw new Error("no lease");
    await world.ports.journal.commit([{ kind: "renew", id: row.id, holder: row.holder, attempt: "next", index: 0 }]);
    world.namespaces.clear();
    expect(await gc(world, [])).toEqual({ kind: "done", freed: 0, suspects: 0 });
  });
});
