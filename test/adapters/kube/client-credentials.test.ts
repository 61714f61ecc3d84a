/**
 * Credentials that are written anew on disk while the client runs, and what is never told of them.
 *
 * @module
 */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Access, AccessRead } from "../../../adapters/kube/access.ts";
import { openCredentials } from "../../../adapters/kube/credentials.ts";
import { createClock } from "../../../adapters/system/clock.ts";
import { reservations } from "../../../core/kube/resources.ts";
import type { KubeApi } from "../../../core/ports/kube-api.ts";
import { certifyUser } from "../../support/api-server-certificates.ts";
import { quietLog, startClient } from "../../support/kube-client.ts";
import { replyJson, startTlsServer, type TlsServer } from "../../support/tls-server.ts";

let server: TlsServer;
/** What the server takes. */
let token: string;
beforeEach(async () => {
  server = await startTlsServer();
  token = "first";
  server.answer(({ stream, headers }) => {
    if (headers["authorization"] === `Bearer ${token}`) replyJson(stream, 200, object);
    else replyJson(stream, 401, { kind: "Status", reason: "Unauthorized", message: "Unauthorized" });
  });
});
afterEach(() => server[Symbol.asyncDispose]());

const object = { metadata: { name: "a", namespace: "ns" } };
const read = (api: KubeApi) => api.read({ resource: reservations, namespace: "ns", name: "a" });

function written(name: string, text: string): string {
  const path = join(server.directory, name);
  // As the kubelet does: nobody sees half a file.
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  return path;
}

const withToken = (text: string): Access => ({ ...server.access, headers: { authorization: `Bearer ${text}` } });

test("a token file is read again when the server no longer takes the token", async () => {
  const tokenFile = written("token", "first\n");
  await using client = await startClient({ ...server.access, tokenFile });
  expect(await read(client.api)).toMatchObject({ kind: "object" });
  token = "second";
  written("token", "second\n");
  expect(await read(client.api)).toMatchObject({ kind: "object" });
  expect(server.seen.map(({ headers }) => headers["authorization"])).toEqual([
    "Bearer first",
    "Bearer first",
    "Bearer second",
  ]);
});

test("a token file is read every minute, so that a token is used no longer than that", async () => {
  const tokenFile = written("token", "first");
  const clock = createClock();
  let minutes = 0n;
  const opened = await openCredentials({
    read: async () => ({ kind: "access", access: { ...server.access, tokenFile } }),
    clock: { ...clock, bootNs: () => clock.bootNs() + minutes * 60_000_000_000n },
    log: quietLog,
  });
  if (opened.kind === "fault") throw new Error(opened.message);
  const { headers } = opened.credentials;
  written("token", "second");
  expect(headers()).toMatchObject({ headers: { authorization: "Bearer first" } });
  minutes = 1n;
  expect(headers()).toMatchObject({ headers: { authorization: "Bearer second" } });
});

test("nothing is sent without a token; a file that is there later does", async () => {
  const tokenFile = join(server.directory, "late");
  await using client = await startClient({ ...server.access, tokenFile }, { callMs: 200 });
  expect(await read(client.api)).toMatchObject({
    kind: "unknown",
    mayLand: false,
    reason: expect.stringMatching(/Cannot read token file/),
  });
  expect(server.seen).toHaveLength(0);
  written("late", "first");
  expect(await read(client.api)).toMatchObject({ kind: "object" });
  // A file that is being replaced is missing for a moment.
  rmSync(tokenFile);
  expect(await read(client.api)).toMatchObject({ kind: "object" });
});

test("what a kubeconfig says is read again when it was written anew", async () => {
  const file = written("config", "1");
  let reads = 0;
  await using client = await startClient((): AccessRead => {
    reads += 1;
    return { kind: "access", access: { ...withToken(reads === 1 ? "first" : "second"), files: [file] } };
  });
  expect(await read(client.api)).toMatchObject({ kind: "object" });
  token = "second";
  expect(await read(client.api)).toMatchObject({ kind: "refused", status: 401 });
  expect(reads).toBe(1);
  written("config", "12");
  expect(await Promise.all(Array.from({ length: 20 }, () => read(client.api)))).toMatchObject(
    Array.from({ length: 20 }, () => ({ kind: "object" })),
  );
  expect(reads).toBe(2);
});

test("a client certificate that was renewed is shown on a new connection", async () => {
  const file = written("config", "1");
  const names: unknown[] = [];
  server.answer(({ stream }) => {
    const { subject } = Object((stream.session!.socket as TLSSocket).getPeerCertificate());
    names.push(subject.CN);
    if (subject.CN === "renewed") replyJson(stream, 200, object);
    else replyJson(stream, 401, {});
  });
  const renewed = await certifyUser(server.directory, "renewed");
  let access: Access = { ...server.access, files: [file] };
  await using client = await startClient((): AccessRead => ({ kind: "access", access }));
  expect(await read(client.api)).toMatchObject({ kind: "refused", status: 401 });
  access = { ...access, certificate: renewed.certificate, key: renewed.key };
  written("config", "12");
  expect(await read(client.api)).toMatchObject({ kind: "object" });
  expect(names).toEqual(["somebody", "somebody", "renewed"]);
  await expect.poll(() => server.sessions.size).toBe(1);
  expect(client.api.connections()).toBe(2);
});

test("a call does not wait longer than its time for credentials that are read anew", async () => {
  const file = written("config", "1");
  let reads = 0;
  const access = { ...withToken("wrong"), files: [file] };
  const never = new Promise<AccessRead>(() => undefined);
  await using client = await startClient(() => ((reads += 1) === 1 ? { kind: "access", access } : never), {
    callMs: 300,
  });
  await read(client.api);
  written("config", "12");
  const begun = performance.now();
  expect(await read(client.api)).toMatchObject({ kind: "refused", status: 401 });
  expect(performance.now() - begun).toBeLessThan(600);
});

test("401 with nothing new to show is an answer", async () => {
  await using client = await startClient(withToken("wrong"));
  expect(await read(client.api)).toMatchObject({ kind: "refused", status: 401, reason: "Unauthorized" });
  expect(server.seen).toHaveLength(1);
});

test("a kubeconfig that can no longer be read leaves the credentials in use", async () => {
  const file = written("config", "1");
  let isBroken = false;
  await using client = await startClient(
    (): AccessRead =>
      isBroken
        ? { kind: "fault", message: 'Cannot read kubeconfig "x": expected a kubeconfig', wayOut: "look" }
        : { kind: "access", access: { ...withToken("first"), files: [file] } },
  );
  expect(await read(client.api)).toMatchObject({ kind: "object" });
  isBroken = true;
  written("config", "12");
  server.drop();
  await expect.poll(() => server.sessions.size).toBe(0);
  expect(await read(client.api)).toMatchObject({ kind: "object" });
  expect(client.logged.join("\n")).toContain("Cannot read kubeconfig");
});

test("credentials that a program did not give are asked for again, and nothing is sent without them", async () => {
  const clock = createClock();
  let seconds = 0n;
  let isThere = false;
  const access: Access = { ...withToken("first"), isFromProgram: true };
  const opened = await openCredentials({
    read: async () => ({ kind: "access", access: isThere ? access : { ...access, missing: "no credentials" } }),
    clock: { ...clock, bootNs: () => clock.bootNs() + seconds * 1_000_000_000n },
    log: quietLog,
  });
  if (opened.kind === "fault") throw new Error(opened.message);
  const { headers, refresh } = opened.credentials;
  isThere = true;
  await refresh();
  expect(headers()).toEqual({ kind: "missing", reason: "no credentials" });
  seconds = 11n;
  await refresh();
  expect(headers()).toMatchObject({ kind: "headers" });
});

test("credentials that end are renewed before they do", async () => {
  const clock = createClock();
  let reads = 0;
  let seconds = 0;
  const access: Access = { ...withToken("first"), isFromProgram: true, expiresAtMs: clock.nowMs() + 60_000 };
  const opened = await openCredentials({
    read: async () => {
      reads += 1;
      return { kind: "access", access };
    },
    clock: {
      ...clock,
      nowMs: () => clock.nowMs() + seconds * 1000,
      bootNs: () => clock.bootNs() + BigInt(seconds) * 1_000_000_000n,
    },
    log: quietLog,
  });
  if (opened.kind === "fault") throw new Error(opened.message);
  seconds = 20;
  await opened.credentials.refresh();
  expect(reads).toBe(1);
  seconds = 35;
  await opened.credentials.refresh();
  expect(reads).toBe(2);
});

test("no secret is in what is logged or answered", async () => {
  const { key = "" } = server.access;
  await using client = await startClient(withToken("sesame"), { callMs: 400 });
  const answers = [await read(client.api)];
  server.answer(() => server.drop());
  answers.push(await read(client.api));
  await server.stop();
  answers.push(await read(client.api));
  const told = JSON.stringify([answers, client.logged]);
  for (const secret of ["sesame", key.split("\n")[1] ?? ""]) expect(told).not.toContain(secret);
});
