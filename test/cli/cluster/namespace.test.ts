/**
 * A namespace where the cluster's pools are not: what a kubeconfig's context says is not what agents use, and nothing is shown,
 * ordered or advised there.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { pools } from "../../../core/kube/resources.ts";
import type { KubeApi } from "../../../core/ports/kube-api.ts";
import { bindWhereabouts, createStage } from "../../support/cluster-stage.ts";
import { type ClusterDesk, createClusterDesk } from "../cluster-desk.ts";
import { createDesk, type OpenDesk } from "../desk.ts";

const open: { readonly close: () => void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

function cluster(options?: Parameters<typeof createClusterDesk>[0]): ClusterDesk {
  const desk = createClusterDesk(options);
  open.push(desk);
  desk.nad("blue", { range: "10.0.0.0/24" });
  return desk;
}

const commands = [
  ["networks"],
  ["leases"],
  ["leases", "--json"],
  ["show", "10.0.0.5"],
  ["release", "10.0.0.5", "--yes"],
  ["withhold", "10.0.0.9", "--reason", "printer"],
  ["migrate", "status"],
  ["migrate", "finish"],
  ["migrate", "finish", "--dry-run"],
  ["migrate", "back"],
  ["import", "--check"],
] as const;

describe.for(commands.map((args) => ({ name: args.join(" "), args })))("berthctl $name", ({ args }) => {
  test("refuses where the pools are only in another namespace, and names both", async () => {
    const desk = cluster();
    desk.pool("10.0.0.0/24");
    desk.lease("10.0.0.5");
    const before = desk.server.revision();
    expect(await desk.berthctl(...args, "--namespace", "default")).toEqual({
      code: 2,
      out: "",
      err: `Cannot use namespace "default": expected the one that the agents use: kube-system has ippools, default has none
  name it: --namespace kube-system
`,
    });
    expect(desk.server.revision()).toBe(before);
  });

  test("refuses a name that no namespace can have", async () => {
    const { code, err } = await cluster().berthctl(...args, "--namespace", "Bad_NS");
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining("--namespace: expected lower-case letters"),
    });
  });
});

test("static addresses alone make a namespace the agents' one, too", async () => {
  const desk = cluster();
  desk.lease("10.9.0.1", { kind: "static" });
  const { code, err } = await desk.berthctl("leases", "--namespace", "default");
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringContaining("kube-system has overlappingrangeipreservations"),
  });
});

test("a cluster where nothing was given yet is no wrong one, and neither is one that may not be looked at", async () => {
  expect(await cluster().berthctl("leases", "--namespace", "default")).toMatchObject({ code: 0 });
  const desk = cluster();
  desk.pool("10.0.0.0/24");
  const refused = { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } as const;
  const list: KubeApi["list"] = async (query) =>
    query.resource === pools && query.namespace === undefined ? refused : desk.api.list(query);
  const blind = desk.with({ cluster: { kind: "api", api: { ...desk.api, list }, close: () => undefined } });
  expect(await blind.berthctl("leases", "--namespace", "default")).toMatchObject({ code: 0 });
});

test("what was withheld in the wrong namespace by mistake can be taken back", async () => {
  const desk = cluster();
  const there = ["--network", "blue", "--namespace", "default"];
  expect(await desk.berthctl("withhold", "10.0.0.9", "--reason", "printer", ...there)).toMatchObject({ code: 0 });
  desk.pool("10.0.0.0/24");
  expect(await desk.berthctl("withhold", "10.0.0.9", "--undo", ...there)).toMatchObject({
    code: 0,
    out: "No longer withheld: 10.0.0.9 in network blue\n",
  });
});

test("migrate finish beside pools of a second namespace asks to look, and advises to remove nothing", async () => {
  const stage = createStage();
  const desk: OpenDesk = createDesk();
  open.push(desk);
  bindWhereabouts(stage);
  stage.pool("10.0.0.0/24", { namespace: "openshift-multus" });
  const seat = desk.with({ cluster: { kind: "api", api: stage.api, close: () => undefined } });
  const { err } = await seat.berthctl("migrate", "finish");
  expect(err).toContain("namespace openshift-multus has pools, too: two namespaces exclude nothing from each other");
  expect(err).toContain(
    "look who uses them: kubectl --namespace openshift-multus get ippools; if these are the ones in use: --namespace openshift-multus",
  );
  expect(err).not.toMatch(/remove|delete/);
});
