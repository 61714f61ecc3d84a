/**
 * The real client while a real API server is paused, killed, restarted, or closes connections: every call ends in time, and
 * what it says about its outcome is true.
 *
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createKubeApi, defaultKubeApiLimits, type OpenKubeApi } from "../../adapters/kube/api.ts";
import { askForAccess } from "../../adapters/kube/ask-for-access.ts";
import { openCredentials } from "../../adapters/kube/credentials.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import { configMaps } from "../../core/kube/resources.ts";
import type { ObjectAnswer } from "../../core/ports/kube-api.ts";
import { type ApiServer, startApiServer } from "../support/api-server.ts";
import { quietLog, quietMetrics } from "../support/kube-client.ts";

let server: ApiServer;
let namespace: string;
let api: OpenKubeApi;
beforeAll(async () => {
  // One answer in fifty asks the client to come again on another connection: the most that the server can be told.
  server = await startApiServer({ crds: "none", flags: ["--goaway-chance=0.02"] });
  namespace = await server.namespace();
  const clock = createClock();
  const opened = await openCredentials({ read: () => askForAccess(server.admin.kubeconfig), clock, log: quietLog });
  if (opened.kind === "fault") throw new Error(opened.message);
  api = createKubeApi({
    credentials: opened.credentials,
    clock,
    random: createRandom(),
    log: quietLog,
    metrics: quietMetrics,
    userAgent: "berth-agent/test (node-1)",
  });
});
afterAll(async () => {
  api.close();
  await server.stop();
});

const create = (name: string) => api.create(configMaps, { metadata: { name, namespace } });
const isThere = async (name: string) => (await api.read({ resource: configMaps, namespace, name })).kind === "object";

/** Creates one after the other until `end`, ten at a time. */
async function churn(prefix: string, end: Promise<unknown>): Promise<ReadonlyMap<string, ObjectAnswer>> {
  const answers = new Map<string, ObjectAnswer>();
  let isOver = false;
  void end.then(() => (isOver = true));
  const worker = async (_: unknown, at: number) => {
    for (let call = 0; !isOver; call += 1) {
      const name = `${prefix}-${at}-${call}`;
      const begun = performance.now();
      answers.set(name, await create(name));
      expect(performance.now() - begun).toBeLessThan(defaultKubeApiLimits.callMs + 1_000);
    }
  };
  await Promise.all(Array.from({ length: 10 }, worker));
  return answers;
}

/** What was made is there, what cannot land is not; the rest may be either. */
async function expectTrue(answers: ReadonlyMap<string, ObjectAnswer>): Promise<void> {
  for (const [name, answer] of answers) {
    if (answer.kind === "object") expect(await isThere(name), name).toBe(true);
    else if (answer.kind === "unknown" && !answer.mayLand) expect(await isThere(name), name).toBe(false);
    else expect(answer.kind, name).toBe("unknown");
  }
}

test("a server that sends its clients away again and again loses no call", async () => {
  const answers = await Promise.all(Array.from({ length: 1000 }, (_, at) => create(`away-${at}`)));
  expect(answers.filter(({ kind }) => kind !== "object")).toEqual([]);
  expect(api.connections()).toBeGreaterThan(1);
});

test("a server that is paused: each call ends in time; when it goes on, so do they", async () => {
  const working = create("before");
  expect(await working).toMatchObject({ kind: "object" });
  server.pause();
  const answers = await churn("paused", Promise.resolve());
  server.resume();
  expect([...answers.values()].every(({ kind }) => kind === "unknown")).toBe(true);
  expect(await create("after")).toMatchObject({ kind: "object" });
  await expectTrue(answers);
});

test("a store behind the server that stands still: each call ends in time, and the connection lives", async () => {
  server.pause("etcd");
  const answers = await churn("still", Promise.resolve());
  server.resume("etcd");
  expect([...answers.values()].every((answer) => answer.kind === "unknown" && answer.mayLand)).toBe(true);
  expect(await create("again")).toMatchObject({ kind: "object" });
});

test("a server that is killed and comes back: what a call says is true", async () => {
  const outage = async () => {
    await server.stopApiServer();
    await server.startApiServer();
  };
  const answers = await churn("killed", outage());
  expect(await create("back")).toMatchObject({ kind: "object" });
  await expectTrue(answers);
});

test("a server that stops in order: only what was under way may be unknown", async () => {
  const answers = await churn("ordered", server.stopApiServer("SIGTERM"));
  await server.startApiServer();
  await expectTrue(answers);
  const inDoubt = [...answers.values()].filter((answer) => answer.kind === "unknown" && answer.mayLand);
  // Each of the ten that ask has one call under way.
  expect(inDoubt.slice(10)).toEqual([]);
});
