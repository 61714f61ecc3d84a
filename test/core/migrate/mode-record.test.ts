/**
 * The record of the change in the ConfigMap `berth`.
 *
 * @module
 */
import { expect, test } from "vitest";
import { configMaps } from "../../../core/kube/resources.ts";
import { type Binding, mergeBindings } from "../../../core/migrate/bindings.ts";
import { changeRecord, readRecord } from "../../../core/migrate/mode-record.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createStage, home, roleRef, subjects, type Stage } from "../../support/cluster-stage.ts";

const name = { resource: configMaps, namespace: home, name: "berth" };

function binding(of: string): Binding {
  return { kind: "ClusterRoleBinding", name: of, roleRef, subjects };
}

async function recordOf(stage: Stage) {
  const read = await readRecord(stage.needs());
  if (read.kind !== "record") throw new Error(read.what);
  return read.record;
}

test("nothing written means that Whereabouts may write", async () => {
  expect(await recordOf(createStage())).toEqual({
    mode: "present",
    isSet: false,
    sinceMs: undefined,
    unbound: [],
    isGarbled: false,
  });
});

test("two people who save at one moment lose nothing of each other", async () => {
  const stage = createStage();
  const save = (one: Binding) =>
    changeRecord(stage.needs(), ({ unbound }) => ({ unbound: mergeBindings(unbound, [one]) }));
  await stage.clock.until(save(binding("first")));
  await stage.clock.until(Promise.all(["a", "b", "c"].map((of) => save(binding(of)))));
  const saved = (await recordOf(stage)).unbound.map((one) => one.name);
  expect(saved.sort()).toEqual(["a", "b", "c", "first"]);
});

test("what others keep in the ConfigMap stays, data or none", async () => {
  const stage = createStage();
  stage.put(configMaps, { metadata: { name: "berth", namespace: home, labels: { mine: "yes" } } });
  const set = (mode: "absent" | "present") =>
    stage.clock.until(changeRecord(stage.needs(), () => ({ mode: { mode, sinceMs: 1_700_000_000_000 } })));
  await set("absent");
  expect(await recordOf(stage)).toMatchObject({ mode: "absent", isSet: true, sinceMs: 1_700_000_000_000 });
  stage.server.patch(name, [{ op: "add", path: "/data/theirs", value: "x" }]);
  await set("present");
  expect(stage.mode()).toEqual({ whereabouts: "present", since: "2023-11-14T22:13:20.000Z", theirs: "x" });
  const found = stage.server.read(name);
  expect(found.kind === "object" && found.object.metadata.labels).toEqual({ mine: "yes" });
});

test("a ConfigMap that is removed between look and write is made anew", async () => {
  const stage = createStage();
  stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { theirs: "x" } });
  let patches = 0;
  const api = createFakeApi(stage.server, {
    transport: async ({ verb }, deed) => {
      if (verb === "patch" && (patches += 1) === 1) stage.remove(configMaps, "berth", home);
      return deed();
    },
  });
  await stage.clock.until(changeRecord(stage.needs(api), () => ({ unbound: [binding("a")] })));
  expect((await recordOf(stage)).unbound.map((one) => one.name)).toEqual(["a"]);
});

test.for([
  { name: "no JSON", text: "[{" },
  { name: "no list", text: "{}" },
  { name: "another kind", text: JSON.stringify([{ ...binding("a"), kind: "Secret" }]) },
  { name: "no role", text: JSON.stringify([{ ...binding("a"), roleRef: {} }]) },
  { name: "subjects that are no list", text: JSON.stringify([{ ...binding("a"), subjects: {} }]) },
  { name: "a subject without name", text: JSON.stringify([{ ...binding("a"), subjects: [{ kind: "User" }] }]) },
])("saved bindings that are $name are garbled, not none", async ({ text }) => {
  const stage = createStage();
  stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { unbound: text } });
  expect(await recordOf(stage)).toMatchObject({ unbound: [], isGarbled: true });
});
