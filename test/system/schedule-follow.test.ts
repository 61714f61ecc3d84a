/**
 * The schedule is followed on a real API server: each change within five seconds, with no more rights than one ConfigMap, and across a
 * restart of the server.
 *
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCron } from "../../adapters/cron/cron.ts";
import { openKubeApi } from "../../adapters/kube/open.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import { configMaps } from "../../core/kube/resources.ts";
import type { InForce } from "../../core/reconcile/in-force.ts";
import { ScheduleFollow } from "../../core/reconcile/schedule-follow.ts";
import { type ApiServer, startApiServer } from "../support/api-server.ts";
import { quietLog, quietMetrics } from "../support/kube-client.ts";

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer({ crds: "none" });
});
afterAll(() => server.stop());

const name = "whereabouts-config";
const key = "reconciler_cron_expression";

async function open(kubeconfig: string) {
  const [clock, random] = [createClock(), createRandom()];
  const userAgent = "berth-reconciler/test (node-1)";
  const opened = await openKubeApi({ kubeconfig, clock, random, log: quietLog, metrics: quietMetrics, userAgent });
  if (opened.kind === "fault") throw new Error(opened.message);
  return { api: opened.api, clock, random };
}

test("each change of the ConfigMap is followed within five seconds, with the rights of a member, across a restart", async () => {
  const namespace = await server.namespace();
  const rules = [{ apiGroups: [""], resources: ["configmaps"], resourceNames: [name], verbs: ["list", "watch"] }];
  const member = await open((await server.account({ namespace, name: "member", rules })).kubeconfig);
  const { api: admin } = await open(server.admin.kubeconfig);
  const changes: InForce[] = [];
  const reached: unknown[] = [];
  const stop = new AbortController();
  const follow = new ScheduleFollow(
    { ...member, cron: createCron(), namespace, name, readFile: async () => undefined },
    { changed: (one) => changes.push(one), reach: (why) => reached.push(why) },
  );
  const run = follow.run(stop.signal);
  await follow.said;
  expect(follow.inForce).toMatchObject({ from: "default", trouble: undefined });
  expect(reached).toEqual([undefined]);

  const followed = (text: string) => expect.poll(() => follow.inForce.schedule.text, { timeout: 5_000 }).toBe(text);
  const set = (text: string) =>
    admin.patch({ resource: configMaps, namespace, name }, [{ op: "replace", path: `/data/${key}`, value: text }]);
  await admin.create(configMaps, { metadata: { name, namespace }, data: { [key]: "0 5 * * *" } });
  await followed("0 5 * * *");
  await set("@every 15m");
  await followed("@every 15m");
  // For longer than a call may take: the stream stands.
  for (const begun = performance.now(); performance.now() - begun < 6_000; ) {
    const text = `@every ${Math.ceil(performance.now())}s`;
    await set(text);
    await followed(text);
  }
  await set("TZ=Europe/Berlin 0 6 * * *");
  await followed("TZ=Europe/Berlin 0 6 * * *");

  await set("0 0 6 * * *");
  await expect.poll(() => follow.inForce.trouble?.failure.name, { timeout: 5_000 }).toBe("InvalidSchedule");
  expect(follow.inForce.schedule.text).toBe("TZ=Europe/Berlin 0 6 * * *");
  const written = await admin.read({ resource: configMaps, namespace, name });
  const uid = written.kind === "object" ? written.object.metadata.uid : "";
  expect(follow.inForce.trouble?.configMap?.uid).toBe(uid);
  expect(reached).toEqual([undefined]);

  await server.stopApiServer();
  await server.startApiServer();
  await set("0 7 * * *");
  await followed("0 7 * * *");
  await admin.remove({ resource: configMaps, namespace, name }, { uid: uid ?? "" });
  await expect.poll(() => follow.inForce.trouble?.failure.message, { timeout: 5_000 }).toMatch(/to be there$/);
  expect(follow.inForce.schedule.text).toBe("0 7 * * *");
  stop.abort();
  await run;
  member.api.close();
  admin.close();
});

test("what the server no longer knows is said to be gone", async () => {
  const { api } = await open(server.admin.kubeconfig);
  const query = { resource: configMaps, namespace: "default", resourceVersion: "1", metadataOnly: true };
  expect(await api.watch(query, () => undefined, new AbortController().signal)).toEqual({ kind: "gone" });
  api.close();
});
