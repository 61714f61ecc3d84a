/**
 * What a person sees of a run by hand: the plan as table and as JSON, the summary, the exit status.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import type { ReconcileNeeds } from "../../core/flow/reconcile/needs.ts";
import { createScene } from "../../core/kube/reconcile/scene.ts";
import { reservations } from "../../core/kube/resources.ts";
import { home } from "../support/cluster-stage.ts";
import { createFakeApi } from "../support/fake-api.ts";
import { quietLog } from "../support/kube-client.ts";
import { createReconcileStage, type ReconcileStage } from "../support/reconcile-stage.ts";
import { runByHand, scopeOf } from "../../reconciler/run-by-hand.ts";

/** No agent is Ready on this machine. */
function withoutAgent(): ReconcileStage {
  const made = createReconcileStage();
  made.node("node-1", { isReady: false });
  made.ready("node-1");
  return made;
}

/** A lease of a pod that lives, one of a pod that has gone, and one of a Node that has gone. */
function stage(): ReconcileStage {
  const made = withoutAgent();
  made.pod("lives", { node: "node-1" });
  made.leaseOf("10.0.0.1", "lives");
  made.leaseOf("10.0.0.2", "gone");
  made.leaseOf("10.0.0.3", "far", { node: "node-gone" });
  return made;
}

function needsOf({ server, clock }: ReconcileStage): ReconcileNeeds {
  return {
    scene: createScene({
      api: createFakeApi(server),
      namespace: home,
      clock,
      random: { below: () => 0n, id: () => "an-id" },
    }),
    namespaces: { look: async () => ({ kind: "absent" }), voidReason: async () => undefined },
    clock,
    log: quietLog,
    times: { graceMs: 1000, waitingMs: 2000 },
    agentAnswers: async () => undefined,
    requests: () => 0,
  };
}

const settings = { dryRun: true, output: "table", node: undefined, nodeName: "node-1", all: false } as const;

async function byHand(made: ReconcileStage, changes: object = {}, signal = new AbortController().signal) {
  let stdout = "";
  let stderr = "";
  const outlets = { print: (text: string) => (stdout += text), tell: (text: string) => (stderr += text) };
  const status = await made.clock.until(
    runByHand(needsOf(made), { ...settings, ...changes }, signal, {
      print: (text) => void outlets.print(text),
      tell: (text) => void outlets.tell(text),
    }),
  );
  return { status, stdout, stderr };
}

describe("--dry-run", () => {
  test("prints what seems gone, why, and by which rule it would go; changes nothing", async () => {
    const made = stage();
    const before = made.server.revision();
    const { status, stdout, stderr } = await byHand(made);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^ADDRESS +NETWORK +NODE +POD +VERDICT\n10\.0\.0\.2 .*default\/gone +suspect, rule 1\n {2}its pod does not exist;/,
    );
    expect(stdout).not.toContain("default/lives");
    expect(stderr).toContain("(the 1 of living pods are not listed; --dry-run --output json has all)");
    expect(stderr).toContain("--once does both looks");
    expect(made.server.revision()).toBe(before);
  });

  test("keeps to 80 columns, and writes no control character of somebody else's", async () => {
    const made = createReconcileStage();
    made.leaseOf("10.0.0.2", `a-very-long-name-of-a-pod${"-x".repeat(80)}\u001b[2J`);
    const { stdout } = await byHand(made);
    const lines = stdout.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[1]).toContain("…");
    expect(stdout).not.toContain("\u001b");
  });

  test("prints one document of JSON with every lease, by stable names", async () => {
    const { stdout } = await byHand(stage(), { output: "json", all: true });
    const document: { plan: readonly { address: string }[] } = JSON.parse(stdout);
    expect(document).toMatchObject({ failures: [], summary: { lookedAt: 3, suspects: 2, failed: 0 } });
    expect(document.plan.map(({ address }) => address).sort()).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    expect(document.plan.find(({ address }) => address === "10.0.0.3")).toEqual({
      address: "10.0.0.3",
      network: "blue",
      pool: "10.0.0.0/24",
      pod: "default/far",
      node: "node-gone",
      interface: "net1",
      verdict: "suspect",
      because: null,
      rule: 2,
      why: "its pod does not exist; node node-gone is gone",
      done: null,
      command: null,
    });
  });

  test("has a row for a reservation that nobody can judge", async () => {
    const made = createReconcileStage();
    made.put(reservations, { metadata: { name: "not-an-address", namespace: home }, spec: {} });
    const table = await byHand(made, { all: true });
    expect(table.stdout).toMatch(/^- +- +- +- +keep: unreadable\n {2}nobody can judge reservation not-an-address:/m);
    const { stdout } = await byHand(made, { output: "json", all: true });
    expect(JSON.parse(stdout)).toMatchObject({
      plan: [
        {
          address: "",
          verdict: "report",
          because: "unreadable",
          command: expect.stringMatching(/^kubectl .* not-an-address /),
        },
      ],
      summary: { reports: 1, kept: { unreadable: 1 } },
    });
  });

  test("of another machine says that its namespaces are not seen, and looks at no other node's", async () => {
    const { stdout, stderr } = await byHand(stage(), { node: "node-gone" });
    expect(stderr).toContain("Node node-gone is not this machine (node-1");
    expect(stdout).toContain("10.0.0.3");
    expect(stdout).not.toContain("10.0.0.2");
  });

  test("prints what a person has to run, whole, however long it is", async () => {
    const made = createReconcileStage();
    made.ready("node-2", false);
    made.leaseOf("10.0.0.2", "gone", { node: "node-2" });
    const { stdout } = await byHand(made, { node: "node-2" });
    expect(stdout).toContain("keep: node-silent");
    expect(stdout).toMatch(/^ {2}run: when its machine is off: kubectl taint nodes node-2 \S+:NoExecute$/m);
  });
});

describe("--once", () => {
  test("says that it waits, frees, and shows what it freed", async () => {
    const made = stage();
    const { status, stdout, stderr } = await byHand(made, { dryRun: false });
    expect(status).toBe(0);
    expect(stderr).toMatch(/^Some leases seem gone: looking at them once more in [23] s$/m);
    expect(stdout).toMatch(/^10\.0\.0\.2 .*freed, rule 1$/m);
    expect(stdout).toContain("freed: 1 by rule 1 (its namespace is gone)");
    expect(made.standing()).toEqual(["blue-10.0.0.1", "blue-10.0.0.3"]);
  });

  test("of all frees what the elected member would", async () => {
    const made = stage();
    await byHand(made, { dryRun: false, all: true });
    expect(made.standing()).toEqual(["blue-10.0.0.1"]);
  });

  test("ends with 1 when it was told to end, having freed nothing more", async () => {
    const made = stage();
    const { status, stderr } = await byHand(made, { dryRun: false }, AbortSignal.abort());
    expect(status).toBe(1);
    expect(stderr).toContain("Ended early");
    expect(made.standing()).toHaveLength(3);
  });
});

describe("whose leases are judged", () => {
  test.each([
    { name: "this machine's", node: undefined, all: false, scope: { own: "node-1", elected: false } },
    { name: "this machine's by its name", node: "node-1", all: false, scope: { own: "node-1", elected: false } },
    { name: "all", node: undefined, all: true, scope: { own: "node-1", elected: true } },
    { name: "another's", node: "node-2", all: false, scope: { own: undefined, elected: false, only: "node-2" } },
  ])("$name", ({ node, all, scope }) => {
    expect(scopeOf({ node, nodeName: "node-1", all })).toEqual(scope);
  });
});
