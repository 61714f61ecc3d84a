/**
 * A watch over HTTP/2: what is asked, what is told, and how it ends on good and bad days.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configMaps } from "../../../core/kube/resources.ts";
import type { KubeApi, WatchEnd, WatchEvent, WatchQuery } from "../../../core/ports/kube-api.ts";
import { startHole } from "../../support/black-hole.ts";
import { startClient } from "../../support/kube-client.ts";
import { replyJson, type Seen, startTlsServer, type TlsServer } from "../../support/tls-server.ts";

let server: TlsServer;
beforeEach(async () => {
  server = await startTlsServer();
});
afterEach(() => server[Symbol.asyncDispose]());

const query: WatchQuery = {
  resource: configMaps,
  namespace: "ns",
  fields: "metadata.name=a",
  resourceVersion: "7",
  metadataOnly: false,
};
const read = (api: KubeApi) => api.read({ resource: configMaps, namespace: "ns", name: "x" });

const object = (resourceVersion: string, text = "") => ({ metadata: { name: "a", resourceVersion }, data: { text } });
const line = (type: string, body: object) => `${JSON.stringify({ type, object: body })}\n`;
const added = line("ADDED", object("8"));

/** Answers watches by `tell`, and everything else at once. */
function answer(tell: (seen: Seen) => void): void {
  server.answer((seen) => {
    if (seen.path.includes("watch=1")) tell(seen);
    else replyJson(seen.stream, 200, { metadata: { name: "x" } });
  });
}

/** Agrees, and says `texts`; the watch goes on. */
function say(...texts: readonly (string | Buffer)[]): void {
  answer(({ stream }) => {
    stream.respond({ ":status": 200 });
    for (const text of texts) stream.write(text);
  });
}

function watch(api: KubeApi, changes: Partial<WatchQuery> = {}) {
  const events: WatchEvent[] = [];
  const stopped = new AbortController();
  const end = api.watch({ ...query, ...changes }, (event) => events.push(event), stopped.signal);
  return { events, end, stop: () => stopped.abort() };
}

test("asks for what is written since, with bookmarks, for some minutes", async () => {
  await using client = await startClient({ ...server.access, headers: { authorization: "Bearer sesame" } });
  answer(({ stream }) => {
    stream.respond({ ":status": 200 });
    stream.end();
  });
  expect(await watch(client.api).end).toEqual({ kind: "ended" });
  const [seen] = server.seen;
  const url = new URL(seen?.path ?? "", "https://api");
  expect(url.pathname).toBe("/api/v1/namespaces/ns/configmaps");
  const { timeoutSeconds, ...asked } = Object.fromEntries(url.searchParams);
  expect(asked).toEqual({
    watch: "1",
    allowWatchBookmarks: "true",
    resourceVersion: "7",
    fieldSelector: "metadata.name=a",
  });
  expect(Number(timeoutSeconds)).toBeGreaterThanOrEqual(240);
  expect(Number(timeoutSeconds)).toBeLessThan(480);
  expect(seen?.headers).toMatchObject({ accept: "application/json", authorization: "Bearer sesame" });
  await watch(client.api, { metadataOnly: true, labels: "a=b" }).end;
  expect(server.seen[1]?.headers.accept).toBe("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
  expect(server.seen[1]?.path).toContain("labelSelector=a%3Db");
  expect(client.requests.get("watch configmaps 200")).toBe(2);
});

test("tells each event, in whatever pieces it comes, and goes on for longer than a call may take", async () => {
  await using client = await startClient(server.access, { callMs: 150 });
  const changed = Buffer.from(line("MODIFIED", object("9", "Zürich")));
  const cut = changed.indexOf("ü") + 1;
  const bookmark = line("BOOKMARK", { metadata: { resourceVersion: "12" } });
  say(added, changed.subarray(0, cut));
  const { events, end, stop } = watch(client.api);
  await expect.poll(() => events.length).toBe(1);
  await expect.poll(() => read(client.api).then(() => performance.now()), { timeout: 2_000 }).toBeGreaterThan(0);
  const [stream] = server.seen.filter(({ path }) => path.includes("watch=1")).map((seen) => seen.stream);
  const begun = performance.now();
  await expect.poll(() => performance.now() - begun, { timeout: 2_000 }).toBeGreaterThan(400);
  stream?.write(changed.subarray(cut));
  stream?.write(`${bookmark}\n${line("DELETED", object("13"))}`);
  await expect
    .poll(() => events)
    .toEqual([
      { kind: "added", object: object("8") },
      { kind: "modified", object: object("9", "Zürich") },
      { kind: "bookmark", resourceVersion: "12" },
      { kind: "deleted", object: object("13") },
    ]);
  stop();
  expect(await end).toEqual({ kind: "ended" });
  await expect.poll(() => stream?.closed).toBe(true);
});

const status = (code: number, message = "words") => ({ kind: "Status", code, reason: "Why", message });
const refusals: readonly { name: string; tell: (seen: Seen) => void; wanted: object }[] = [
  {
    name: "410 instead of a watch",
    tell: ({ stream }) => replyJson(stream, 410, status(410)),
    wanted: { kind: "gone" },
  },
  {
    name: "403",
    tell: ({ stream }) => replyJson(stream, 403, status(403, "cannot watch")),
    wanted: { kind: "refused", status: 403, reason: "Why", message: "cannot watch" },
  },
  {
    name: "429",
    tell: ({ stream }) => replyJson(stream, 429, status(429)),
    wanted: { kind: "unknown", mayLand: false, reason: expect.stringContaining("too busy") },
  },
  {
    name: "504: a number that the server has not come to, after a restore",
    tell: ({ stream }) => replyJson(stream, 504, status(504, "Too large resource version")),
    wanted: { kind: "unknown", mayLand: false, reason: expect.stringContaining("Too large resource version") },
  },
];
test.each(refusals)("$name", async ({ tell, wanted }) => {
  await using client = await startClient(server.access);
  answer(tell);
  const { end, events } = watch(client.api);
  expect(await end).toMatchObject(wanted);
  expect(events).toEqual([]);
});

const lastWords: readonly { name: string; text: string; wanted: object }[] = [
  { name: "410: too old", text: line("ERROR", status(410)), wanted: { kind: "gone" } },
  { name: "500", text: line("ERROR", status(500)), wanted: { kind: "unknown", mayLand: false } },
  { name: "no JSON", text: "<html>\n", wanted: { kind: "unknown", reason: expect.stringContaining("not its own") } },
  { name: "no object", text: line("ADDED", {}), wanted: { kind: "unknown" } },
  { name: "a kind of event that nobody knows", text: line("MOVED", object("9")), wanted: { kind: "unknown" } },
  { name: "a bookmark without a number", text: line("BOOKMARK", {}), wanted: { kind: "unknown" } },
  {
    name: "a line without end",
    text: "x".repeat(20_000),
    wanted: { kind: "unknown", reason: expect.stringContaining("10000 bytes") },
  },
];
test.each(lastWords)("a watch ends with $name, and tells nothing after it", async ({ text, wanted }) => {
  await using client = await startClient(server.access, { answerBytesMax: 10_000 });
  say(added, text, added);
  const { end, events } = watch(client.api);
  expect(await end).toMatchObject(wanted);
  expect(events).toEqual([{ kind: "added", object: object("8") }]);
});

test("a server that does not agree in the time of a call", async () => {
  await using client = await startClient(server.access, { callMs: 200 });
  answer(() => undefined);
  expect(await watch(client.api).end).toEqual({ kind: "unknown", reason: "no answer in time", mayLand: false });
  expect(client.requests.get("watch configmaps late")).toBe(1);
});

test("nobody listens", async () => {
  await using client = await startClient(server.access, { callMs: 200 });
  await server.stop();
  expect(await watch(client.api).end).toMatchObject({ kind: "unknown", mayLand: false });
});

test("a connection that breaks ends it at once, and calls go on over a new one", async () => {
  await using client = await startClient(server.access);
  say(added);
  const { end, events } = watch(client.api);
  await expect.poll(() => events.length).toBe(1);
  server.drop();
  expect(await end).toMatchObject({ kind: "unknown", mayLand: false });
  expect(await read(client.api)).toMatchObject({ kind: "object" });
});

test("a connection whose other end has gone without a word is found by its silence", async () => {
  await using hole = await startHole(server.port);
  await using client = await startClient({ ...server.access, server: `https://127.0.0.1:${hole.port}` });
  say(added);
  const { end, events } = watch(client.api);
  await expect.poll(() => events.length).toBe(1);
  hole.swallow();
  expect(await end).toMatchObject({ kind: "unknown", reason: expect.stringMatching(/silent for/) });
});

test("watches take no slot, and calls find room beside them on a connection that takes few requests", async () => {
  await using narrow = await startTlsServer({ maxConcurrentStreams: 3 });
  await using client = await startClient(narrow.access, { inFlightMax: 1, queueMax: 100 });
  narrow.answer(({ stream, path }) => {
    if (!path.includes("watch=1")) return replyJson(stream, 200, { metadata: { name: "x" } });
    stream.respond({ ":status": 200 });
    stream.write(added);
  });
  await read(client.api);
  const watches = [watch(client.api), watch(client.api)];
  for (const { events } of watches) await expect.poll(() => events.length).toBe(1);
  const answers = await Promise.all(Array.from({ length: 10 }, () => read(client.api)));
  expect(answers.every(({ kind }) => kind === "object")).toBe(true);
  for (const { stop } of watches) stop();
});

test("401: it is asked once more, with new credentials", async () => {
  const file = join(server.directory, "token");
  writeFileSync(file, "old");
  await using client = await startClient({ ...server.access, tokenFile: file });
  answer(({ stream, headers }) => {
    if (headers.authorization !== "Bearer new") return replyJson(stream, 401, status(401));
    stream.respond({ ":status": 200 });
    stream.write(added);
  });
  expect(await watch(client.api).end).toMatchObject({ kind: "refused", status: 401 });
  expect(server.seen).toHaveLength(1);
  writeFileSync(file, "new");
  const { events, end, stop } = watch(client.api);
  await expect.poll(() => events.length).toBe(1);
  expect(server.seen).toHaveLength(3);
  stop();
  expect(await end).toEqual({ kind: "ended" });
});

test("ends in order when it is stopped, and with the client", async () => {
  await using client = await startClient(server.access);
  say(added);
  const [first, second] = [watch(client.api), watch(client.api)];
  await expect.poll(() => first.events.length + second.events.length).toBe(2);
  first.stop();
  expect(await first.end).toEqual({ kind: "ended" } satisfies WatchEnd);
  client.api.close();
  expect(await second.end).toMatchObject({ kind: "unknown", mayLand: false });
});
