/**
 * The schedule in force: what the ConfigMap says, and the file beside it, on good and bad days of the API server.
 *
 * @module
 */
import { beforeEach, expect, test } from "vitest";
import { createCron } from "../../../adapters/cron/cron.ts";
import { configMaps } from "../../../core/kube/resources.ts";
import type { Json } from "../../../core/ports/json-patch.ts";
import type { InForce } from "../../../core/reconcile/in-force.ts";
import { ScheduleFollow } from "../../../core/reconcile/schedule-follow.ts";
import { type ApiCall, createFakeApi } from "../../support/fake-api.ts";
import { createFakeServer, type FakeServer } from "../../support/fake-api-server.ts";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.ts";

const [namespace, name] = ["kube-system", "whereabouts-config"];
const away = { kind: "unknown", reason: "no connection", mayLand: false } as const;

let server: FakeServer;
let clock: VirtualClock;
/** What the API server is asked. */
let asked: ApiCall[];
let isAway: boolean;
let isForbidden: boolean;
let file: string | undefined;
let changes: InForce[];
let reached: (string | undefined)[];
let follow: ScheduleFollow;
let stop: AbortController;
let run: Promise<void>;

beforeEach(() => {
  server = createFakeServer();
  clock = createVirtualClock();
  [asked, changes, reached] = [[], [], []];
  [isAway, isForbidden, file] = [false, false, undefined];
  stop = new AbortController();
  const api = createFakeApi(server, {
    transport: async (call, deed) => {
      asked.push(call);
      if (isForbidden && call.verb === "watch")
        return { kind: "refused", status: 403, reason: "Forbidden", message: "no" };
      return isAway ? away : deed();
    },
  });
  const random = { below: (below: bigint) => below / 2n, id: () => "id" };
  const readFile = async () => file;
  follow = new ScheduleFollow(
    { api, clock, random, cron: createCron(), namespace, name, readFile },
    { changed: (one) => changes.push(one), reach: (why) => reached.push(why === undefined ? "again" : why.kind) },
  );
  return async () => {
    stop.abort();
    await run;
  };
});

async function start(ms = 0): Promise<void> {
  run = follow.run(stop.signal);
  await clock.advance(ms);
}

/** Writes the ConfigMap, and lets five seconds pass at most. */
async function write(data: { readonly [key: string]: Json }): Promise<void> {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
  const known = server.read({ resource: configMaps, namespace, name });
  if (known.kind === "absent") server.create(configMaps, object);
  else server.replace(configMaps, object);
  await clock.advance(5_000);
}

const text = () => follow.inForce.schedule.text;
const key = "reconciler_cron_expression";
const words = (expected: string, value = "") => `Cannot read schedule ${JSON.stringify(value)}: expected ${expected}`;

test("the ConfigMap's schedule is in force, and each change of it within five seconds, by one list and one watch", async () => {
  await write({ [key]: "0 5 * * *" });
  await start();
  expect(follow.inForce).toMatchObject({ from: "configmap", schedule: { text: "0 5 * * *" }, trouble: undefined });
  for (const next of ["0 6 * * *", "@every 1h", "@hourly"]) {
    await write({ [key]: next });
    expect(text()).toBe(next);
  }
  expect(changes.map(({ schedule }) => schedule.text)).toEqual(["0 5 * * *", "0 6 * * *", "@every 1h", "@hourly"]);
  expect(asked.map(({ verb }) => verb)).toEqual(["list", "watch"]);
});

test("other ConfigMaps, and other fields of this one, change nothing", async () => {
  await write({ [key]: "0 5 * * *" });
  await start();
  server.create(configMaps, { metadata: { name: "other", namespace }, data: { [key]: "0 7 * * *" } });
  await write({ [key]: "0 5 * * *", another: "x" });
  expect(changes).toHaveLength(1);
});

test("without a ConfigMap the default is in force, and that is no fault; one that is made counts", async () => {
  await start();
  expect(follow.inForce).toMatchObject({ from: "default", schedule: { text: "30 4 * * *" }, trouble: undefined });
  await follow.said;
  await write({ [key]: "0 5 * * *" });
  expect(text()).toBe("0 5 * * *");
});

test.each([
  {
    name: "a wrong expression",
    data: { [key]: "every day" },
    message: words("five fields, and not 2, such as 30 4 * * *", "every day"),
  },
  { name: "an empty one", data: { [key]: "" }, message: words(`a cron expression in key ${key}, such as 30 4 * * *`) },
  { name: "neither key", data: { other: "x" }, message: words(`key ${key} in the ConfigMap`) },
])("$name keeps the last good one, and says so until it is put right", async ({ data, message }) => {
  await write({ [key]: "0 5 * * *" });
  await start();
  await write(data);
  expect(text()).toBe("0 5 * * *");
  const { metadata } = server.all(configMaps)[0] ?? {};
  expect(changes.at(-1)?.trouble).toMatchObject({ failure: { name: "InvalidSchedule", message }, configMap: metadata });
  expect(metadata?.uid).toBeDefined();
  await write({ [key]: "0 6 * * *" });
  expect(changes.at(-1)).toMatchObject({ schedule: { text: "0 6 * * *" }, trouble: undefined });
  expect(changes).toHaveLength(3);
});

test("a wrong one from the beginning leaves the default in force, and is told", async () => {
  await write({ [key]: "0 30 4 * * *" });
  await start();
  expect(follow.inForce).toMatchObject({ from: "default", schedule: { text: "30 4 * * *" } });
  expect(changes).toMatchObject([{ trouble: { failure: { name: "InvalidSchedule" } } }]);
});

test("a ConfigMap that is deleted keeps the last good one, and says so", async () => {
  await write({ [key]: "0 5 * * *" });
  await start();
  server.uproot({ resource: configMaps, namespace, name });
  await clock.advance(5_000);
  expect(text()).toBe("0 5 * * *");
  const message = words("ConfigMap whereabouts-config to be there");
  expect(changes.at(-1)?.trouble).toMatchObject({ failure: { message }, configMap: undefined });
});

test("both keys: the first is in force, with a warning", async () => {
  await write({ [key]: "0 5 * * *", "cron-expression": "0 7 * * *" });
  await start();
  expect(follow.inForce).toMatchObject({
    schedule: { text: "0 5 * * *" },
    warning: expect.stringContaining("remove one"),
  });
});

test("the file counts while the API server cannot be read, and not a moment longer", async () => {
  await write({ [key]: "0 5 * * *" });
  [isAway, file] = [true, "0 9 * * *\n"];
  await start(3_000);
  await follow.said;
  expect(follow.inForce).toMatchObject({ from: "file", schedule: { text: "0 9 * * *\n" } });
  file = "0 10 * * *";
  await clock.advance(3_000);
  expect(text()).toBe("0 10 * * *");
  isAway = false;
  await clock.advance(5_000);
  expect(follow.inForce).toMatchObject({ from: "configmap", schedule: { text: "0 5 * * *" } });
  file = "0 11 * * *";
  await clock.advance(60_000);
  expect(text()).toBe("0 5 * * *");
  expect(reached.at(-1)).toBe("again");
});

test("a file that is behind what the API server has shown does not count; one that is ahead does", async () => {
  await write({ [key]: "0 5 * * *" });
  await start();
  await write({ [key]: "0 6 * * *" });
  [isAway, file] = [true, "0 5 * * *"];
  server.dropWatches();
  await clock.advance(20_000);
  expect(text()).toBe("0 6 * * *");
  file = "0 6 * * *\n";
  await clock.advance(20_000);
  expect(changes).toHaveLength(2);
  file = "0 7 * * *";
  await clock.advance(20_000);
  expect(follow.inForce).toMatchObject({ from: "file", schedule: { text: "0 7 * * *" } });
});

test("a wrong file keeps the last good one; none at all changes nothing", async () => {
  isAway = true;
  await start(10_000);
  await follow.said;
  expect(changes).toEqual([]);
  file = "nonsense";
  await clock.advance(5_000);
  expect(follow.inForce).toMatchObject({
    from: "default",
    trouble: { failure: { name: "InvalidSchedule" }, configMap: undefined },
  });
});

test("a watch that breaks off misses nothing: what was written meanwhile is found by a list, within five seconds", async () => {
  await write({ [key]: "0 5 * * *" });
  await start(60_000);
  server.dropWatches();
  await write({ [key]: "0 6 * * *" });
  expect(text()).toBe("0 6 * * *");
});

test("an API server that went back in time is believed", async () => {
  await write({ [key]: "0 5 * * *" });
  const backup = server.backup();
  await write({ [key]: "0 6 * * *" });
  await start(60_000);
  expect(text()).toBe("0 6 * * *");
  server.restore(backup);
  await clock.advance(5_000);
  expect(text()).toBe("0 5 * * *");
});

test("without the right to watch it is listed once a minute at most, and told", async () => {
  await write({ [key]: "0 5 * * *" });
  isForbidden = true;
  await start(3_600_000);
  expect(reached).toContain("refused");
  const lists = asked.filter(({ verb }) => verb === "list").length;
  expect(lists).toBeGreaterThan(50);
  expect(lists).toBeLessThan(100);
  server.replace(configMaps, { metadata: { name, namespace }, data: { [key]: "0 6 * * *" } });
  await clock.advance(60_000);
  expect(text()).toBe("0 6 * * *");
});

test("while the API server is away it is asked every few seconds, and after that at once", async () => {
  isAway = true;
  await start(600_000);
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.length).toBeLessThan(300);
  isAway = false;
  await write({ [key]: "0 5 * * *" });
  expect(text()).toBe("0 5 * * *");
});
