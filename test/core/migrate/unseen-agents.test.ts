/**
 * Agents that are services of their nodes, as the documents install them: no pod tells of them, and a person has to.
 *
 * @module
 */
import { expect, test } from "vitest";
import { pods } from "../../../core/kube/resources.ts";
import { goBack } from "../../../core/migrate/back.ts";
import { finish, judgeFinish } from "../../../core/migrate/finish.ts";
import { holder } from "../../support/samples.ts";
import { usual, write } from "../../support/changing-over.ts";
import { createStage, differencesOf, type Stage, watched } from "../../support/cluster-stage.ts";

function services(): Stage {
  const stage = createStage();
  for (const node of ["node-1", "node-2"]) stage.remove(pods, `berth-agent-${node}`, "berth-system");
  return stage;
}

async function reasons(stage: Stage, options: object = {}) {
  const judged = await stage.clock.until(judgeFinish(stage.needs(), { ...usual, ...options }));
  if (judged.kind !== "judged") throw new Error(judged.what);
  return judged.reasons;
}

test("migrate finish says that it cannot see them, and how a person says that they run", async () => {
  expect(await reasons(services())).toEqual([
    {
      text: "no agent of Berth runs as a pod, and as services of 2 nodes they cannot be seen from here: node-1, node-2",
      run: "look on each: systemctl is-active berth-agent; if each is active: --accept-unseen-agents",
    },
    {
      text: "nobody told whether Whereabouts' executable is still on 2 nodes: node-1, node-2",
      run: "look there: ls -l /opt/cni/bin/whereabouts; if each is Berth's: --accept-unknown-executables",
    },
  ]);
});

test("migrate finish goes on when a person looked at both, and back again", async () => {
  const stage = services();
  const leases = [stage.held("10.0.0.5")];
  const accepted = { ...usual, acceptUnseenAgents: true, acceptUnknownExecutables: true };
  expect(await stage.clock.until(finish(stage.needs(), accepted, watched()))).toMatchObject({ kind: "removed" });
  expect(await stage.clock.until(goBack(stage.needs(), watched()))).toMatchObject({
    kind: "refused",
    reasons: [{ run: "see whether its agent runs: on node-1 run: systemctl status berth-agent; then run this again" }],
  });
  write(stage, leases);
  expect(await stage.clock.until(goBack(stage.needs(), watched()))).toMatchObject({ kind: "back" });
});

test("an entry that nobody took over stands in the way, whatever a person said of agents", async () => {
  const stage = services();
  stage.pod("web-0");
  stage.entry("blue-10.0.0.0-24", "10.0.0.9", { id: "w1", podref: "default/web-0" });
  const accepted = { acceptUnseenAgents: true, acceptUnknownExecutables: true };
  expect(await reasons(stage, accepted)).toMatchObject([
    { text: expect.stringContaining("is not taken over by Berth") },
  ]);
});

/** Agents are pods on two nodes; of a third nothing tells. */
function mixedAgents(): Stage {
  const stage = createStage();
  stage.node("node-3", "none");
  return stage;
}

test("where some agents run as pods, a node without one is missed until a person says that it is a service there", async () => {
  expect(await reasons(mixedAgents(), { acceptUnknownExecutables: true })).toEqual([
    {
      text: "no agent of Berth runs as a pod on 1 node, as on others: node-3",
      run: "start its pod there; or where it is a service, look: systemctl is-active berth-agent; if each is active: --accept-unseen-agents",
    },
  ]);
  expect(await reasons(mixedAgents(), { acceptUnseenAgents: true, acceptUnknownExecutables: false })).toMatchObject([
    { text: "nobody told whether Whereabouts' executable is still on 1 node: node-3" },
  ]);
  const accepted = { ...usual, acceptUnseenAgents: true, acceptUnknownExecutables: true };
  const stage = mixedAgents();
  const watch = watched();
  expect(await stage.clock.until(finish(stage.needs(), accepted, watch))).toMatchObject({ kind: "removed" });
  expect(watch.told).toContainEqual({ kind: "vouched", nodes: ["node-3"] });
});

test("a pod of an agent that is not Ready is in the way whatever a person said", async () => {
  const stage = createStage();
  stage.node("node-3", { isReady: false });
  expect(await reasons(stage, { acceptUnseenAgents: true })).toMatchObject([
    { text: "no Ready agent of Berth on 1 node: node-3" },
  ]);
});

test("import --check misses no agent where none can be seen, and says where to look", async () => {
  const stage = services();
  stage.entry("blue-10.0.0.0-24", "10.0.0.9", { id: "w1", podref: "default/web-0" });
  stage.pod("web-0");
  expect(await differencesOf(stage)).toMatchObject([
    { kind: "no-ifname" },
    {
      kind: "entry-only",
      berth:
        "the agent of node node-1 takes it over within 10 minutes, if it runs: no agent is a pod here, so none can be seen",
      run: "if it stays so, on node-1 run: systemctl status berth-agent",
    },
  ]);
});

test("import --check leaves what a node held that is gone to a person, and what its pod has to Kubernetes", async () => {
  const stage = createStage();
  stage.held("10.0.0.5", { holder: holder({ node: "node-9" }) });
  stage.entry("blue-10.0.0.0-24", "10.0.0.9", { id: "w1", podref: "default/web-1", ifname: "net1" });
  stage.pod("web-1", { node: "node-9" });
  expect(await differencesOf(stage)).toMatchObject([
    {
      kind: "entry-only",
      berth: "keeps the address taken: node node-9 no longer exists",
      run: "wait until Kubernetes has removed pod default/web-1, then look again",
    },
    {
      kind: "pod-gone",
      berth: "keeps it: node node-9 no longer exists",
      run: "if its machine is off, too: berthctl release --node node-9",
    },
  ]);
});

test("import --check asks to wait for a pod that has no node yet", async () => {
  const stage = createStage();
  stage.entry("blue-10.0.0.0-24", "10.0.0.9", { id: "w1", podref: "default/web-0", ifname: "net1" });
  stage.put(pods, { metadata: { name: "web-0", namespace: "default" }, spec: {}, status: { phase: "Pending" } });
  expect(await differencesOf(stage)).toMatchObject([
    { berth: "keeps the address taken: its pod waits for a node", run: "wait until it has one, then look again" },
  ]);
});
