import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { PathSight, Ran } from "../../../core/ports/host.ts";
import { newRow } from "../../support/samples.ts";
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
const launcher = (protocol: number): Ran => ({
  kind: "ended",
  status: 0,
  stdout: `berth-launcher 1.2.3 (protocol ${protocol})\n`,
});

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

  test.for([
    { name: "of the protocol before", protocol: 0, level: "warn", says: "one behind the agent's 1" },
    { name: "of a later protocol", protocol: 2, level: "fail", says: "but the agent's is 1" },
  ])("tells of a launcher $name", async ({ protocol, level, says }) => {
    await healthy();
    desk.programs.set("/opt/cni/bin/berth", launcher(protocol));
    expect((await desk.berthctl("doctor")).out).toMatch(new RegExp(`^${level} {2}launcher .*${says}`, "m"));
  });

  test("looks at drop-in names only where they are the launcher", async () => {
    await healthy();
    desk.sights.set("/opt/cni/bin/whereabouts", at("file"));
    desk.programs.set("/opt/cni/bin/whereabouts", launcher(7));
    desk.sights.set("/opt/cni/bin/static", at("file"));
    desk.programs.set("/opt/cni/bin/static", { kind: "ended", status: 1, stdout: "CNI static plugin v1.9.1\n" });
    const { out } = await desk.berthctl("doctor");
    expect(out).toMatch(/^fail {2}launcher as whereabouts .*protocol 7/m);
    expect(out).not.toContain("static");
  });

  test("looks where it is told to with --cni-bin, more than once", async () => {
    await healthy();
    desk.sights.set("/a", at("directory")).set("/b", at("directory")).set("/b/berth", at("file"));
    desk.programs.set("/b/berth", launcher(1));
    const { out } = await desk.berthctl("doctor", "--cni-bin", "/a", "/b");
    expect(out).toMatch(/^ok {4}launcher .*\/b\/berth/m);
    expect(out).toMatch(/^warn {2}plugin bridge .*not in \/a, \/b$/m);
  });

  test.for([
    {
      name: "wait while the agent is up",
      files: 30,
      isUp: true,
      line: "warn  spool              30 DELs wait in /run/berth/spool",
    },
    {
      name: "wait while the agent is down",
      files: 1,
      isUp: false,
      line: "warn  spool            1 DEL in /run/berth/spool: carried out when the agent starts",
    },
    {
      name: "are just on their way",
      files: 2,
      isUp: true,
      line: "ok    spool              /run/berth/spool can be written, 2 DELs on the way",
    },
  ])("tells of DELs that $name", async ({ files, isUp, line }) => {
    await healthy();
    desk.folders.set(
      "/run/berth/spool",
      Array.from({ length: files }, (_, index) => `call-${index}`),
    );
    const seat: Partial<Seat> = isUp ? {} : { unreachable: { kind: "unreachable", why: "absent", reason: "" } };
    expect((await desk.with(seat).berthctl("doctor")).out).toContain(line);
  });

  test("tells of spool files that were set aside", async () => {
    await healthy();
    desk.folders.set("/run/berth/spool", [".bad-x"]);
    expect((await desk.berthctl("doctor")).out).toMatch(/^warn {2}spool .* 1 file in .* set aside$/m);
  });

  test("tells of a lease whose namespace proves nothing", async () => {
    await healthy();
    desk.agent.namespaces.set("/run/netns/odd", "file");
    await desk.agent.add({ containerId: "c2", netns: "/run/netns/odd" });
    const { code, out } = await desk.berthctl("doctor");
    expect(out).toContain("1 lease (such as 10.0.0.2) with no proof of the network namespace: kept until a DEL comes");
    expect(out).toContain("→ run: berthctl show 10.0.0.2\n");
    expect(code).toBe(0);
  });

  test("tells of an intent that is older than a minute, not of a younger one", async () => {
    await healthy();
    const sinceMs = desk.agent.clock.nowMs();
    await desk.agent.ports.journal.commit([{ kind: "intend", row: newRow("10.0.0.5", { sinceMs }) }]);
    expect((await desk.berthctl("doctor")).out).toContain("ok    leases             1 held\n");
    await desk.agent.clock.advance(61_000);
    expect((await desk.berthctl("doctor")).out).toContain(
      "1 lease (such as 10.0.0.5) asked for more than a minute ago",
    );
  });

  async function freeing(): Promise<number> {
    await healthy();
    const [row] = (await desk.agent.ports.journal.page("lease", undefined)).rows;
    const id = row?.id ?? 0;
    await desk.agent.ports.journal.commit([{ kind: "free", id, reason: "DEL" }]);
    return id;
  }

  test("tells of an address that does not get back although the agent is up, after 3 seconds", async () => {
    await freeing();
    const before = desk.agent.clock.nowMs();
    expect((await desk.berthctl("doctor")).out).toContain(
      "1 lease (such as 10.0.0.1) on the way back, and none got there within 3 s",
    );
    expect(desk.agent.clock.nowMs() - before).toBe(3_000);
  });

  test("does not wait for an address that gets back meanwhile", async () => {
    const id = await freeing();
    const { store, journal } = desk.agent.ports;
    void desk.agent.clock.wait(100).then(async () => {
      for (const held of await desk.agent.reservations()) await store.release(held);
      await journal.commit([{ kind: "end", id, restUntilMs: 0 }]);
    });
    expect((await desk.berthctl("doctor")).out).toContain("ok    leases             0 held\n");
  });

  test("tells of a lease that the store does not hold, and of one that the journal does not know", async () => {
    await healthy();
    const { store, journal } = desk.agent.ports;
    for (const held of await desk.agent.reservations()) await store.release(held);
    const lost = await desk.berthctl("doctor");
    expect(lost.out).toContain("1 lease (such as 10.0.0.1) answered that the store does not hold");
    expect(lost.code).toBe(1);
    const [row] = (await journal.page("lease", undefined)).rows;
    if (row === undefined) throw new Error("expected a row");
    const { place, kind, holder, sinceMs } = row;
    await store.claim({ place, kind, holder, sinceMs, attempt: "of nobody", reason: "" });
    await journal.commit([{ kind: "end", id: row.id, restUntilMs: 0 }]);
    expect((await desk.berthctl("doctor")).out).toContain(
      "1 lease (such as 10.0.0.1) held that the journal does not know",
    );
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
