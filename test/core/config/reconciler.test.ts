/**
 * The reconciler's settings: which source wins, and what does not go together.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { loadReconcilerSettings, type ReconcilerInput } from "../../../core/config/reconciler.ts";
import { formatFault } from "../../../core/config/faults-text.ts";

const load = (flags: ReconcilerInput["flags"], env: ReconcilerInput["env"] = {}) =>
  loadReconcilerSettings({ flags, env, hostName: "Host-1" });

const settings = (flags: ReconcilerInput["flags"], env: ReconcilerInput["env"] = {}) => {
  const loaded = load(flags, env);
  if (loaded.kind === "faults") throw new Error(loaded.faults.map((fault) => formatFault(fault)).join("\n"));
  return loaded.settings;
};

describe("without anything said", () => {
  test("the graces are those of the protocol, and the node is the host in lower case", () => {
    expect(settings({})).toMatchObject({
      once: false,
      dryRun: false,
      all: false,
      nodeName: "host-1",
      configMap: "whereabouts-config",
      http: "127.0.0.1:9461",
      grace: 300,
      waiting: 300,
    });
  });
});

describe("what is said twice", () => {
  test.each([
    { name: "a flag wins over the environment", flags: { nodeName: "f" }, env: { BERTH_NODE_NAME: "e" }, node: "f" },
    {
      name: "our variable wins over the one of manifests",
      flags: {},
      env: { BERTH_NODE_NAME: "e", NODE_NAME: "n" },
      node: "e",
    },
    { name: "an empty variable is none", flags: {}, env: { BERTH_NODE_NAME: "", NODE_NAME: "n" }, node: "n" },
  ])("$name", ({ flags, env, node }) => {
    expect(settings(flags, env).nodeName).toBe(node);
  });
});

describe("is refused, with the place", () => {
  test.each([
    { name: "a grace of nothing", flags: { grace: "0" }, says: /^--grace: expected whole seconds, 1 to 86400/ },
    { name: "a grace of more than a day", flags: { grace: "86401" }, says: /^--grace: expected whole seconds/ },
    { name: "a grace with a unit", flags: { waiting: "5m" }, says: /^--waiting: expected whole seconds/ },
    { name: "another node beside the schedule", flags: { node: "n" }, says: /^--node: expected --once or --dry-run/ },
    { name: "all beside the schedule", flags: { all: true }, says: /^--all: expected --once or --dry-run/ },
    { name: "a form beside the schedule", flags: { output: "json" }, says: /^--output: expected --once or --dry-run/ },
    {
      name: "one node and all of them",
      flags: { once: true, all: true, node: "n" },
      says: /^--node: expected no --all beside it/,
    },
    {
      name: "a node that no Node is called",
      flags: { nodeName: "Web" },
      says: /^--node-name: expected lower case.*web/,
    },
    { name: "another one", flags: { once: true, node: "Web" }, says: /^--node: expected lower case.*web/ },
    {
      name: "a form that is none",
      flags: { dryRun: true, output: "yaml" },
      says: /^--output: expected one of table, json/,
    },
    { name: "a port that is none", flags: { http: "9461" }, says: /^--http: expected an address and a port/ },
    {
      name: "a ConfigMap that is none",
      flags: { configMap: "Not a name" },
      says: /^--config-map: expected lower-case/,
    },
  ])("$name", ({ flags, says }) => {
    const loaded = load(flags);
    expect(loaded.kind === "faults" ? loaded.faults.map((fault) => formatFault(fault)) : []).toEqual([
      expect.stringMatching(says),
    ]);
  });

  test("what the environment says wrongly, by its variable", () => {
    const loaded = load({}, { BERTH_GRACE: "soon" });
    expect(loaded.kind === "faults" ? loaded.faults[0]?.path : "").toBe("BERTH_GRACE");
  });
});

test("a run by hand may name its node, its form, and both kinds of run at once", () => {
  expect(settings({ dryRun: true, once: true, node: "n", output: "json", grace: "1" })).toMatchObject({
    dryRun: true,
    node: "n",
    output: "json",
    grace: 1,
  });
});
