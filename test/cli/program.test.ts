/**
 * Wrong command lines, help, settings, and state files that cannot be read.
 *
 * @module
 */
import { resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { exitCodes, exitMeanings } from "../../cli/exit.ts";
import { createDesk } from "./desk.ts";

const desk = createDesk();
afterAll(() => desk.close());

const help = "run: berthctl --help, or berthctl <command> --help";

describe("a command line that is wrong", () => {
  test.for([
    {
      name: "an unknown command",
      args: ["lease"],
      says: 'Cannot use command "lease": expected a command, perhaps leases',
    },
    { name: "a command like none", args: ["xyzzy"], says: 'Cannot use command "xyzzy": expected a command' },
    {
      name: "an unknown option",
      args: ["leases", "--netwrok", "x"],
      says: 'Cannot use option "--netwrok": expected an option of this command, perhaps --network',
    },
    {
      name: "an option like none",
      args: ["leases", "-Q"],
      says: 'Cannot use option "-Q": expected an option of this command',
    },
    {
      name: "a missing argument",
      args: ["show"],
      says: 'Cannot use command line "": expected <address> behind the command',
    },
    {
      name: "a missing value",
      args: ["leases", "--range"],
      says: 'Cannot use option "--range <cidr>": expected a value behind it',
    },
    {
      name: "too much",
      args: ["show", "10.0.0.1", "10.0.0.2"],
      says: 'Cannot use command line "2 arguments": expected at most 1 behind the command',
    },
    {
      name: "control characters",
      args: ["x\u001b[31m"],
      says: 'Cannot use command "x\\u001b[31m": expected a command',
    },
  ])("is told in our grammar: $name", async ({ args, says }) => {
    expect(await desk.berthctl(...args)).toEqual({ code: 2, out: "", err: `${says}\n  ${help}\n` });
  });

  test("is answered with the help when nothing was asked for", async () => {
    const { code, out, err } = await desk.berthctl();
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^Usage: berthctl /);
  });
});

describe("berthctl --help", () => {
  test("fits a terminal of 80 columns", async () => {
    const { out } = await desk.berthctl("--help");
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("names every command, every exit code, and an example", async () => {
    const { code, out } = await desk.berthctl("--help");
    expect(code).toBe(0);
    for (const name of [
      "networks",
      "leases",
      "show",
      "explain",
      "release",
      "withhold",
      "check-config",
      "doctor",
      "reconcile",
    ])
      expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
    for (const [name, value] of Object.entries(exitCodes))
      expect(out).toMatch(new RegExp(`^  ${value} +${exitMeanings[name as keyof typeof exitCodes]}$`, "m"));
    expect(out).toContain("Example:\n  $ berthctl ");
  });

  test.for(["networks", "leases", "show", "explain", "release", "withhold", "check-config", "doctor", "reconcile"])(
    "of %s has an example, and both spellings of it are the same",
    async (name) => {
      const { code, out } = await desk.berthctl(name, "--help");
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`^Usage: berthctl ${name} `));
      expect(out).toContain(`Example:\n  $ berthctl ${name}`);
      expect((await desk.berthctl("help", name)).out).toBe(out);
      expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(90);
    },
  );

  test("--version names all versions", async () => {
    expect(await desk.berthctl("--version")).toEqual({
      code: 0,
      out: "berthctl 1.2.3 (protocol 1, schema 1)\n",
      err: "",
    });
  });
});

describe("settings", () => {
  test("an option wins over the environment, before and behind the command", async () => {
    const elsewhere = desk.with({ env: { BERTH_STATE_DIR: "/nowhere" } });
    expect((await elsewhere.berthctl("networks")).err).toContain('Cannot open state file "/nowhere/berth.db": ');
    expect((await elsewhere.berthctl("--state-dir", desk.stateDir, "networks")).code).toBe(0);
    expect((await elsewhere.berthctl("networks", "--state-dir", desk.stateDir)).code).toBe(0);
  });

  test("a relative path is one from where the user is", async () => {
    const { err } = await desk.berthctl("networks", "--state-dir", "here");
    expect(err).toContain(`"${resolve("here")}/berth.db"`);
  });

  test("the agent's configuration file says where both are", async () => {
    desk.files.set("/agent.json", JSON.stringify({ stateDir: "/from-the-file" }));
    const seat = desk.with({ env: { BERTH_STATE_DIR: "" } });
    expect((await seat.berthctl("--config", "/agent.json", "networks")).err).toContain('"/from-the-file/berth.db"');
    const byVariable = desk.with({ env: { BERTH_STATE_DIR: "", BERTH_CONFIG: "/agent.json" } });
    expect((await byVariable.berthctl("networks")).err).toContain('"/from-the-file/berth.db"');
  });

  test.for([
    {
      name: "a file that is not there",
      args: ["--config", "/none.json"],
      says: 'Cannot read configuration "/none.json": expected a file that can be read: no such file',
    },
    {
      name: "a file with faults",
      args: ["--config", "/bad.json"],
      says: 'Cannot use settings "/bad.json": expected settings without faults\n  stateDri: expected',
    },
    {
      name: "a socket's path that is too long",
      args: ["--admin-socket", `/${"x".repeat(120)}`],
      says: "--admin-socket: expected an absolute path of at most 107 visible characters",
    },
  ])("with $name end with 2", async ({ args, says }) => {
    desk.files.set("/bad.json", '{"stateDri":"/x"}');
    const { code, err } = await desk.berthctl(...args, "networks");
    expect(err).toContain(says);
    expect(code).toBe(2);
  });
});

describe("a state file that cannot be read", () => {
  test.for([
    {
      name: "is missing",
      opened: { kind: "absent", path: "/x" },
      code: 2,
      says: "expected a state file that an agent has made\n",
    },
    {
      name: "is for root only",
      opened: { kind: "denied", path: "/x" },
      code: 4,
      says: "expected root, who alone may read it\n  run it with: sudo berthctl\n",
    },
    {
      name: "is damaged",
      opened: { kind: "fault", path: "/x", message: "Cannot open", wayOut: "mv it" },
      code: 2,
      says: "Cannot open\n  mv it\n",
    },
  ] as const)("because it $name ends every read with $code", async ({ opened, code, says }) => {
    for (const args of [
      ["networks"],
      ["leases"],
      ["show", "10.0.0.1"],
      ["release", "10.0.0.1", "--yes"],
      ["withhold", "10.0.0.1", "--reason", "x"],
    ]) {
      const told = await desk.with({ opened }).berthctl(...args);
      expect(told.err).toContain(says);
      expect(told).toMatchObject({ code, out: "" });
    }
  });
});
