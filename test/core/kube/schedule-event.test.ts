/**
 * A wrong schedule as an Event on its ConfigMap: one for each edition, however many members tell it.
 *
 * @module
 */
import { expect, test } from "vitest";
import { failure } from "../../../core/failure/failure.ts";
import type { Teller } from "../../../core/kube/event.ts";
import { tellSchedule } from "../../../core/kube/reconcile/schedule-event.ts";
import { events } from "../../../core/kube/resources.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createFakeServer } from "../../support/fake-api-server.ts";

const teller = (node: string): Teller => ({
  component: "berth-reconciler",
  node,
  nowMs: () => 1_700_000_000_000,
  timestamp: (ms) => new Date(ms).toISOString(),
});

test("each edition is told once by all members, with what to do", async () => {
  const server = createFakeServer();
  const tell = (node: string, resourceVersion: string | undefined) =>
    tellSchedule(
      { api: createFakeApi(server), teller: teller(node), namespace: "kube-system", name: "whereabouts-config" },
      {
        failure: failure("InvalidSchedule", "every full moon", "five fields"),
        configMap:
          resourceVersion === undefined ? undefined : { name: "whereabouts-config", uid: "u", resourceVersion },
      },
    );
  for (const node of ["node-1", "node-2"]) await tell(node, "7");
  await tell("node-1", "8");
  await tell("node-1", undefined);
  expect(server.all(events)).toHaveLength(3);
  expect(server.all(events)[0]).toMatchObject({
    metadata: { namespace: "kube-system" },
    reason: "BerthInvalidSchedule",
    type: "Warning",
    message: expect.stringMatching(
      /^Cannot read schedule "every full moon": expected five fields; .*reconciler_cron_expression/,
    ),
    involvedObject: { kind: "ConfigMap", namespace: "kube-system", name: "whereabouts-config", uid: "u" },
  });
});
