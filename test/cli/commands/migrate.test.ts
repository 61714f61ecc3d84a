/**
 * `berthctl migrate` at a desk, over an API server in memory.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { createStage, daemonSet, type Stage } from "../../support/cluster-stage.ts";
import { place } from "../../support/samples.ts";
import { createDesk, type Desk, type OpenDesk } from "../desk.ts";

const open: OpenDesk[] = [];
afterEach(() => {
  for (const desk of open.splice(0)) desk.close();
});

function createCluster(signal?: AbortSignal): { readonly stage: Stage; readonly desk: Pick<Desk, "berthctl"> } {
  const stage = createStage();
  const desk = createDesk();
  open.push(desk);
  const cluster = { kind: "api", api: stage.api, close: () => undefined } as const;
  return { stage, desk: desk.with({ cluster, ...(signal === undefined ? {} : { interruption: signal }) }) };
}

describe("berthctl migrate status", () => {
  test("shows what stands of both, and what is in the way", async () => {
    const { stage, desk } = createCluster();
    daemonSet(stage);
    stage.held("10.0.0.5");
    stage.lease("10.0.0.6");
    stage.node("node-3", "none");
    const { code, out } = await desk.berthctl("migrate", "status");
    expect(code).toBe(0);
    expect(out).toBe(`Changing over in namespace kube-system
  mode            present, not set: Whereabouts may write, too
  Whereabouts     DaemonSet kube-system/whereabouts
  its Lease       none
  bound by        ClusterRoleBinding whereabouts
  agents          Ready on 2 of 3 nodes
  executables     none of 2 nodes told to have Whereabouts' own; 1 unknown
  pools           1, with 1 entry
  reservations    2 of Berth, 0 of others
  not taken over  0 entries
  without entry   1 lease

In the way of berthctl migrate finish
  DaemonSet kube-system/whereabouts of Whereabouts exists
    → kubectl --namespace kube-system delete daemonset whereabouts
  no agent of Berth runs as a pod on 1 node, as on others: node-3
    → start its pod there; or where it is a service, look: systemctl is-active berth-agent; if each is active: --accept-unseen-agents
`);
  });

  test("prints the same as JSON", async () => {
    const { stage, desk } = createCluster();
    stage.entry("blue-10.0.0.0-24", "10.0.0.9", { id: "w1", podref: "default/old" });
    const { out } = await desk.berthctl("migrate", "status", "--json");
    expect(JSON.parse(out)).toMatchObject({
      namespace: "kube-system",
      mode: "present",
      modeSet: false,
      since: null,
      bindings: ["ClusterRoleBinding whereabouts"],
      savedBindings: [],
      notTakenOver: [
        { pool: "blue-10.0.0.0-24", address: "10.0.0.9", podref: "default/old", container: "w1", pod: "gone" },
      ],
      inTheWay: [{ run: expect.stringContaining("--remove-dead-entries") }],
    });
  });
});

describe("berthctl migrate finish and back", () => {
  test("tell each step with the time that is left", async () => {
    const { stage, desk } = createCluster();
    stage.held("10.0.0.5");
    const finished = await desk.berthctl("migrate", "finish");
    expect(finished).toMatchObject({ code: 0, err: "" });
    const lines = finished.out.split("\n");
    expect(lines.slice(0, 5)).toEqual([
      "Saved and removed ClusterRoleBinding whereabouts",
      "Looking at everything again",
      "Set the mode to absent",
      "Waiting for the agents: 8:00 left",
      "Waiting for the agents: 7:30 left",
    ]);
    expect(lines.slice(-3)).toEqual([
      "Removed 1 entry of pool blue-10.0.0.0-24: 0 left",
      "Done: Berth alone writes in namespace kube-system; 1 entry removed",
      "",
    ]);
    const refused = await desk.berthctl("migrate", "back");
    expect(refused.code).toBe(1);
    expect(
      refused.err,
    ).toBe(`Cannot go back from Whereabouts in namespace "kube-system": expected nothing in the way, found 1 thing
  1 of the leases of node node-1 have no entry, such as 10.0.0.5 of pod default/pod-10.0.0.5
    → look at its agent: kubectl logs --all-namespaces --selector app.kubernetes.io/name=berth; then run this again
`);
    stage.entry("blue-10.0.0.0-24", "10.0.0.5", {
      id: "container-10.0.0.5",
      podref: "default/pod-10.0.0.5",
      ifname: "net1",
    });
    const back = await desk.berthctl("migrate", "back");
    expect(back).toMatchObject({ code: 0, err: "" });
    expect(back.out).toMatch(/Done: Whereabouts may write again in namespace kube-system; 1 binding made\n$/);
    expect(await desk.berthctl("migrate", "back")).toMatchObject({
      code: 0,
      out: "Nothing to do in namespace kube-system: Whereabouts may write already\n",
    });
  });

  test("print their plan with --dry-run, and change nothing", async () => {
    const { stage, desk } = createCluster();
    stage.held("10.0.0.5");
    const revision = stage.server.revision();
    expect(await desk.berthctl("migrate", "finish", "--dry-run")).toEqual({
      code: 0,
      err: "",
      out: `1. unbind Whereabouts: save and remove ClusterRoleBinding whereabouts (ClusterRole whereabouts-cni to ServiceAccount kube-system/whereabouts)
2. set the mode to absent (ConfigMap kube-system/berth, key whereabouts)
3. wait 8:00, until every agent knows the mode
4. look at everything again
5. remove 1 entry of 1 pool in namespace kube-system; the pools stay
`,
    });
    expect(await desk.berthctl("migrate", "back", "--dry-run")).toMatchObject({
      code: 0,
      out: "Nothing to do in namespace kube-system\n",
    });
    expect(stage.server.revision()).toBe(revision);
    await desk.berthctl("migrate", "finish");
    const { out } = await desk.berthctl("migrate", "back", "--dry-run");
    expect(out).toBe(`1. set the mode to present (ConfigMap kube-system/berth, key whereabouts)
2. wait 8:00, until every agent knows the mode
3. look at everything again
4. bind Whereabouts again: ClusterRoleBinding whereabouts (ClusterRole whereabouts-cni to ServiceAccount kube-system/whereabouts)
`);
  });

  test("finish says which nodes a person's word is taken for", async () => {
    const { stage, desk } = createCluster();
    stage.node("node-3", "none");
    const accepted = ["--accept-unseen-agents", "--accept-unknown-executables"];
    const word = "Taken on your word: an agent of Berth runs as a service of 1 node: node-3\n";
    const { err } = await desk.berthctl("migrate", "finish", "--dry-run", ...accepted);
    expect(err).toBe(word);
    expect((await desk.berthctl("migrate", "finish", ...accepted)).out).toContain(word);
  });

  test("back --dry-run names the entries that it would write of withheld and static addresses", async () => {
    const { stage, desk } = createCluster();
    await desk.berthctl("migrate", "finish");
    const kept = (text: string) =>
      stage.lease(text, { kind: "withheld", holder: undefined, place: place(text, { pool: "" }) });
    kept("10.0.0.20");
    kept("10.9.9.9");
    const word = (text: string) => `${text} into pool blue-10.0.0.0-24`;
    const step = async () => (await desk.berthctl("migrate", "back", "--dry-run")).out.split("\n")[2];
    expect(await step()).toBe(`3. write the entries of withheld and static addresses: ${word("10.0.0.20")}`);
    for (const end of [21, 22, 23, 24, 25, 26]) kept(`10.0.0.${end}`);
    expect(await step()).toContain(`${word("10.0.0.24")}, and 2 more`);
    stage.entry("blue-10.0.0.0-24", "10.0.0.20", { id: "wb", podref: "default/wb" });
    expect(await step()).not.toContain("10.0.0.20 ");
  });

  test("print plan and reasons with --dry-run, with exit code 1", async () => {
    const { stage, desk } = createCluster();
    daemonSet(stage);
    const { code, out, err } = await desk.berthctl("migrate", "finish", "--dry-run");
    expect({ code, lines: out.split("\n").length }).toEqual({ code: 1, lines: 5 });
    expect(err).toContain(
      'Cannot finish changing over from Whereabouts in namespace "kube-system": expected nothing in the way, found 1 thing\n',
    );
  });

  test("stop at Ctrl-C, and say that the same command goes on", async () => {
    const controller = new AbortController();
    const { stage, desk } = createCluster(controller.signal);
    controller.abort();
    expect(await desk.berthctl("migrate", "finish")).toMatchObject({
      code: 130,
      err: "Interrupted: the same command goes on from here\n  run: berthctl migrate finish\n",
    });
    expect(stage.mode()["whereabouts"]).toBeUndefined();
  });
});

describe("berthctl migrate", () => {
  test.for([
    { args: ["on"], says: 'Cannot use action "on": expected status, finish or back' },
    { args: ["finish", "--json"], says: 'Cannot use option "--json": expected it with another action than finish' },
    {
      args: ["status", "--dry-run"],
      says: 'Cannot use option "--dry-run": expected it with another action than status',
    },
    {
      args: ["back", "--remove-dead-entries"],
      says: 'Cannot use option "--remove-dead-entries": expected it with another action than back',
    },
    {
      args: ["back", "--accept-unknown-executables"],
      says: 'Cannot use option "--accept-unknown-executables": expected it with another action than back',
    },
    {
      args: ["back", "--accept-unseen-agents"],
      says: 'Cannot use option "--accept-unseen-agents": expected it with another action than back',
    },
    {
      args: ["finish", "--accept-account", "kube-system/whereabouts"],
      says: 'Cannot use option "--accept-account": expected it with another action than finish',
    },
  ])("refuses $args with exit code 2", async ({ args, says }) => {
    const { code, err } = await createCluster().desk.berthctl("migrate", ...args);
    expect({ code, first: err.split("\n")[0] }).toEqual({ code: 2, first: says });
  });

  test("says what a kubeconfig that cannot be used lacks", async () => {
    const desk = createDesk();
    open.push(desk);
    expect(await desk.berthctl("migrate", "status")).toMatchObject({
      code: 2,
      err: expect.stringContaining("kubeconfig"),
    });
  });

  test.for([
    { name: "unreachable", answer: { kind: "unknown", reason: "no route", mayLand: false }, code: 3, says: "no route" },
    {
      name: "forbidden",
      answer: { kind: "refused", status: 403, reason: "Forbidden", message: "nodes is forbidden" },
      code: 4,
      says: "nodes is forbidden",
    },
  ] as const)("tells an API server that is $name, with exit code $code", async ({ answer, code, says }) => {
    const { stage } = createCluster();
    const desk = createDesk();
    open.push(desk);
    const api = { ...stage.api, list: async () => answer };
    const told = await desk
      .with({ cluster: { kind: "api", api, close: () => undefined } })
      .berthctl("migrate", "finish");
    expect(told.code).toBe(code);
    expect(told.err).toContain(says);
  });
});
