/**
 * The socket that launchers speak to: what is answered, what is refused, and what happens when the launcher has gone.
 *
 * @module
 */
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { listen } from "../../../cni/agent/listen.ts";
import { createServer } from "node:net";
import { headerBytesMax } from "../../../core/wire/protocol.ts";
import { type CallSocket, requestBytes, send, serveWorld } from "../../support/agent-in-process.ts";
import { onCommit } from "../../support/on-commit.ts";
import { ownWorld } from "../../support/own-world.ts";
import { temporaryDirectory } from "../../support/state-file.ts";
import { berthConfig, type World } from "../../support/world.ts";

const sockets: CallSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) await socket.stop();
});

async function serve(world: World, limits?: Parameters<typeof serveWorld>[1]): Promise<CallSocket> {
  const socket = await serveWorld(world, limits);
  sockets.push(socket);
  return socket;
}

/** A world whose store holds every claim back until `go`. */
function slowWorld() {
  const gate = Promise.withResolvers<void>();
  const asked = vi.fn();
  const world = ownWorld({
    wrap: (ports) => ({
      ...ports,
      store: {
        ...ports.store,
        claim: async (claim) => {
          asked();
          await gate.promise;
          return ports.store.claim(claim);
        },
      },
    }),
  });
  return { world, go: gate.resolve, asked };
}

const add = requestBytes("ADD", berthConfig());
const failureOf = (answer: string): { code?: number; msg?: string } => JSON.parse(answer.slice(answer.indexOf("\n")));

describe("a call", () => {
  test("is answered with its status and one line, and the connection ends", async () => {
    const world = ownWorld();
    const { path, counted } = await serve(world);
    const answer = await send(path, add).answer;
    expect(answer).toMatch(/^0\n\{.*"address":"10\.0\.0\.1\/29".*\}\n$/);
    expect(await send(path, requestBytes("DEL", berthConfig())).answer).toBe("0\n");
    expect(counted).toEqual(["ADD ok", "DEL ok"]);
  });

  test("may come byte by byte", async () => {
    const { path } = await serve(ownWorld());
    expect(await send(path, ...Array.from(add, (byte) => Uint8Array.of(byte))).answer).toMatch(/^0\n/);
  });

  test("of a verb that CNI does not have is refused, and counted without its name", async () => {
    const { path, counted } = await serve(ownWorld());
    expect(failureOf(await send(path, requestBytes("DANCE", berthConfig())).answer).code).toBe(4);
    expect(counted).toEqual(["other InvalidEnvironment"]);
  });
});

describe("a request that is none", () => {
  test.each([
    { name: "another protocol's", bytes: Buffer.from("GET / HTTP/1.1\r\n\r\n\0\0"), code: 4 },
    { name: "a variable twice", bytes: Buffer.from("BERTH_PROTOCOL=1\0BERTH_PROTOCOL=1\0\0"), code: 4 },
    { name: "a header without end", bytes: Buffer.alloc(headerBytesMax + 1, "a"), code: 107 },
    {
      name: "standard input that is announced as too large",
      bytes: Buffer.from("BERTH_PROTOCOL=1\0BERTH_STARTED=1\0BERTH_BUDGET=1\0BERTH_STDIN=1048577\0\0"),
      code: 107,
    },
  ])("is refused by name: $name", async ({ bytes, code }) => {
    const world = ownWorld();
    const { path } = await serve(world);
    const answer = await send(path, bytes).answer;
    expect(answer).toMatch(/^1\n/);
    expect(failureOf(answer)).toMatchObject({ code, msg: expect.stringMatching(/^Cannot .*: expected /) });
    expect(await world.held()).toEqual([]);
  });

  test("and never ends, is let go when its sender goes", async () => {
    const socket = await serveWorld(ownWorld());
    const { socket: client, answer } = send(socket.path, add.subarray(0, 40));
    client.end();
    expect(await answer).toBe("");
    await socket.stop();
  });
});

describe("a launcher that has gone", () => {
  test("before its ADD was begun gets nothing held", async () => {
    const { world, go, asked } = slowWorld();
    const { path } = await serve(world, { inFlightMax: 1, queueMax: 8 });
    const first = send(path, add);
    await vi.waitUntil(() => asked.mock.calls.length === 1);
    const second = send(path, requestBytes("ADD", berthConfig(), "c2"));
    second.socket.once("connect", () => second.socket.end());
    await second.answer;
    go();
    expect(await first.answer).toMatch(/^0\n/);
    await vi.waitUntil(async () => (await world.ports.journal.count("intent")) === 0);
    expect(await world.held()).toEqual(["10.0.0.1"]);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  test("while its ADD was under way gets it given back", async () => {
    const { world, go, asked } = slowWorld();
    const { path } = await serve(world);
    const { socket, answer } = send(path, add);
    await vi.waitUntil(() => asked.mock.calls.length === 1);
    socket.destroy();
    await answer;
    go();
    await vi.waitUntil(async () => {
      await world.clock.advance(10);
      return (await world.held()).length === 0;
    });
    expect(await world.ports.journal.count("lease")).toBe(0);
  });
});

test("an answer that finds nobody any more is taken back, although all of it was written down", async () => {
  const gate = Promise.withResolvers<void>();
  const answered = vi.fn();
  const world = ownWorld({
    wrap: onCommit(async (changes, commit) => {
      const answer = await commit();
      if (!changes.some(({ kind }) => kind === "answer")) return answer;
      answered();
      await gate.promise;
      return answer;
    }),
  });
  const { path } = await serve(world);
  const { socket, answer } = send(path, add);
  await vi.waitUntil(() => answered.mock.calls.length === 1);
  expect(await world.held()).toHaveLength(1);
  socket.destroy();
  await answer;
  gate.resolve();
  await vi.waitUntil(async () => {
    await world.clock.advance(10);
    return (await world.held()).length === 0;
  });
});

test("an answer that is written to nobody is taken back: the launcher went a moment before, unnoticed", async () => {
  const answered = vi.fn();
  const world = ownWorld({
    wrap: onCommit(async (changes, commit) => {
      const answer = await commit();
      if (changes.some(({ kind }) => kind === "answer")) answered();
      return answer;
    }),
  });
  const { path } = await serve(world);
  const { socket, answer } = send(path, add);
  // In the same turn of the loop as the write: it fails before the end of the connection has been heard of.
  answered.mockImplementation(() => socket.destroy());
  await answer;
  expect(answered).toHaveBeenCalledTimes(1);
  await vi.waitUntil(async () => {
    await world.clock.advance(10);
    return (await world.held()).length === 0;
  });
});

describe("limits and the end", () => {
  const fewer = "fewer calls at once than limits.requestsInFlight and limits.queue allow";

  test("what may not even wait is told to come again; a DEL or GC is closed without an answer, and succeeds", async () => {
    const { world, go, asked } = slowWorld();
    const { path, counted } = await serve(world, { inFlightMax: 1, queueMax: 1 });
    const calls = ["c1", "c2"].map((id) => send(path, requestBytes("ADD", berthConfig(), id)));
    await vi.waitUntil(() => asked.mock.calls.length === 1);
    const refused = async (verb: string) => send(path, requestBytes(verb, berthConfig(), "c3")).answer;
    for (const verb of ["DEL", "GC"]) expect(await refused(verb)).toBe("");
    for (const verb of ["ADD", "CHECK", "VERSION"]) {
      const answer = await refused(verb);
      expect(answer).toMatch(/^1\n/);
      expect(failureOf(answer)).toMatchObject({ code: 11, msg: `Cannot take call "${verb}": expected ${fewer}` });
    }
    expect(failureOf(await refused("STATUS"))).toMatchObject({ code: 50, msg: expect.stringContaining(fewer) });
    expect(counted).toEqual(["ADD Overloaded", "CHECK Overloaded", "VERSION Overloaded", "STATUS NotReady"]);
    go();
    expect((await Promise.all(calls.map(({ answer }) => answer))).map((text) => text.slice(0, 2))).toEqual([
      "0\n",
      "0\n",
    ]);
  });

  test("of those beyond who say nothing, too, 256 are kept, and who comes then is closed unread", async () => {
    const { path } = await serve(ownWorld(), { inFlightMax: 1, queueMax: 1 });
    const idle = Array.from({ length: 1 + 1 + 256 - 1 }, () => send(path));
    expect(await send(path, requestBytes("STATUS", berthConfig())).answer).toBe("0\n");
    idle.push(send(path));
    expect(await send(path, requestBytes("STATUS", berthConfig())).answer).toBe("");
    for (const { socket } of idle) socket.destroy();
    await Promise.all(idle.map(({ answer }) => answer));
  });

  test.each([
    { verb: "ADD", answered: { code: 11, msg: 'Cannot take call "ADD": expected an agent that is not about to stop' } },
    { verb: "STATUS", answered: { code: 50 } },
    { verb: "DEL", answered: undefined },
  ])(
    "a connected launcher that asks for $verb of an agent that is stopping is told so, a DEL not",
    async ({ verb, answered }) => {
      const world = ownWorld();
      const server = await serveWorld(world);
      const bytes = requestBytes(verb, berthConfig());
      const early = send(server.path, bytes.subarray(0, 40));
      // Connections are taken in their order: when a later one has its answer, this one is in.
      await send(server.path, requestBytes("STATUS", berthConfig())).answer;
      const stopped = server.stop();
      early.socket.write(bytes.subarray(40));
      const answer = await early.answer;
      await stopped;
      if (answered === undefined) expect(answer).toBe("");
      else expect(failureOf(answer)).toMatchObject(answered);
      expect(await world.held()).toEqual([]);
    },
  );

  test("an orderly stop answers what was begun and lets nobody in", async () => {
    const { world, go, asked } = slowWorld();
    const server = await serveWorld(world, { inFlightMax: 1, queueMax: 8 });
    const calls = ["c1", "c2"].map((id) => send(server.path, requestBytes("ADD", berthConfig(), id)));
    await vi.waitUntil(() => asked.mock.calls.length === 1);
    const ended = vi.fn();
    const stopped = server.stop().then(ended);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).not.toHaveBeenCalled();
    go();
    const answers = await Promise.all(calls.map(({ answer }) => answer));
    await stopped;
    // The second may have been in the kernel's queue only: then it was not begun.
    expect(answers[0]).toMatch(/^0\n/);
    expect(await world.held()).toHaveLength(answers.filter((text) => text.startsWith("0\n")).length);
  });
});

describe("listen()", () => {
  test("makes the socket for its owner only, in place of what an agent that is gone has left", async () => {
    const directory = temporaryDirectory();
    const path = join(directory.path, "new", "agent.sock");
    const server = createServer();
    try {
      await listen(server, path);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(join(directory.path, "new")).mode & 0o777).toBe(0o700);
      await new Promise((resolve) => server.close(resolve));
      writeFileSync(path, "left behind");
      await listen(server, path);
      expect(statSync(path).isSocket()).toBe(true);
    } finally {
      server.close();
      directory.remove();
    }
  });
});
