/**
 * The simulated API server against what every client of an API server must do.
 *
 * @module
 */
import { expect, test } from "vitest";
import { reservations } from "../../core/kube/resources.ts";
import type { PatchStep } from "../../core/ports/json-patch.ts";
import { createFakeApi } from "../support/fake-api.ts";
import { createFakeServer } from "../support/fake-api-server.ts";
import { kubeApiCases } from "./kube-api-cases.ts";

kubeApiCases("the fake in memory", async () => ({ api: createFakeApi(), namespace: "kube-system" }));

const object = (name: string) => ({ metadata: { name, namespace: "kube-system" }, spec: { podref: "default/web-0" } });
const query = { resource: reservations, namespace: "kube-system", cached: false, metadataOnly: false };

test("the fake drops the connection of a test without a value", async () => {
  const api = createFakeApi();
  await api.create(reservations, object("10.0.0.1"));
  const steps = JSON.parse('[{"op":"test","path":"/spec/ifname"}]') as readonly PatchStep[];
  const name = { resource: reservations, namespace: "kube-system", name: "10.0.0.1" };
  expect(await api.patch(name, steps)).toMatchObject({ kind: "unknown", mayLand: true });
});

test("the fake goes back in time: objects and numbers, but never ids", async () => {
  const server = createFakeServer();
  const api = createFakeApi(server);
  await api.create(reservations, object("10.0.0.1"));
  const backup = server.backup();
  const lost = await api.create(reservations, object("10.0.0.2"));
  server.restore(backup);
  expect(server.all(reservations).map(({ metadata }) => metadata.name)).toEqual(["10.0.0.1"]);
  const again = await api.create(reservations, object("10.0.0.2"));
  if (lost.kind !== "object" || again.kind !== "object") throw new Error("nothing was made");
  expect(again.object.metadata.resourceVersion).toBe(lost.object.metadata.resourceVersion);
  expect(again.object.metadata.uid).not.toBe(lost.object.metadata.uid);
});

test("the fake answers from a cache that lags, and says how old it is", async () => {
  let lag = 0;
  const api = createFakeApi(createFakeServer({ lag: () => lag }));
  await api.create(reservations, object("10.0.0.1"));
  await api.create(reservations, object("10.0.0.2"));
  lag = 1;
  expect(await api.list({ ...query, cached: true })).toMatchObject({
    items: [{ metadata: { name: "10.0.0.1" } }],
    resourceVersion: "2",
  });
  expect(await api.list(query)).toMatchObject({ items: [{}, {}], resourceVersion: "3" });
});

test("the fake lets a list under way expire", async () => {
  const server = createFakeServer();
  const api = createFakeApi(server);
  for (const last of [1, 2, 3]) await api.create(reservations, object(`10.0.0.${last}`));
  const page = await api.list({ ...query, limit: 1 });
  await api.create(reservations, object("10.0.0.4"));
  server.expireLists();
  const next = page.kind === "page" ? page.next : undefined;
  expect(await api.list({ ...query, limit: 1, next })).toMatchObject({
    kind: "refused",
    status: 410,
    reason: "Expired",
  });
});

test("the fake's transport stands between: a call may be lost before or after it was done", async () => {
  const server = createFakeServer();
  const lost = { kind: "unknown", reason: "lost", mayLand: true } as const;
  const api = createFakeApi(server, {
    transport: async (call, deed) => {
      if (call.name !== "10.0.0.1") deed();
      return lost;
    },
  });
  expect(await api.create(reservations, object("10.0.0.1"))).toEqual(lost);
  expect(await api.create(reservations, object("10.0.0.2"))).toEqual(lost);
  expect(server.all(reservations).map(({ metadata }) => metadata.name)).toEqual(["10.0.0.2"]);
});
