/**
 * The agent's command line, as a person meets it: the real program, without a build.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { schemaVersion } from "../../../adapters/sqlite/schema.ts";
import { agentOptions } from "../../../core/config/agent-schema.ts";
import { protocolVersion } from "../../../core/wire/protocol.ts";
import { temporaryDirectory } from "../../support/state-file.ts";
import { treeRoot } from "../../tools/places.ts";
import { run } from "../../tools/process.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

const agent = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, [join(treeRoot, "cni/agent/main.ts"), ...args], { env });

describe("berth-agent", () => {
  test("--help tells of every option its value, what it is for, its variable and its default, and ends with 0", async () => {
    const { status, stdout, stderr } = await agent(["--help"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const option = (flag: string) =>
      new RegExp(String.raw`^  ${flag} [A-Z]+ +[a-z/J].+\n +(BERTH_[A-Z_]+), default: (.+)$`, "m")
        .exec(stdout)
        ?.slice(1);
    for (const { flag, variable } of agentOptions) expect(option(flag)?.[0], flag).toBe(variable);
    expect(option("--config")).toEqual(["BERTH_CONFIG", "none"]);
    expect(option("--socket")?.[1]).toBe("/run/berth/agent.sock");
    expect(option("--http")?.[1]).toBe("127.0.0.1:9460");
    expect(option("--node-name")?.[1]).toBe("the host's name");
    expect(stdout).not.toContain("undefined");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("--version tells its own version, the protocol's and the schema's", async () => {
    const { status, stdout } = await agent(["--version"]);
    expect(status).toBe(0);
    // Without a build it does not know its own.
    expect(stdout).toMatch(
      new RegExp(`^berth-agent (\\S+) \\(protocol ${protocolVersion}, schema ${schemaVersion}\\)\n$`),
    );
    expect(manifest.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test("tells all faults of file, environment and flags at once, each with its place, and ends with 2", async () => {
    const file = join(directory.path, "agent.json");
    writeFileSync(file, '{ "socket": "relative.sock", "limits": { "queue": 0 }, "colour": "blue" }');
    const { status, stdout, stderr } = await agent(["--config", file, "--store", "paper"], { BERTH_LOG_LEVEL: "loud" });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(`Cannot use the agent's configuration "${file}": expected settings without faults`);
    for (const place of ["socket", "limits.queue", "colour", "--store", "BERTH_LOG_LEVEL"])
      expect(stderr).toContain(place);
  });

  test.each([
    {
      name: "a flag it does not have",
      args: ["--colour", "blue"],
      env: {},
      says: /--colour.*\nrun: berth-agent --help/s,
    },
    { name: "a word that is no flag", args: ["start"], env: {}, says: /start.*\nrun: berth-agent --help/s },
    { name: "a flag without its value", args: ["--socket"], env: {}, says: /--socket.*\nrun: berth-agent --help/s },
    {
      name: "a configuration that is not there",
      args: ["--config", "/nowhere/agent.json"],
      env: {},
      says: /^Cannot read configuration "\/nowhere\/agent.json": expected a file that can be read: .*ENOENT/,
    },
    {
      name: "one that the environment names",
      args: [],
      env: { BERTH_CONFIG: "/nowhere/env.json" },
      says: /^Cannot read configuration "\/nowhere\/env.json"/,
    },
  ])("ends with 2 for $name, and says so on standard error", async ({ args, env, says }) => {
    const { status, stdout, stderr } = await agent(args, env);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(says);
  });

  test("ends with 1 for a kubeconfig that is not there, and says what to do", async () => {
    const { status, stderr } = await agent(
      [
        "--store",
        "kubernetes",
        "--kubeconfig",
        "/nowhere/config",
        "--state-dir",
        join(directory.path, "state"),
        "--socket",
        join(directory.path, "agent.sock"),
      ],
      {},
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Cannot read kubeconfig "\/nowhere\/config": expected .*\nway out: /s);
  });
});
