/**
 * The real agent as a process: what keeps two apart, how it starts, how it ends, and what it tells.
 *
 * @module
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type AgentPlace,
  type AgentRun,
  agentPlace,
  launch,
  removePlace,
  type RunningAgent,
  startAgent,
} from "../support/agent-process.ts";
import { createNamespace, type Namespace } from "../support/namespaces.ts";
import { readHeld } from "../support/read-state.ts";

const config = {
  cniVersion: "1.0.0",
  name: "blue-net",
  type: "bridge",
  ipam: { type: "berth", network_name: "blue", ranges: [{ range: "10.0.0.0/24" }] },
};

let namespace: Namespace;
let place: AgentPlace;
const places: AgentPlace[] = [];
const agents: RunningAgent[] = [];

beforeAll(async () => {
  namespace = await createNamespace();
});
afterAll(() => namespace[Symbol.asyncDispose]());
beforeEach(() => {
  place = newPlace();
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.kill();
  for (const one of places.splice(0)) removePlace(one);
});

function newPlace(): AgentPlace {
  const made = agentPlace(mkdtempSync(join(tmpdir(), "b-")));
  places.push(made);
  return made;
}

async function start(at = place, run: AgentRun = {}): Promise<RunningAgent> {
  const agent = await startAgent(at, run);
  agents.push(agent);
  return agent;
}

/** Starts one that is expected to end by itself; returns how, and all it said. */
async function refused(at: AgentPlace, args: readonly string[] = []): Promise<{ ended: unknown; said: string }> {
  const agent = await start(at, { isStarting: true, args });
  return { ended: await agent.ended, said: agent.lines.join("\n") };
}

const add = (at: AgentPlace, containerId = "c1") =>
  launch(at, { verb: "ADD", containerId, netns: namespace.path, config });

describe("a second agent", () => {
  test("on the same state directory is refused by name, and the first goes on", async () => {
    await start();
    const other = newPlace();
    const { ended, said } = await refused(other, ["--state-dir", place.stateDir]);
    expect(ended).toBe(1);
    expect(said).toBe(
      `Cannot lock state directory "${place.stateDir}": expected no other agent that uses it (find it with: pgrep -af berth)`,
    );
    expect((await add(place)).status).toBe(0);
  });

  test("on the same socket is refused by name, and the first goes on", async () => {
    await start();
    const other = newPlace();
    const { ended, said } = await refused(other, ["--socket", place.socket]);
    expect(ended).toBe(1);
    expect(said).toContain(`Cannot lock socket "${place.socket}": expected no other agent that uses it`);
    expect((await add(place)).status).toBe(0);
  });
});

describe("a start", () => {
  test("is never stopped by the socket of an agent that was killed, nor by a file in its place", async () => {
    const first = await start();
    await first.kill();
    expect(existsSync(place.socket)).toBe(true);
    const second = await start();
    expect((await add(place)).status).toBe(0);
    await second.stop();
    for (const path of [place.socket, place.adminSocket]) writeFileSync(path, "left behind");
    await start();
    expect((await add(place)).status).toBe(0);
  });

  test("where no state directory can be made is refused in words", async () => {
    writeFileSync(place.stateDir, "a file");
    const { ended, said } = await refused(place);
    expect(ended).toBe(1);
    expect(said).toMatch(
      /^Cannot lock state directory ".*": expected a directory that can be written: .*(EEXIST|ENOTDIR)/,
    );
  });

  test.each([
    {
      name: "state directory",
      option: "--state-dir",
      path: "/proc/berth",
      says: 'Cannot lock state directory "/proc/berth": expected a directory that can be written: ',
    },
    {
      name: "socket",
      option: "--socket",
      path: "/proc/berth/agent.sock",
      says: 'Cannot lock socket "/proc/berth/agent.sock": expected ',
    },
    {
      name: "admin socket",
      option: "--admin-socket",
      path: "/proc/berth/admin.sock",
      says: 'Cannot listen on "/proc/berth/admin.sock": expected a path where a socket can be made: ',
    },
    {
      name: "admin socket in place of a directory",
      option: "--admin-socket",
      path: "/proc",
      says: 'Cannot listen on "/proc": expected a path where a socket can be made: ',
    },
  ])("where nothing can be made for its $name is refused in words, at once", async ({ option, path, says }) => {
    const { ended, said } = await refused(place, [option, path]);
    expect(ended).toBe(1);
    expect(said).toContain(says);
  });

  test("goes on without a spool where none can be made, and tells it", async () => {
    const agent = await start(place, { args: ["--spool", "/proc/berth"] });
    await agent.line("Cannot make the spool");
    expect((await add(place)).status).toBe(0);
  });

  test("on a port that is taken is refused by name, before anybody can connect", async () => {
    const first = await start(place, { args: ["--http", "127.0.0.1:0"] });
    const { http }: { http: string } = JSON.parse(await first.line("The agent listens"));
    const other = newPlace();
    const { ended, said } = await refused(other, ["--http", http]);
    expect(ended).toBe(1);
    expect(existsSync(other.socket)).toBe(false);
    expect(said).toContain(`Cannot listen on "${http}": expected a free address and port (--http)`);
  });
});

describe("a state file that cannot be used", () => {
  const statePath = (): string => join(place.stateDir, "berth.db");

  test.each([
    {
      name: "is damaged",
      spoil: async () => {
        const agent = await start();
        await add(place);
        await agent.stop();
        const bytes = readFileSync(statePath());
        writeFileSync(statePath(), bytes.subarray(0, Math.floor(bytes.length / 2)));
      },
      says: /expected a whole file.*\nway out: stop every container of this node, then move the file away and start the agent again: mv /s,
    },
    {
      name: "is another program's database",
      spoil: async () => {
        const database = new DatabaseSync(statePath());
        database.exec("CREATE TABLE precious (a); INSERT INTO precious VALUES (1)");
        database.close();
      },
      says: /expected a state file of Berth, found the database of another program.*\nway out: give the agent another directory/s,
    },
    {
      name: "is no database at all",
      spoil: async () => writeFileSync(statePath(), "precious ".repeat(100)),
      says: /expected a state file of Berth, found another kind of file.*\nway out: give the agent another directory/s,
    },
    {
      name: "was written by a newer Berth",
      spoil: async () => {
        const agent = await start();
        await agent.stop();
        const database = new DatabaseSync(statePath());
        database.exec("PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE)");
        database.close();
      },
      says: /expected schema version \d+ or older, found 999\nway out: run the version of Berth that wrote it/,
    },
  ])("because it $name stops the start, with the way out, and is left as it was", async ({ spoil, says }) => {
    mkdirSync(place.stateDir, { recursive: true });
    await spoil();
    const before = readFileSync(statePath());
    const { ended, said } = await refused(place);
    expect(ended).toBe(1);
    expect(said).toContain(`Cannot open state file "${statePath()}": expected `);
    expect(said).toMatch(says);
    expect(readFileSync(statePath()).equals(before)).toBe(true);
    expect(readdirSync(place.stateDir).filter((name) => name.startsWith("berth.db-"))).toEqual([]);
  });
});

describe("an orderly stop", () => {
  test("with 50 launchers in flight answers what it has begun: what is held is what was answered", async () => {
    const first = await start();
    const ids = Array.from({ length: 50 }, (_, n) => `c${n}`);
    const calls = ids.map((id) => add(place, id));
    await Promise.race(calls);
    first.signal("SIGTERM");
    expect(await first.ended).toBe(0);
    // Launchers that found no agent wait for the next one, as in an upgrade.
    await start();
    const answers = await Promise.all(calls);
    const given = answers.flatMap(({ status, json }) => (status === 0 ? (json.ips ?? []) : []));
    expect(answers.filter(({ status, json }) => status !== 0 && json.code !== 11)).toEqual([]);
    expect(given.length).toBeGreaterThan(0);
    const held = readHeld(place);
    expect(held.map(({ address }) => `${address}/24`).sort()).toEqual(given.map(({ address }) => address).sort());
    expect(held.filter(({ isOnRecord }) => !isOnRecord)).toEqual([]);
  });
});

describe("what it tells", () => {
  test("/metrics, /healthz and /readyz on the port that it names in its log", async () => {
    const agent = await start(place, { args: ["--http", "127.0.0.1:0"] });
    const { http }: { http: string } = JSON.parse(await agent.line("The agent listens"));
    await add(place);
    await launch(place, { verb: "DANCE", config });
    const metrics = await (await fetch(`http://${http}/metrics`)).text();
    expect(metrics).toContain('berth_calls_total{verb="ADD",outcome="ok"} 1\n');
    expect(metrics).not.toContain("DANCE");
    expect(metrics).toContain('berth_leases{state="lease"} 1\n');
    expect(metrics).toContain("berth_calls_in_flight 0\n");
    expect(metrics).toContain("berth_journal_unwritable 0\n");
    for (const path of ["healthz", "readyz"]) expect(await (await fetch(`http://${http}/${path}`)).text()).toBe("ok\n");
  });

  test("STATUS succeeds while it serves, and is answered at once, by the dozen", async () => {
    await start();
    const begun = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => launch(place, { verb: "STATUS", config: { ...config, cniVersion: "1.1.0" } })),
    );
    expect(answers.map(({ status, stdout }) => ({ status, stdout }))).toEqual(
      answers.map(() => ({ status: 0, stdout: "" })),
    );
    // Half a second would be a launcher that waits for something: their starts take milliseconds.
    expect((performance.now() - begun) / answers.length).toBeLessThan(500);
  });
});
