/**
 * A socket that is missing, has no listener, or whose queue is full; and an agent that comes in time.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startFakeAgent } from "../../support/fake-agent.ts";
import { type Bench, launcherNames, makeBench } from "./launchers.ts";
import { configText, environmentOf, errorLine, type Place, placeIn, readSpool, unreachable } from "./place.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
const listeners = new Set<ChildProcess>();
afterEach(() => {
  for (const listener of listeners) listener.kill("SIGKILL");
});
afterAll(() => bench.remove());

/** A process that listens and never accepts. `kill` leaves the socket's file, without a listener. */
async function listenWithoutAccepting(place: Place): Promise<{ readonly kill: () => Promise<void> }> {
  const script = `require("node:net").createServer().listen({ path: process.argv[1], backlog: 1 }, () => {
    require("node:fs").writeSync(1, "listening");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
  const child = spawn(process.execPath, ["-e", script, place.socket], { stdio: ["ignore", "pipe", "inherit"] });
  listeners.add(child);
  await once(child.stdout, "data");
  return {
    kill: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      listeners.delete(child);
    },
  };
}

/** Connects until the queue is full. */
async function fillQueue(place: Place): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  for (;;) {
    const socket = connect(place.socket);
    const event = await Promise.race([
      once(socket, "connect").then(() => "connect"),
      once(socket, "error").then(([error]) => String(error)),
    ]).catch(String);
    if (event !== "connect") {
      expect(event).toContain("EAGAIN");
      return sockets;
    }
    sockets.push(socket);
  }
}

const situations = [
  { situation: "no socket", arrange: async () => undefined },
  {
    situation: "a socket without a listener",
    arrange: async (place: Place) => (await listenWithoutAccepting(place)).kill(),
  },
  { situation: "a file that is no socket", arrange: (place: Place) => writeFile(place.socket, "") },
];

describe.each(launcherNames)("the %s launcher", (name) => {
  describe.each(situations)("with $situation", ({ arrange }) => {
    it.each([
      { command: "STATUS", status: 1, answers: (place: Place) => unreachable(place, 50) },
      { command: "GC", status: 0, answers: () => "" },
      { command: "DEL", status: 0, answers: () => "" },
    ])("does not wait for a $command", async ({ command, status, answers }) => {
      const place = placeIn(await bench.fresh());
      await arrange(place);
      const outcome = await bench.run(name, { environment: environmentOf(command, place), stdin: configText });
      expect(outcome).toMatchObject({ status, stdout: answers(place), stderr: "" });
      expect((await readSpool(place)).size).toBe(command === "DEL" ? 1 : 0);
      // Ten starts of Node would fit; a wait would not.
      expect(outcome.tookMs).toBeLessThan(2_500);
    });
  });

  // All at once: each waits 2 s.
  it("lets ADD and CHECK reach an agent that appears after 2 s, whatever was there before", async () => {
    const late = async (command: string, arrange: (place: Place) => Promise<unknown>): Promise<void> => {
      const place = placeIn(await bench.fresh());
      await arrange(place);
      const running = bench.run(name, { environment: environmentOf(command, place), stdin: configText });
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await rm(place.socket, { force: true });
      const agent = await startFakeAgent({ path: place.socket, onVisit: (visit) => visit.end("0\n{}\n") });
      const outcome = await running;
      expect(outcome).toMatchObject({ status: 0, stdout: "{}\n" });
      expect(outcome.tookMs).toBeGreaterThan(2_000);
      // The budget is counted from the start: what was waited for the socket is part of it.
      expect(agent.visits[0]?.request.budgetMs).toBeGreaterThan((command === "ADD" ? 27_000 : 11_000) + 1_000);
      await agent.stop();
    };
    await Promise.all(situations.flatMap(({ arrange }) => ["ADD", "CHECK"].map((command) => late(command, arrange))));
  });

  describe("with an agent whose queue is full", () => {
    it("fails a STATUS at once, and has a DEL and a GC wait for 1 s", async () => {
      const place = placeIn(await bench.fresh());
      const agent = await listenWithoutAccepting(place);
      const sockets = await fillQueue(place);
      const run = (command: string) =>
        bench.run(name, { environment: environmentOf(command, place), stdin: configText });
      const [status, del, gc] = await Promise.all([run("STATUS"), run("DEL"), run("GC")]);
      expect(status).toMatchObject({ status: 1, stdout: unreachable(place, 50) });
      expect(del).toMatchObject({ status: 0, stdout: "" });
      expect(gc).toMatchObject({ status: 0, stdout: "" });
      for (const { tookMs } of [del, gc]) expect(tookMs).toBeGreaterThan(900);
      expect((await readSpool(place)).size).toBe(1);
      for (const socket of sockets) socket.destroy();
      await agent.kill();
    });

    it("has an ADD wait for its place", async () => {
      const place = placeIn(await bench.fresh());
      const busy = await listenWithoutAccepting(place);
      const sockets = await fillQueue(place);
      const running = bench.run(name, { environment: environmentOf("ADD", place), stdin: configText });
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      for (const socket of sockets) socket.destroy();
      await busy.kill();
      await rm(place.socket);
      const agent = await startFakeAgent({ path: place.socket, onVisit: (visit) => visit.end("0\n{}\n") });
      expect(await running).toMatchObject({ status: 0, stdout: "{}\n" });
      await agent.stop();
    });
  });

  it("says so when the socket's path is too long", async () => {
    const folder = await bench.fresh();
    const place = { ...placeIn(folder), socket: `${folder}/${"s".repeat(107 - folder.length)}` };
    const run = (command: string) => bench.run(name, { environment: environmentOf(command, place), stdin: configText });
    const wanted = "expected a path of at most 107 bytes";
    expect((await run("ADD")).stdout).toBe(
      errorLine(11, `Cannot reach agent "${place.socket}": ${wanted}`, "set BERTH_SOCKET to a shorter one"),
    );
    expect(await run("DEL")).toMatchObject({ status: 0 });
    expect((await readSpool(place)).size).toBe(1);
  });

  it("takes a path of 107 bytes", async () => {
    const folder = await bench.fresh();
    const place = { ...placeIn(folder), socket: `${folder}/${"s".repeat(106 - folder.length)}` };
    const agent = await startFakeAgent({ path: place.socket, onVisit: (visit) => visit.end("0\n") });
    expect(await bench.run(name, { environment: environmentOf("STATUS", place) })).toMatchObject({
      status: 0,
      stdout: "",
    });
    await agent.stop();
  });

  it("writes JSON whatever the socket is called", async () => {
    const place = { ...placeIn(await bench.fresh()), socket: '/nowhere/"a\\b\n\x1f\x7f\xc3\xa9' };
    const outcome = await bench.run(name, { environment: environmentOf("STATUS", place), stdin: configText });
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      msg: 'Cannot reach agent "/nowhere/"a\\b\n\x1f???": expected an agent that listens there',
    });
    const long = { ...place, socket: "x".repeat(300) };
    const cut = await bench.run(name, { environment: environmentOf("STATUS", long), stdin: configText });
    expect(cut.stdout).toContain(`\\"${"x".repeat(200)}...\\"`);
  });
});
