/**
 * The agent's settings from file, environment and flags.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { type AgentInput, agentFilePath, loadAgentSettings } from "../../../core/config/agent.ts";
import { agentOptions } from "../../../core/config/agent-schema.ts";
import { faultLines } from "./load-input.ts";

function load(input: Partial<Omit<AgentInput, "file">> & { file?: object | string } = {}) {
  const file = typeof input.file === "object" ? JSON.stringify(input.file) : input.file;
  return loadAgentSettings({ flags: {}, env: {}, hostName: "host-1", ...input, file });
}

function faults(input: Parameters<typeof load>[0]): readonly string[] {
  const answer = load(input);
  return answer.kind === "faults" ? faultLines(answer.faults) : [];
}

const defaults = {
  socket: "/run/berth/agent.sock",
  adminSocket: "/run/berth/admin.sock",
  spool: "/run/berth/spool",
  stateDir: "/var/lib/berth",
  store: "embedded",
  nodeName: "host-1",
  logLevel: "info",
  http: "127.0.0.1:9460",
  sweepSeconds: 60,
  limits: { requestsInFlight: 256, queue: 1024 },
};

describe("loadAgentSettings()", () => {
  it("has its defaults, without a file and with an empty one", () => {
    expect(load()).toEqual({ kind: "settings", settings: defaults });
    expect(load({ file: {} })).toEqual({ kind: "settings", settings: defaults });
    expect(load({ file: { limits: { queue: 5 } } })).toMatchObject({
      settings: { limits: { requestsInFlight: 256, queue: 5 } },
    });
  });

  it("lets flags win over the environment, and that over the file", () => {
    const file = { stateDir: "/file", spool: "/file", http: "off", nodeName: "file" };
    const env = { BERTH_STATE_DIR: "/env", BERTH_SPOOL: "/env", BERTH_HTTP: "", OTHER: "x" };
    const flags = { stateDir: "/flag", kubeconfig: undefined };
    expect(load({ file, env, flags })).toMatchObject({
      settings: { stateDir: "/flag", spool: "/env", http: "off", nodeName: "file" },
    });
  });

  it.each(agentOptions)("takes $variable and $flag", ({ key, variable }) => {
    const value = { store: "kubernetes", logLevel: "debug", http: "[::1]:0", nodeName: "n", namespace: "kube-system" };
    const text = new Map<string, string>(Object.entries(value)).get(key) ?? "/x";
    expect(load({ env: { [variable]: text } })).toMatchObject({ settings: { [key]: text } });
    expect(load({ flags: { [key]: text } })).toMatchObject({ settings: { [key]: text } });
  });

  it("tells every fault at once, each where it stands", () => {
    const file = '{"store":"etcd","store":"x","limits":{"queue":0},"socketPath":1,"sweepSeconds":0.5}';
    const env = { BERTH_LOG_LEVEL: "trace", BERTH_HTTP: "9460" };
    const flags = { stateDir: "state", socket: `/${"a".repeat(107)}` };
    expect(faults({ file, env, flags }).map((line) => line.split(/[=:]/)[0])).toEqual([
      "store",
      "store",
      "sweepSeconds",
      "limits.queue",
      "socketPath",
      "--socket",
      "--state-dir",
      "BERTH_LOG_LEVEL",
      "BERTH_HTTP",
    ]);
  });

  it.each([
    ["in the file", { file: { socket: "/run/x", adminSocket: "/run/x" } }],
    ["by a default", { env: { BERTH_ADMIN_SOCKET: "/run/berth/agent.sock" } }],
    ["by a flag", { file: { adminSocket: "/run/x" }, flags: { socket: "/run/x" } }],
  ])("refuses one path for both sockets, %s", (_name, input) => {
    expect(faults(input)).toEqual([expect.stringMatching(/^adminSocket=.*: another path than socket$/)]);
  });

  it("calls a node of a cluster as the kubelet does, in lower case", () => {
    const input = { file: undefined, flags: {}, env: { BERTH_STORE: "kubernetes" }, hostName: "NODE-1" };
    expect(loadAgentSettings(input)).toMatchObject({ settings: { nodeName: "node-1" } });
    expect(loadAgentSettings({ ...input, env: {} })).toMatchObject({ settings: { nodeName: "NODE-1" } });
    expect(faults({ env: { BERTH_STORE: "kubernetes" }, flags: { nodeName: "NODE-1" } })).toEqual([
      expect.stringContaining("nodeName=NODE-1: lower case, as Kubernetes calls a node: node-1"),
    ]);
  });

  it("takes the last port there is", () => {
    expect(load({ file: { http: "127.0.0.1:65535" } })).toMatchObject({ settings: { http: "127.0.0.1:65535" } });
  });

  it.each([
    ["no JSON", "{", [": a key in double quotes at line 1, column 2"]],
    ["no object", "[]", ["=[]: an object in braces"]],
  ])("refuses a file with %s", (_name, file, wanted) => {
    expect(faults({ file })).toEqual(wanted);
  });

  it.each([
    ["http", ["x", ":9460", "127.0.0.1:09460", "127.0.0.1:999999", "127.0.0.1:65536", "[::1]:99999", ""]],
    ["nodeName", ["", "-a", "a/b", "a".repeat(254)]],
    ["namespace", ["", "Bad_NS", "a.b", "-a", "a-", "a".repeat(64)]],
    ["stateDir", ["", "a", "/a\nb"]],
    ["socket", ["/a b", "run/x"]],
  ])("holds %s to its form", (key, values) => {
    for (const value of values) expect(faults({ file: { [key]: value } }), value).toHaveLength(1);
  });
});

describe("agentFilePath()", () => {
  it("is that of --config, or of BERTH_CONFIG", () => {
    expect(agentFilePath("/flag", { BERTH_CONFIG: "/env" })).toBe("/flag");
    expect(agentFilePath(undefined, { BERTH_CONFIG: "/env" })).toBe("/env");
    expect(agentFilePath(undefined, { BERTH_CONFIG: "" })).toBeUndefined();
    expect(agentFilePath(undefined, {})).toBeUndefined();
  });
});
