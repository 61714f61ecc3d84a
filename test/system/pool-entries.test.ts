/**
 * The patches of pool entries on a real API server.
 *
 * @module
 */
import { beforeAll } from "vitest";
import { openKubeApi } from "../../adapters/kube/open.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import { poolEntriesCases, type PoolServer } from "../contracts/pool-entries-cases.ts";
import { sharedApiServer } from "../support/api-server-shared.ts";
import { quietLog, quietMetrics } from "../support/kube-client.ts";
import { ensureTools } from "../tools/install.ts";

let server: PoolServer | undefined;

beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
  const cluster = await sharedApiServer();
  const answer = await openKubeApi({
    kubeconfig: cluster.admin.kubeconfig,
    clock: createClock(),
    random: createRandom(),
    log: quietLog,
    metrics: quietMetrics,
    userAgent: "berth-agent/test (node-1)",
  });
  if (answer.kind === "fault") throw new Error(answer.message);
  server = { api: answer.api, namespace: await cluster.namespace() };
  return () => answer.api.close();
}, 1_200_000);

poolEntriesCases("a real API server", async () => {
  if (server === undefined) throw new Error("the server was not started");
  return server;
});
