/**
 * The reconciler's command line, as a person meets it: the real program, without a build.
 *
 * @module
 */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reconcilerOptions, reconcilerSwitches } from "../../core/config/reconciler-schema.ts";
import { treeRoot } from "../tools/places.ts";
import { run } from "../tools/process.ts";

const reconciler = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, [join(treeRoot, "reconciler/main.ts"), ...args], { env });

describe("berth-reconciler", () => {
  test("--help tells of every option what it is for and its default, in 80 columns, and ends with 0", async () => {
    const { status, stdout, stderr } = await reconciler(["--help"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const { flag } of reconcilerSwitches) expect(stdout).toMatch(new RegExp(String.raw`^  ${flag} +\w`, "m"));
    for (const { flag, value, variables } of reconcilerOptions) {
      const told = new RegExp(String.raw`^  ${flag} ${value} +\S[^]*?default: (.+)$`, "m").exec(stdout);
      expect(told?.[0], flag).toContain(variables.join(", "));
      expect(told?.[1], flag).not.toContain("undefined");
    }
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("--version tells its own version", async () => {
    const { status, stdout } = await reconciler(["--version"]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^berth-reconciler \S+\n$/) });
  });

  test("tells all faults of environment and flags at once, and ends with 2", async () => {
    const { status, stdout, stderr } = await reconciler(["--grace", "0"], { BERTH_LOG_LEVEL: "loud" });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    for (const place of ["--grace", "BERTH_LOG_LEVEL"]) expect(stderr).toContain(place);
  });

  test.each([
    { name: "a flag it does not have", args: ["--colour"] },
    { name: "a word that is no flag", args: ["start"] },
    { name: "a flag without its value", args: ["--grace"] },
  ])("ends with 2 for $name, and says how to learn more", async ({ args }) => {
    const { status, stderr } = await reconciler(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/run: berth-reconciler --help/);
  });

  test.each([
    { name: "--once", args: ["--once"] },
    { name: "the schedule", args: [] },
  ])("warns of times below the protocol's, with $name", async ({ args }) => {
    const { stderr } = await reconciler([...args, "--grace", "1", "--kubeconfig", "/nowhere/config"]);
    expect(stderr).toMatch(/^Warning: --grace is 1 s: expected at least 300 s; /);
  });

  test("ends with 1 for a kubeconfig that is not there, and says what to do", async () => {
    const { status, stderr } = await reconciler(["--once", "--kubeconfig", "/nowhere/config"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Cannot read kubeconfig "\/nowhere\/config": expected .*\nway out: /s);
  });
});
