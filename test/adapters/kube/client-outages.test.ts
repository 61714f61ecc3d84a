/**
 * Bad days of the API server: each call ends in time, and says whether it may still be carried out.
 *
 * @module
 */
import { constants } from "node:http2";
import { createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { reservations } from "../../../core/kube/resources.ts";
import type { KubeApi } from "../../../core/ports/kube-api.ts";
import { startHole } from "../../support/black-hole.ts";
import { quickLimits, startClient } from "../../support/kube-client.ts";
import { replyJson, replyText, startTlsServer, type TlsServer } from "../../support/tls-server.ts";

let server: TlsServer;
beforeEach(async () => {
  server = await startTlsServer();
});
afterEach(() => server[Symbol.asyncDispose]());

const object = { metadata: { name: "10.0.0.1", namespace: "ns" } };
const create = (api: KubeApi) => api.create(reservations, object);
const read = (api: KubeApi) => api.read({ resource: reservations, namespace: "ns", name: "10.0.0.1" });

test("a server that does not answer: unknown when the time is over, and it may land", async () => {
  await using client = await startClient(server.access, { callMs: 300 });
  server.answer(() => undefined);
  const begun = performance.now();
  expect(await create(client.api)).toEqual({ kind: "unknown", reason: "no answer in time", mayLand: true });
  expect(performance.now() - begun).toBeLessThan(600);
  expect(client.requests.get("create overlappingrangeipreservations late")).toBe(1);
});

test("half an answer is none", async () => {
  await using client = await startClient(server.access, { callMs: 300 });
  server.answer(({ stream }) => {
    stream.respond({ ":status": 201 });
    stream.write('{"metadata":');
  });
  expect(await create(client.api)).toMatchObject({ kind: "unknown", mayLand: true });
});

test("a connection that breaks after the request was read: unknown at once, and it may land", async () => {
  await using client = await startClient(server.access);
  server.answer(() => server.drop());
  expect(await create(client.api)).toMatchObject({ kind: "unknown", mayLand: true });
  expect(server.seen).toHaveLength(1);
  server.answer(({ stream }) => replyJson(stream, 201, object));
  expect(await create(client.api)).toMatchObject({ kind: "object" });
  expect(client.api.connections()).toBe(2);
});

test("a question is asked again on a new connection", async () => {
  await using client = await startClient(server.access);
  server.answer(({ stream }) => (server.seen.length === 1 ? server.drop() : replyJson(stream, 200, object)));
  expect(await read(client.api)).toMatchObject({ kind: "object" });
});

test("nobody listens: unknown, and it cannot land", async () => {
  await using client = await startClient(server.access, { callMs: 300 });
  await server.stop();
  const answer = await create(client.api);
  expect(answer).toMatchObject({ kind: "unknown", mayLand: false, reason: expect.stringContaining("ECONNREFUSED") });
});

test("a server that comes back within the time of a call answers it", async () => {
  await using client = await startClient(server.access);
  await server.stop();
  const answer = create(client.api);
  await server.listen();
  expect(await answer).toMatchObject({ kind: "object" });
});

test("what is no server of TLS, or answers no handshake, gets no request", async () => {
  for (const greet of [(socket: Socket) => socket.end("220 mail\r\n"), () => undefined]) {
    const sockets = new Set<Socket>();
    const other = createServer((socket) => {
      sockets.add(socket.on("error", () => undefined));
      greet(socket);
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : 0;
    await using client = await startClient(
      { ...server.access, server: `https://127.0.0.1:${port}` },
      { callMs: 400, connectMs: 200 },
    );
    expect(await create(client.api)).toMatchObject({ kind: "unknown", mayLand: false });
    for (const socket of sockets) socket.destroy();
    other.close();
  }
});

test("a certificate of another authority is not believed, unless told so", async () => {
  await using stranger = await startTlsServer();
  const access = { ...stranger.access, ca: server.access.ca };
  await using client = await startClient(access, { callMs: 300 });
  expect(await create(client.api)).toMatchObject({
    kind: "unknown",
    mayLand: false,
    reason: expect.stringMatching(/certificate|self-signed/),
  });
  expect(stranger.seen).toHaveLength(0);
  await using careless = await startClient({ ...access, isVerified: false });
  expect(await create(careless.api)).toMatchObject({ kind: "object" });
});

test("429 is repeated when the server said, within the time of the call", async () => {
  await using client = await startClient(server.access, { callMs: 5_000 });
  server.answer(({ stream }) => {
    if (server.seen.length === 1) replyJson(stream, 429, {}, { "retry-after": "1" });
    else replyJson(stream, 201, object);
  });
  const begun = performance.now();
  expect(await create(client.api)).toMatchObject({ kind: "object" });
  expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
  expect(client.requests.get("create overlappingrangeipreservations 429")).toBe(1);
});

test("429 for longer than a call may take: unknown, and it cannot land", async () => {
  await using client = await startClient(server.access);
  server.answer(({ stream }) => replyJson(stream, 429, {}, { "retry-after": "60" }));
  expect(await create(client.api)).toMatchObject({
    kind: "unknown",
    mayLand: false,
    reason: expect.stringMatching(/too busy/),
  });
  expect(server.seen).toHaveLength(1);
});

test("a server that stops in order turned the request away: repeated, or said that it cannot land", async () => {
  await using client = await startClient(server.access);
  const stopping = { kind: "Status", status: "Failure", message: "apiserver is shutting down", code: 503 };
  server.answer(({ stream }) =>
    replyJson(stream, 503, stopping, { "retry-after": server.seen.length === 1 ? "0" : "60" }),
  );
  expect(await create(client.api)).toMatchObject({
    kind: "unknown",
    mayLand: false,
    reason: expect.stringMatching(/shutting down/),
  });
  expect(server.seen).toHaveLength(2);
  server.answer(({ stream }) =>
    replyJson(stream, 503, { ...stopping, message: "etcd is away" }, { "retry-after": "0" }),
  );
  expect(await create(client.api)).toMatchObject({ kind: "unknown", mayLand: true });
});

test("GOAWAY: what the server has not taken goes out again on a new connection", async () => {
  await using client = await startClient(server.access);
  server.answer(({ stream }) => {
    if (server.seen.length === 2) stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 1);
    else replyJson(stream, 201, object);
  });
  expect(await create(client.api)).toMatchObject({ kind: "object" });
  expect(await create(client.api)).toMatchObject({ kind: "object" });
  expect(client.api.connections()).toBe(2);
});

test("GOAWAY with an error: what the server may have taken is unknown, the rest goes out again", async () => {
  await using client = await startClient(server.access);
  server.answer(({ stream }) => {
    if (server.seen.length === 2) stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 1);
    else if (server.seen.length > 2) replyJson(stream, 201, object);
  });
  const answers = await Promise.all([create(client.api), create(client.api)]);
  expect(answers).toMatchObject([{ kind: "unknown", mayLand: true }, { kind: "object" }]);
});

test("GOAWAY in order: what is under way is answered on the old connection, what comes on a new one", async () => {
  await using client = await startClient(server.access);
  const held: (() => void)[] = [];
  server.answer(({ stream }) => {
    held.push(() => replyJson(stream, 201, object));
    stream.session?.close();
  });
  const first = create(client.api);
  await expect.poll(() => held.length).toBe(1);
  server.answer(({ stream }) => replyJson(stream, 201, object));
  await expect.poll(() => create(client.api).then(() => client.api.connections())).toBe(2);
  held[0]?.();
  expect(await first).toMatchObject({ kind: "object" });
});

test("a stream that is refused goes out again", async () => {
  await using client = await startClient(server.access);
  server.answer(({ stream }) => {
    if (server.seen.length === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM);
    else replyJson(stream, 201, object);
  });
  expect(await create(client.api)).toMatchObject({ kind: "object" });
});

test("a stream that the server breaks off is unknown, and the others of the connection go on", async () => {
  await using client = await startClient(server.access);
  server.answer(({ stream, method }) => {
    if (method === "POST") stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else replyJson(stream, 200, object);
  });
  const answers = await Promise.all([create(client.api), read(client.api)]);
  expect(answers).toMatchObject([{ kind: "unknown", mayLand: true }, { kind: "object" }]);
  expect(client.api.connections()).toBe(1);
});

test("a connection whose other end has gone without a word is given up within its times, and made anew", async () => {
  await using hole = await startHole(server.port);
  await using client = await startClient({ ...server.access, server: `https://127.0.0.1:${hole.port}` });
  expect(await create(client.api)).toMatchObject({ kind: "object" });
  hole.swallow();
  const begun = performance.now();
  expect(await create(client.api)).toMatchObject({
    kind: "unknown",
    mayLand: true,
    reason: expect.stringMatching(/silent for/),
  });
  expect(performance.now() - begun).toBeLessThan(quickLimits.callMs);
  hole.pass();
  expect(await create(client.api)).toMatchObject({ kind: "object" });
  expect(client.api.connections()).toBe(2);
});

test("an idle connection that has gone is found before the next call needs it", async () => {
  await using hole = await startHole(server.port);
  await using client = await startClient({ ...server.access, server: `https://127.0.0.1:${hole.port}` });
  await create(client.api);
  hole.swallow();
  await expect.poll(() => hole.closed(), { timeout: 5_000 }).toBe(1);
  hole.pass();
  expect(await create(client.api)).toMatchObject({ kind: "object" });
});

test("an answer that is too large is not read to its end", async () => {
  await using client = await startClient(server.access, { answerBytesMax: 10_000 });
  server.answer(({ stream }) => replyText(stream, 200, "x".repeat(5_000_000)));
  expect(await read(client.api)).toMatchObject({ kind: "unknown", reason: "an answer of more than 10000 bytes" });
  server.answer(({ stream }) => replyJson(stream, 200, object));
  expect(await read(client.api)).toMatchObject({ kind: "object" });
});

test("a thousand calls at once: so many under way, the others wait their turn", async () => {
  let underWay = 0;
  let most = 0;
  server.answer(({ stream }) => {
    underWay += 1;
    most = Math.max(most, underWay);
    setImmediate(() => {
      underWay -= 1;
      replyJson(stream, 201, object);
    });
  });
  await using client = await startClient(server.access, { callMs: 10_000 });
  const answers = await Promise.all(Array.from({ length: 1000 }, () => create(client.api)));
  expect(answers.every(({ kind }) => kind === "object")).toBe(true);
  expect(most).toBeLessThanOrEqual(64);
  expect(most).toBeGreaterThan(8);
  expect(client.api.connections()).toBe(1);
});

test("what comes on top of a full queue is turned away at once, and the rest ends in time", async () => {
  server.answer(() => undefined);
  await using client = await startClient(server.access, { callMs: 300, inFlightMax: 2, queueMax: 3 });
  const answers = await Promise.all(Array.from({ length: 7 }, () => create(client.api)));
  expect(answers.slice(0, 2)).toMatchObject([{ mayLand: true }, { mayLand: true }]);
  const full = { kind: "unknown", reason: "too many requests wait already", mayLand: false };
  expect(answers.slice(5)).toEqual([full, full]);
  expect(answers.slice(2, 5)).toMatchObject([{ kind: "unknown" }, { kind: "unknown" }, { kind: "unknown" }]);
});

test("what a server has no room for was never sent", async () => {
  await using narrow = await startTlsServer({ maxConcurrentStreams: 2 });
  narrow.answer(() => undefined);
  await using client = await startClient(narrow.access, { callMs: 400 });
  // The server's bound is known once it has said it.
  narrow.answer(({ stream }) => replyJson(stream, 200, object));
  await read(client.api);
  narrow.answer(() => undefined);
  const answers = await Promise.all(Array.from({ length: 10 }, () => create(client.api)));
  expect(answers.filter((answer) => answer.kind === "unknown" && answer.mayLand)).toHaveLength(2);
  expect(answers.filter((answer) => answer.kind === "unknown" && !answer.mayLand)).toHaveLength(8);
});

test("a client that is closed answers, and leaves nothing open", async () => {
  server.answer(() => undefined);
  const client = await startClient(server.access);
  const answer = create(client.api);
  await expect.poll(() => server.seen.length).toBe(1);
  client.api.close();
  expect(await answer).toMatchObject({ kind: "unknown", mayLand: true });
  expect(await create(client.api)).toMatchObject({ kind: "unknown", mayLand: false });
  await expect.poll(() => server.sessions.size).toBe(0);
});
