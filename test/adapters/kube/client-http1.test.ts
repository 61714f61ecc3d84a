/**
 * A proxy that speaks only HTTP/1.1, plain HTTP on this machine, and a proxy that makes tunnels.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Access } from "../../../adapters/kube/access.ts";
import { reservations } from "../../../core/kube/resources.ts";
import type { KubeApi, WatchEvent } from "../../../core/ports/kube-api.ts";
import { createAuthority } from "../../support/api-server-certificates.ts";
import { startClient } from "../../support/kube-client.ts";
import { startTlsServer } from "../../support/tls-server.ts";

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-http1-"));
  await createAuthority(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const object = { metadata: { name: "a", namespace: "ns" } };
const create = (api: KubeApi) => api.create(reservations, object);
const read = (api: KubeApi) => api.read({ resource: reservations, namespace: "ns", name: "a" });

async function listen(server: Server) {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    /** Connections so far. */
    connections: () => sockets.size,
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const file = (name: string) => readFileSync(join(directory, name), "utf8");
const overTls = (answer: RequestListener) =>
  listen(createHttpsServer({ key: file("server.key"), cert: file("server.crt") }, answer));
const accessTo = (server: string): Access => ({
  server,
  isVerified: true,
  ca: file("ca.crt"),
  headers: { authorization: "Bearer sesame" },
  files: [],
  isFromProgram: false,
});
const answerObject: RequestListener = (request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(object)));
};

test("a server without HTTP/2 is asked over a few connections that stay open", async () => {
  await using server = await overTls(answerObject);
  await using client = await startClient(accessTo(`https://127.0.0.1:${server.port}`));
  for (let call = 0; call < 20; call += 1) expect(await create(client.api)).toMatchObject({ kind: "object" });
  // One to learn what it speaks, one to ask over.
  expect(server.connections()).toBe(2);
  await Promise.all(Array.from({ length: 100 }, () => create(client.api)));
  expect(server.connections()).toBeLessThanOrEqual(9);
  expect(client.api.connections()).toBe(1);
});

test("without HTTP/2, a connection that breaks after the request was read is unknown, and may land", async () => {
  let calls = 0;
  const server = await overTls((request, response) => {
    calls += 1;
    if (calls === 1) request.on("end", () => server.drop()).resume();
    else answerObject(request, response);
  });
  await using _ = server;
  await using client = await startClient(accessTo(`https://127.0.0.1:${server.port}`));
  expect(await create(client.api)).toMatchObject({ kind: "unknown", mayLand: true });
  expect(await create(client.api)).toMatchObject({ kind: "object" });
  expect(client.api.connections()).toBe(2);
  calls = 0;
  expect(await read(client.api)).toMatchObject({ kind: "object" });
});

test("without HTTP/2, a server that does not answer ends as unknown in time, and the others go on", async () => {
  await using server = await overTls((request, response) => {
    if (request.method === "GET") answerObject(request, response);
  });
  await using client = await startClient(accessTo(`https://127.0.0.1:${server.port}`), { callMs: 400 });
  const answers = await Promise.all([create(client.api), read(client.api)]);
  expect(answers).toMatchObject([{ kind: "unknown", reason: "no answer in time", mayLand: true }, { kind: "object" }]);
});

test("without HTTP/2, an answer that is too large is not read to its end", async () => {
  await using server = await overTls((_request, response) => response.end("x".repeat(5_000_000)));
  await using client = await startClient(accessTo(`https://127.0.0.1:${server.port}`), { answerBytesMax: 10_000 });
  expect(await read(client.api)).toMatchObject({ kind: "unknown", reason: "an answer of more than 10000 bytes" });
});

test("plain HTTP is spoken where the address says so, below its path", async () => {
  const paths: (string | undefined)[] = [];
  await using server = await listen(
    createHttpServer((request, response) => {
      paths.push(request.url?.split("?")[0]);
      answerObject(request, response);
    }),
  );
  await using client = await startClient({ ...accessTo(`http://127.0.0.1:${server.port}/k8s/`), headers: {} });
  expect(await read(client.api)).toMatchObject({ kind: "object" });
  expect(paths).toEqual(["/k8s/apis/whereabouts.cni.cncf.io/v1alpha1/namespaces/ns/overlappingrangeipreservations/a"]);
});

async function startProxy(status = 200) {
  const targets: string[] = [];
  const server = createHttpServer();
  server.on("connect", (request, socket: Socket) => {
    targets.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
    socket.on("error", () => undefined);
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const far = connect(Number(request.url?.split(":")[1]), "127.0.0.1");
    far.on("error", () => undefined);
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    return far.pipe(socket).pipe(far);
  });
  return { targets, ...(await listen(server)) };
}

test("a proxy makes a tunnel for HTTP/2, and knows the password of its own", async () => {
  await using server = await startTlsServer();
  await using proxy = await startProxy();
  const access = { ...server.access, proxy: `http://us%65r:pass@127.0.0.1:${proxy.port}` };
  await using client = await startClient(access);
  expect(await create(client.api)).toMatchObject({ kind: "object" });
  const login = Buffer.from("user:pass").toString("base64");
  expect(proxy.targets).toEqual([`127.0.0.1:${server.port} Basic ${login}`]);
});

test("a proxy makes a tunnel for HTTP/1.1", async () => {
  await using server = await overTls(answerObject);
  await using proxy = await startProxy();
  const access = { ...accessTo(`https://127.0.0.1:${server.port}`), proxy: `http://127.0.0.1:${proxy.port}` };
  await using client = await startClient(access);
  expect(await create(client.api)).toMatchObject({ kind: "object" });
  expect(proxy.targets.length).toBe(2);
});

test("a proxy that refuses: unknown, and it cannot land", async () => {
  await using proxy = await startProxy(407);
  const access = { ...accessTo("https://127.0.0.1:1"), proxy: `http://127.0.0.1:${proxy.port}` };
  await using client = await startClient(access, { callMs: 300 });
  expect(await create(client.api)).toMatchObject({
    kind: "unknown",
    mayLand: false,
    reason: expect.stringMatching(/proxy answered 407/),
  });
});

test("a watch over HTTP/1.1 has a connection of its own, and keeps none from the calls", async () => {
  let closed = 0;
  await using proxy = await overTls((request, response) => {
    if ((request.url ?? "").includes("watch=1")) {
      response.write(`${JSON.stringify({ type: "ADDED", object })}\n`);
      response.once("close", () => (closed += 1));
    } else response.end(JSON.stringify(object));
  });
  await using client = await startClient(accessTo(`https://127.0.0.1:${proxy.port}`));
  const names: string[] = [];
  const stopped = new AbortController();
  const query = { resource: reservations, namespace: "ns", resourceVersion: "1", metadataOnly: false };
  const tell = (event: WatchEvent) => event.kind === "added" && names.push(event.object.metadata.name);
  const ends = Array.from({ length: 9 }, () => client.api.watch(query, tell, stopped.signal));
  await expect.poll(() => names).toEqual(Array.from({ length: 9 }, () => "a"));
  expect(await read(client.api)).toMatchObject({ kind: "object" });
  stopped.abort();
  for (const end of ends) expect(await end).toEqual({ kind: "ended" });
  await expect.poll(() => closed).toBe(9);
});

test("a watch over HTTP/1.1 is refused in the server's words, and ends with its connection", async () => {
  await using proxy = await overTls((request, response) => {
    if ((request.url ?? "").includes("resourceVersion=1&")) {
      response.statusCode = 410;
      response.end("{}");
    } else {
      response.write(`${JSON.stringify({ type: "ADDED", object })}\n`);
      setImmediate(() => proxy.drop());
    }
  });
  await using client = await startClient(accessTo(`https://127.0.0.1:${proxy.port}`));
  const watch = (resourceVersion: string) =>
    client.api.watch(
      { resource: reservations, namespace: "ns", resourceVersion, metadataOnly: false },
      () => undefined,
      new AbortController().signal,
    );
  expect(await watch("1")).toEqual({ kind: "gone" });
  expect(await watch("2")).toMatchObject({ kind: "unknown", mayLand: false });
});
