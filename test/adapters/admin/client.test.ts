/**
 * The client of the admin socket against agents that behave well and badly.
 *
 * @module
 */
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAdminClient } from "../../../adapters/admin/client.ts";
import { temporaryDirectory } from "../../support/state-file.ts";

let folder: ReturnType<typeof temporaryDirectory>;
let stop: () => void;
beforeEach(() => {
  folder = temporaryDirectory();
  stop = () => undefined;
});
afterEach(() => {
  stop();
  folder.remove();
});

const path = () => join(folder.path, "admin.sock");

/** Listens, and gives each connection to `serve` with what it has sent. */
async function listen(serve: (socket: Socket, request: string) => void): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.on("data", (chunk) => serve(socket, chunk.toString()));
  });
  server.listen(path());
  await once(server, "listening");
  stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
}

const times = { questionMs: 100, orderMs: 100 };
const done = JSON.stringify({ kind: "done", network: "blue", address: "10.0.0.5", holder: "default/web-0" });
const http = (body: string, length = Buffer.byteLength(body)) =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${body}`;
const order = { address: "10.0.0.5", force: false };

describe("the client of the admin socket", () => {
  test("sends an order as JSON and reads the answer", async () => {
    let seen = "";
    await listen((socket, request) => {
      seen = request;
      socket.end(http(done));
    });
    expect(await createAdminClient(path()).release(order)).toEqual({
      kind: "answer",
      answer: JSON.parse(done) as unknown,
    });
    expect(seen).toMatch(/^POST \/v1\/release HTTP\/1\.1\r\n/);
    expect(seen.split("\r\n\r\n")[1]).toBe('{"address":"10.0.0.5","force":false}');
  });

  test("passes a failure of the agent on", async () => {
    const failure = { name: "LeaseMissing", code: 103, message: "Cannot", details: "run" };
    await listen((socket) => socket.end(http(JSON.stringify({ kind: "failed", failure }))));
    expect(await createAdminClient(path()).withhold({ network: "", address: "10.0.0.5", reason: "x" })).toEqual({
      kind: "answer",
      answer: { kind: "failed", failure },
    });
  });

  test.for([
    { name: "no socket", make: () => undefined },
    { name: "a file that is no socket", make: () => writeFileSync(path(), "") },
  ])("knows that nobody is there with $name", async ({ make }) => {
    make();
    expect(await createAdminClient(path()).status()).toMatchObject({ kind: "unreachable", why: "absent" });
  });

  test("knows that nobody is there with a socket that was left behind", async () => {
    await listen(() => undefined);
    const held = path();
    stop();
    writeFileSync(held, "", { flag: "a" });
    expect(await createAdminClient(held).status()).toMatchObject({ kind: "unreachable", why: "absent" });
    rmSync(held, { force: true });
  });

  test.for([
    { name: "a silent agent", serve: () => undefined, says: "no answer within 0.1 s" },
    { name: "an agent that hangs up", serve: (socket: Socket) => void socket.destroy(), says: "socket hang up" },
    { name: "half an answer", serve: (socket: Socket) => void socket.end(http(done.slice(0, 20), 200)), says: "" },
    {
      name: "half an answer, then silence",
      serve: (socket: Socket) => void socket.write(http(done.slice(0, 20), 200)),
      says: "",
    },
    { name: "no HTTP", serve: (socket: Socket) => void socket.end("hello\r\n\r\n"), says: "" },
    {
      name: "no JSON",
      serve: (socket: Socket) => void socket.end(http("<html>")),
      says: "an answer that this berthctl does not know",
    },
    {
      name: "another answer",
      serve: (socket: Socket) => void socket.end(http('{"kind":"done"}')),
      says: "an answer that this berthctl does not know",
    },
    {
      name: "an endless answer",
      serve: (socket: Socket) => void socket.write(http("x".repeat(1_100_000), 9_000_000)),
      says: "more than 1048576 bytes",
    },
  ])("does not know how it ended with $name", async ({ serve, says }) => {
    await listen(serve);
    const answer = await createAdminClient(path(), times).release(order);
    expect(answer).toMatchObject({ kind: "unreachable", why: "unclear", reason: expect.stringContaining(says) });
  });
});
