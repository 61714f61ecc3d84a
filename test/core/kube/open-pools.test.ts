/**
 * Making and marking the pools of a definition, when others make and mark them, too (P2, P3).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { pools } from "../../../core/kube/resources.ts";
import { createKubeStore } from "../../../core/kube/store.ts";
import { claim } from "../../support/samples.ts";
import { createStoreStage, home, serving, type StoreStage } from "../../support/store-stage.ts";

const name = { resource: pools, namespace: home, name: "blue-10.0.0.0-24" };
const overlapping = "ipam.berth.io/overlapping";

function plant({ server }: StoreStage, annotations?: object): void {
  const metadata = {
    name: name.name,
    namespace: home,
    ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
  };
  server.plant(pools, {
    metadata,
    spec: { range: "10.0.0.0/24", allocations: { 5: { id: "wb", podref: "default/wb" } } },
  });
}

function marksOf({ server }: StoreStage): object | undefined {
  return server.all(pools)[0]?.metadata.annotations;
}

describe("a pool that Whereabouts made", () => {
  test.each([
    { what: "without annotations", annotations: undefined },
    { what: "with annotations of others", annotations: { theirs: "1" } },
  ])("$what is marked by the first definition that uses it, and keeps its entries", async ({ annotations }) => {
    const stage = createStoreStage(false);
    plant(stage, annotations);
    expect(await stage.until(stage.store.open(serving()))).toEqual({ kind: "open" });
    expect(marksOf(stage)).toMatchObject({ ...annotations, [overlapping]: "true" });
    expect(stage.standing()).toEqual(["blue-10.0.0.0-24 5 wb"]);
  });

  test("is used with one setting, whoever is first to mark it", async () => {
    const stage = createStoreStage(false);
    plant(stage);
    const first = () => plant(stage, { [overlapping]: "false", "ipam.berth.io/definition": "other-net" });
    stage.link.next("patch ippools", { before: first });
    expect(await stage.until(stage.store.open(serving()))).toEqual({
      kind: "disagrees",
      definition: "other-net",
      pool: "10.0.0.0/24",
    });
  });

  test("and that somebody marked without saying for which definition, disagrees with nobody's name", async () => {
    const stage = createStoreStage(false);
    plant(stage, { [overlapping]: "false" });
    expect(await stage.until(stage.store.open(serving()))).toMatchObject({ kind: "disagrees", definition: "" });
  });
});

test("a pool that somebody made between look and write is marked", async () => {
  const stage = createStoreStage(false);
  stage.link.next("create ippools", { before: () => plant(stage) });
  expect(await stage.until(stage.store.open(serving()))).toEqual({ kind: "open" });
  expect(marksOf(stage)).toMatchObject({ [overlapping]: "true" });
});

test("a pool that changes all the time is not open, and is not tried for ever", async () => {
  const stage = createStoreStage(false);
  stage.link.always("create ippools", {
    refused: { kind: "refused", status: 409, reason: "AlreadyExists", message: "exists" },
  });
  expect(await stage.until(stage.store.open(serving()))).toEqual({ kind: "unknown", reason: "exists" });
  expect(stage.link.calls.filter((call) => call.startsWith("create"))).toHaveLength(3);
});

test("a pool that no object can be named for is not open, and nothing is asked", async () => {
  const stage = createStoreStage(false);
  const opened = await stage.store.open({ ...serving("::/64"), network: "" });
  expect(opened).toMatchObject({ kind: "unknown", reason: expect.stringContaining("---64") });
  expect(stage.link.calls).toEqual([]);
});

test("F40: one that cannot be read is told with what to run, where reservations alone decide, too; what is held stays held", async () => {
  for (const isMixed of [false, true]) {
    const stage = createStoreStage(isMixed);
    const heard: string[] = [];
    const store = createKubeStore({ ...stage.needs, hears: (fault) => void heard.push(fault) });
    await stage.hold(claim("10.0.0.5"));
    const found = stage.server.read(name);
    if (found.kind === "object") stage.server.plant(pools, { ...found.object, spec: { range: "x", allocations: {} } });
    await stage.until(store.open(serving()));
    expect(heard).toEqual([
      `a range in spec.range, found "x" in ippools ${home}/${name.name}: run: kubectl --namespace ${home} edit ippools ${name.name}`,
    ]);
    const query = { network: "blue", pool: "10.0.0.0/24", overlapping: true };
    const page = await stage.until(store.page(query, undefined));
    expect(page.rows.map(({ attempt }) => attempt)).toEqual(["attempt-10.0.0.5"]);
    expect(heard).toHaveLength(2);
    const other = claim("10.0.0.5", { attempt: "other" });
    expect((await stage.until(store.claim(other))).kind).not.toBe("held");
  }
});
