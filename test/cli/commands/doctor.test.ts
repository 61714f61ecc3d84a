/**
 * The report of `berthctl doctor`, line by line.
 *
 * @module
 */
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { PathSight } from "../../../core/ports/host.ts";
import { berthConfig } from "../../support/world.ts";
import { at, createDesk, type OpenDesk, type Seat } from "../desk.ts";

let desk: OpenDesk;
afterEach(() => desk.close());

async function healthy(): Promise<void> {
  desk = createDesk();
  await desk.agent.add();
}

const denied: PathSight = { kind: "denied" };
const absent: PathSight = { kind: "absent" };
describe("berthctl doctor", () => {
  test("finds nothing on a healthy node", async () => {
    await healthy();
    const { code, out, err } = await desk.berthctl("doctor");
    expect(out.replaceAll(desk.stateDir, "/state")).toBe(
      [
        "ok    agent              version 1.2.3, protocol 1, up since 2023-11-14T22:13:20Z, node node-1, store embedded",
        "ok    launchers' socket  /run/berth/agent.sock",
        "ok    state directory    /state can be written, 10.0 GiB free",
        "ok    state file         whole, schema 1",
        "ok    spool              /run/berth/spool can be written and is empty",
        "ok    plugin bridge      /opt/cni/bin/bridge",
        "ok    plugin macvlan     /opt/cni/bin/macvlan",
        "ok    launcher           /opt/cni/bin/berth 1.2.3, protocol 1",
        "ok    ranges             1 range, no surprising overlap",
        "ok    leases             1 held",
        "",
      ].join("\n"),
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });

  test("puts what to run next under what it found", async () => {
    await healthy();
    desk.sights.delete("/opt/cni/bin/berth");
    expect((await desk.berthctl("doctor")).out).toContain(
      [
        'fail  launcher           no "berth" in /opt/cni/bin',
        "                         → run: install -m 755 dist/cni/berth /opt/cni/bin/berth",
      ].join("\n"),
    );
  });

  test("keeps to a narrow terminal", async () => {
    await healthy();
    const { out } = await desk.with({ columns: 44 }).berthctl("doctor");
    expect(out).toContain(
      "ok    agent\n      version 1.2.3, protocol 1, up since\n      2023-11-14T22:13:20Z, node node-1,\n      store embedded\n",
    );
  });

  const seats: readonly {
    name: string;
    seat: Partial<Seat>;
    level: string;
    what: string;
    says: string;
    code: number;
  }[] = [
    {
      name: "no agent",
      seat: { unreachable: { kind: "unreachable", why: "absent", reason: "ENOENT" } },
      level: "fail",
      what: "agent",
      says: "not running: nobody listens on /run/berth/admin.sock",
      code: 1,
    },
    {
      name: "a silent agent",
      seat: { unreachable: { kind: "unreachable", why: "unclear", reason: "no answer within 3 s" } },
      level: "fail",
      what: "agent",
      says: "no answer within 3 s",
      code: 1,
    },
    {
      name: "an agent for root only",
      seat: { unreachable: { kind: "unreachable", why: "denied", reason: "EACCES" } },
      level: "fail",
      what: "agent",
      says: "for root only",
      code: 4,
    },
    {
      name: "an agent that cannot serve",
      seat: { status: { ready: { ok: false, reasons: ["the disk is full"] } } },
      level: "fail",
      what: "agent",
      says: "it cannot serve: the disk is full",
      code: 1,
    },
    {
      name: "an agent of another version",
      seat: { status: { version: "1.1.0" } },
      level: "warn",
      what: "versions",
      says: "the agent is 1.1.0",
      code: 0,
    },
    {
      name: "an agent with another state directory",
      seat: { status: { journal: { path: "/elsewhere/berth.db", full: false } } },
      level: "fail",
      what: "settings",
      says: "the agent's state is in /elsewhere",
      code: 1,
    },
    {
      name: "a full disk",
      seat: { room: { freeBytes: 1024 * 1024, freeFiles: 1000 } },
      level: "fail",
      what: "state directory",
      says: "is full: 1.0 MiB left",
      code: 1,
    },
    {
      name: "a disk without room for files",
      seat: { room: { freeBytes: 10 ** 10, freeFiles: 3 } },
      level: "fail",
      what: "state directory",
      says: "is full: 3 files left",
      code: 1,
    },
    {
      name: "little room",
      seat: { room: { freeBytes: 64 * 1024 * 1024, freeFiles: 1000 } },
      level: "warn",
      what: "state directory",
      says: "little room is left, 64 MiB free",
      code: 0,
    },
    {
      name: "a damaged state file",
      seat: { opened: { kind: "fault", path: "/x", message: "Cannot open", wayOut: "mv it" } },
      level: "fail",
      what: "state file",
      says: "Cannot open",
      code: 1,
    },
    {
      name: "a state file for root only",
      seat: { opened: { kind: "denied", path: "/x" } },
      level: "fail",
      what: "state file",
      says: "for root only",
      code: 4,
    },
    {
      name: "no state file",
      seat: { opened: { kind: "absent", path: "/x" } },
      level: "fail",
      what: "state file",
      says: "no agent has run with it",
      code: 1,
    },
  ];
  test.for(seats)("tells of $name", async ({ seat, level, what, says, code }) => {
    await healthy();
    const told = await desk.with(seat).berthctl("doctor");
    const line = told.out.split("\n").find((one) => one.startsWith(`${level}  ${what}  `) && one.includes(says));
    expect(line, told.out).toBeDefined();
    expect(told.code).toBe(code);
  });

  const paths: readonly {
    name: string;
    path: string;
    sight: PathSight;
    level: string;
    what: string;
    says: string;
    code: number;
  }[] = [
    {
      name: "no launchers' socket",
      path: "/run/berth/agent.sock",
      sight: absent,
      level: "fail",
      what: "launchers' socket",
      says: "is no socket (absent)",
      code: 1,
    },
    {
      name: "no spool",
      path: "/run/berth/spool",
      sight: absent,
      level: "fail",
      what: "spool",
      says: "a DEL without an agent fails",
      code: 1,
    },
    {
      name: "a spool that is a file",
      path: "/run/berth/spool",
      sight: at("file"),
      level: "fail",
      what: "spool",
      says: "is no directory",
      code: 1,
    },
    {
      name: "a spool for root only",
      path: "/run/berth/spool",
      sight: denied,
      level: "fail",
      what: "spool",
      says: "for root only",
      code: 4,
    },
    {
      name: "no bridge plugin",
      path: "/opt/cni/bin/bridge",
      sight: absent,
      level: "warn",
      what: "plugin bridge",
      says: "not in /opt/cni/bin",
      code: 0,
    },
    {
      name: "a plugin that cannot be executed",
      path: "/opt/cni/bin/macvlan",
      sight: at("file", { isExecutable: false }),
      level: "warn",
      what: "plugin macvlan",
      says: "not in /opt/cni/bin",
      code: 0,
    },
    {
      name: "no plugins at all",
      path: "/opt/cni/bin",
      sight: absent,
      level: "fail",
      what: "plugins",
      says: "none of /opt/cni/bin, /usr/lib/cni is a directory",
      code: 1,
    },
  ];
  test.for(paths)("tells of $name", async ({ path, sight, level, what, says, code }) => {
    await healthy();
    desk.sights.set(path, sight);
    const told = await desk.berthctl("doctor");
    const line = told.out.split("\n").find((one) => one.startsWith(`${level}  ${what}  `) && one.includes(says));
    expect(line, told.out).toBeDefined();
    expect(told.code).toBe(code);
  });

  test("tells of a reserve that was given up", async () => {
    await healthy();
    desk.sights.set(join(desk.stateDir, "reserve"), absent);
    expect((await desk.berthctl("doctor")).out).toMatch(/^warn {2}reserve .* given up, or never made$/m);
  });

  test("tells of ranges that surprise, in the same report", async () => {
    await healthy();
    await desk.agent.add({
      containerId: "c2",
      config: berthConfig({ ranges: [{ range: "10.0.0.0/28" }] }, "wide-net"),
    });
    expect((await desk.berthctl("doctor")).out).toMatch(
      /^warn {2}ranges .*10\.0\.0\.0\/29 of definition blue-net and 10\.0\.0\.0\/28 of wide-net share 6 addresses/m,
    );
  });

  test("prints JSON", async () => {
    await healthy();
    const { out } = await desk.berthctl("doctor", "--json");
    const { findings } = JSON.parse(out) as { findings: { level: string }[] };
    expect(findings).toHaveLength(10);
    expect(findings.every(({ level }) => level === "ok")).toBe(true);
  });
});
