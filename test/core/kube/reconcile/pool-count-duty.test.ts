/**
 * Counting pools again and again: at its pauses, through whatever fails, and no longer than this member is elected.
 *
 * @module
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { annotations } from "../../../../core/kube/labels.ts";
import { poolCountDuty } from "../../../../core/kube/reconcile/pool-count-duty.ts";
import { pools } from "../../../../core/kube/resources.ts";
import type { ModeAnswer } from "../../../../core/ports/cluster.ts";
import { createVirtualClock } from "../../../support/virtual-clock.ts";
import { type ClusterDesk, createClusterDesk, home } from "../../../cli/cluster-desk.ts";

let desk: ClusterDesk;
beforeEach(() => void (desk = createClusterDesk()));
afterEach(() => desk.close());

function used() {
  return desk.server.all(pools).map(({ metadata }) => metadata.annotations?.[annotations.used]);
}

test.for<{ mode: ModeAnswer; pauseMs: number }>([
  { mode: { kind: "mode", mode: "absent" }, pauseMs: 300_000 },
  { mode: { kind: "mode", mode: "present" }, pauseMs: 900_000 },
])("pools are counted at once and after each pause, until the signal", async ({ mode, pauseMs }) => {
  const clock = createVirtualClock();
  const end = new AbortController();
  const told: string[] = [];
  const say = (text: string) => void told.push(text);
  let answer: ModeAnswer = { kind: "unknown", reason: "no answer" };
  const duty = poolCountDuty({
    api: desk.api,
    namespace: home,
    clock,
    log: { debug: () => undefined, info: say, warn: say, error: say },
    mode: async () => answer,
    timestamp: (ms) => new Date(ms).toISOString(),
    readTimestamp: Date.parse,
  });
  expect(duty.name).toBe("pool counts");
  desk.pool("10.0.0.0/24");
  const running = duty.run(end.signal);
  await clock.advance(1);
  expect({ used: used(), told }).toEqual({ used: [undefined], told: ["Cannot count pools: the mode cannot be read"] });
  answer = mode;
  await clock.advance(300_000);
  expect(used()).toEqual(["0"]);
  desk.lease("10.0.0.5");
  desk.entry("blue-10.0.0.0-24", "10.0.0.5", { id: "c", podref: "default/pod-10.0.0.5", ifname: "net1" });
  await clock.advance(pauseMs - 10);
  expect(used()).toEqual(["0"]);
  await clock.advance(20);
  expect(used()).toEqual(["1"]);
  end.abort();
  await running;
});
