/**
 * What a run of a member leaves for people: lines, figures, news.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createMetrics } from "../../../adapters/observe/metrics.ts";
import { createCanceller } from "../../../core/flow/canceller.ts";
import type { JudgedLease, ReconcileNeeds, Scope } from "../../../core/flow/reconcile/needs.ts";
import { toldRun } from "../../../core/flow/reconcile/told-run.ts";
import { createScene } from "../../../core/kube/reconcile/scene.ts";
import { reservations } from "../../../core/kube/resources.ts";
import type { Repaired } from "../../../core/ports/scene.ts";
import type { Log } from "../../../core/ports/log.ts";
import { home } from "../../support/cluster-stage.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createReconcileStage, type ReconcileStage } from "../../support/reconcile-stage.ts";

const elected: Scope = { own: "node-1", elected: true };

function withoutAgent(): ReconcileStage {
  const stage = createReconcileStage();
  stage.node("node-1", { isReady: false });
  stage.ready("node-1");
  return stage;
}

async function run(stage: ReconcileStage, changes: Partial<ReconcileNeeds> = {}, signal = createCanceller().signal) {
  const lines: string[] = [];
  const judged: JudgedLease[] = [];
  const metrics = createMetrics();
  const at = (level: string) => (message: string, fields: object | undefined) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: () => undefined, info: at("info"), warn: at("warn"), error: at("error") };
  let sent = 0;
  const { clock, server } = stage;
  const needs: ReconcileNeeds = {
    scene: createScene({
      api: createFakeApi(server),
      namespace: home,
      clock,
      random: { below: () => 0n, id: () => "i" },
    }),
    namespaces: { look: async () => ({ kind: "absent" }), voidReason: async () => undefined },
    clock,
    log,
    times: { graceMs: 1000, waitingMs: 1000 },
    agentAnswers: async () => undefined,
    requests: () => 7,
    ...changes,
  };
  const repaired: Repaired[] = [];
  const news = {
    judged: (one: JudgedLease) => void judged.push(one),
    repaired: (one: Repaired) => void repaired.push(one),
    send: async () => void (sent += 1),
  };
  const { failed } = await clock.until(toldRun({ needs, metrics, news }, elected, signal));
  return { lines, judged, repaired, sent, failed, text: await metrics.text() };
}

describe("a run of a member", () => {
  test("logs each lease that it freed, and its figures in one line; counts by rule and by reason", async () => {
    const stage = withoutAgent();
    stage.pod("lives", { node: "node-1" });
    stage.leaseOf("10.0.0.1", "lives");
    stage.leaseOf("10.0.0.2", "gone");
    stage.leaseOf("10.0.0.3", "far", { node: "node-gone" });
    const { lines, judged, sent, failed, text } = await run(stage);
    expect(failed).toBe(0);
    const freed = lines.filter((line) => line.startsWith("info Freed a lease"));
    expect(freed).toEqual(expect.arrayContaining([1, 2].map((rule) => expect.stringContaining(`"rule":${rule}`))));
    expect(lines.at(-1)).toMatch(
      /^info A run ended .*"lookedAt":3.*"freed-rule-1":1,"freed-rule-2":1,"kept-live":1.*"elected":true/,
    );
    expect([judged.length, sent]).toEqual([3, 1]);
    expect(text).toContain('berth_reconcile_freed_total{rule="1"} 1');
    expect(text).toContain('berth_reconcile_freed_total{rule="2"} 1');
    expect(text).toContain('berth_reconcile_kept{reason="live"} 1');
    expect(text).toContain('berth_reconcile_kept{reason="pending"} 0');
    expect(text).toContain("berth_reconcile_looked_at 3");
    expect(text).toContain('berth_reconcile_runs_total{outcome="ok"} 1');
    expect(text).toMatch(/berth_reconcile_last_success_timestamp 17\d{8}\n/);
  });

  test("logs, counts and tells what it put right", async () => {
    const stage = withoutAgent();
    stage.pod("lives", { node: "node-1" });
    stage.leaseOf("10.0.0.1", "lives");
    stage.unlabel("blue-10.0.0.1");
    const { lines, repaired, text } = await run(stage);
    expect(lines).toContainEqual(
      expect.stringMatching(/^info Repaired a reservation .*"address":"10\.0\.0\.1".*"node":"node-1","what":"label"/),
    );
    expect(lines.at(-1)).toContain('"repaired":1');
    expect(repaired.map(({ lease }) => lease.name)).toEqual(["blue-10.0.0.1"]);
    expect(text).toContain("berth_reconcile_repaired_total 1");
  });

  test("warns of what only a person can decide, with the command", async () => {
    const stage = withoutAgent();
    stage.ready("node-2", false);
    stage.leaseOf("10.0.0.2", "gone", { node: "node-2" });
    const { lines } = await run(stage);
    expect(lines[0]).toMatch(
      /^warn A lease is kept until a person decides .*"run":"when its machine is off: kubectl taint/,
    );
  });

  test("warns of a reservation that nobody can judge, with the command to look at it", async () => {
    const stage = withoutAgent();
    stage.put(reservations, { metadata: { name: "not-an-address", namespace: home }, spec: {} });
    const { lines, text } = await run(stage);
    expect(lines[0]).toMatch(
      /^warn A reservation is kept until a person decides .*"run":"kubectl -n kube-system get overlappingrangeipreservations\.whereabouts\.cni\.cncf\.io not-an-address -o yaml"/,
    );
    expect(text).toContain('berth_reconcile_kept{reason="unreadable"} 1');
  });

  test("that could not do a part of it counts as failed, and says which", async () => {
    const stage = withoutAgent();
    const scene = createScene({
      api: createFakeApi(stage.server),
      namespace: home,
      clock: stage.clock,
      random: { below: () => 0n, id: () => "i" },
    });
    const { lines, text, failed } = await run(stage, {
      scene: { ...scene, nodes: async () => ({ kind: "unknown", reason: "no answer" }) },
    });
    expect(lines[0]).toMatch(/^warn Cannot finish nodes: expected an answer .*no answer/);
    expect(text).toContain('berth_reconcile_runs_total{outcome="failed"} 1');
    expect(failed).toBe(1);
    expect(text).toContain("berth_reconcile_failed_total 1");
    expect(text).toContain("berth_reconcile_last_success_timestamp 0");
  });

  test("names the first leases that one failure keeps, and counts all", async () => {
    const stage = withoutAgent();
    for (let at = 1; at <= 30; at += 1) stage.leaseOf(`10.0.0.${at}`, `gone-${at}`, { node: "node-9" });
    const api = createFakeApi(stage.server);
    const random = { below: () => 0n, id: () => "i" };
    const scene = createScene({ api, namespace: home, clock: stage.clock, random });
    const { lines, failed } = await run(stage, {
      scene: { ...scene, node: async () => ({ kind: "unknown", reason: "no answer" }) },
    });
    expect(failed).toBe(30);
    expect(lines.filter((line) => line.startsWith("warn Cannot finish lease"))).toHaveLength(20);
  });

  test("that meets a defect of this program ends, and throws nothing", async () => {
    const stage = withoutAgent();
    const { lines, text, sent, failed } = await run(stage, {
      requests: () => {
        throw new Error("a defect");
      },
    });
    expect(lines).toEqual([expect.stringMatching(/^error A run ended in a defect of this program .*a defect/)]);
    expect(text).toContain('berth_reconcile_runs_total{outcome="failed"} 1');
    expect([sent, failed]).toEqual([0, 1]);
  });

  test("that is told to end says so", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.2", "gone");
    const end = createCanceller();
    end.cancel();
    const { lines } = await run(stage, {}, end.signal);
    expect(lines.at(-1)).toMatch(/^info A run ended early/);
    expect(stage.standing()).toEqual(["blue-10.0.0.2"]);
  });
});
