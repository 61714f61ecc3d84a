/**
 * Kubeconfigs as people and tools write them: what becomes of each, and what is said about those that cannot be used.
 *
 * @module
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { askForAccess } from "../../../adapters/kube/ask-for-access.ts";
import { readKubeconfig } from "../../../adapters/kube/read-kubeconfig.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-kubeconfig-"));
  mkdirSync(join(directory, "pki"));
  writeFileSync(join(directory, "pki/ca.crt"), "CA");
  writeFileSync(join(directory, "pki/me.crt"), "CERTIFICATE");
  writeFileSync(join(directory, "pki/me.key"), "KEY");
  writeFileSync(join(directory, "token"), "sesame\n");
  program("give", `echo '{"status":{"token":"given","expirationTimestamp":"2030-01-01T00:00:00Z"}}'`);
  program("fail", "echo sesame >&2; exit 3");
  program("tell", `printf '{"status":{"token":"%s"}}' "$(echo "$KUBERNETES_EXEC_INFO" | base64 -w0)"`);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function program(name: string, body: string): void {
  writeFileSync(join(directory, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(directory, name), 0o755);
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

type Parts = { readonly cluster?: object; readonly user?: object; readonly context?: object };
const config = ({ cluster = {}, user = {}, context = {} }: Parts) => ({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "c",
  clusters: [{ name: "k", cluster: { server: "https://api:6443", ...cluster } }],
  users: [{ name: "u", user }],
  contexts: [{ name: "c", context: { cluster: "k", user: "u", ...context } }],
});

function written(text: string, name = "config"): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

async function accessOf(parts: Parts) {
  const read = await readKubeconfig(written(JSON.stringify(config(parts))));
  if (read.kind === "fault") throw new Error(read.message);
  return read.access;
}

const usable: readonly { name: string; parts: Parts; want: object }[] = [
  {
    name: "certificates in the file",
    parts: {
      cluster: { "certificate-authority-data": base64("CA") },
      user: { "client-certificate-data": base64("CERTIFICATE"), "client-key-data": base64("KEY") },
    },
    want: { ca: "CA", certificate: "CERTIFICATE", key: "KEY", isVerified: true, headers: {}, isFromProgram: false },
  },
  {
    name: "certificates beside the file",
    parts: {
      cluster: { "certificate-authority": "pki/ca.crt" },
      user: { "client-certificate": "pki/me.crt", "client-key": "pki/me.key" },
    },
    want: { ca: "CA", certificate: "CERTIFICATE", key: "KEY" },
  },
  { name: "a token", parts: { user: { token: "sesame" } }, want: { headers: { authorization: "Bearer sesame" } } },
  {
    name: "a user name and a password",
    parts: { user: { username: "a", password: "b" } },
    want: { headers: { authorization: `Basic ${base64("a:b")}` } },
  },
  {
    name: "an impersonated user with groups",
    parts: { user: { as: "bob", "as-groups": ["x", "y"] } },
    want: { headers: { "impersonate-user": "bob", "impersonate-group": ["x", "y"] } },
  },
  {
    name: "no verification, another name, a proxy, a namespace",
    parts: {
      cluster: { "insecure-skip-tls-verify": true, "tls-server-name": "kube", "proxy-url": "http://proxy:3128" },
      context: { namespace: "cni" },
    },
    want: { isVerified: false, serverName: "kube", proxy: "http://proxy:3128", namespace: "cni" },
  },
  {
    name: "a program that gives a token with its end",
    parts: { user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "./give" } } },
    want: {
      headers: { authorization: "Bearer given" },
      isFromProgram: true,
      expiresAtMs: Date.parse("2030-01-01T00:00:00Z"),
    },
  },
  {
    name: "plain HTTP on this machine, to which no secret is sent",
    parts: { cluster: { server: "http://127.0.0.1:8001" }, user: { token: "sesame" } },
    want: { server: "http://127.0.0.1:8001", headers: {} },
  },
];

describe("a kubeconfig", () => {
  test.each(usable)("with $name", async ({ parts, want }) => {
    expect(await accessOf(parts)).toMatchObject(want);
  });

  test("with a token file, which is read by whoever uses it", async () => {
    const access = await accessOf({ user: { tokenFile: "token" } });
    expect(access.tokenFile).toBe(join(directory, "token"));
  });

  test("names the files it depends on", async () => {
    const { files } = await accessOf({
      cluster: { "certificate-authority": "pki/ca.crt" },
      user: { "client-certificate": "pki/me.crt", "client-key": "pki/me.key" },
    });
    expect(files).toEqual(["config", "pki/ca.crt", "pki/me.crt", "pki/me.key"].map((name) => join(directory, name)));
  });

  test("tells a credential program what it is asked for", async () => {
    const { headers } = await accessOf({
      user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "./tell" } },
    });
    const told: unknown = JSON.parse(
      Buffer.from(String(headers["authorization"]).slice("Bearer ".length), "base64").toString(),
    );
    expect(told).toEqual({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      spec: { interactive: false },
    });
  });

  test("whose program fails is no fault of its own, and what the program wrote is not told", async () => {
    const access = await accessOf({ user: { exec: { apiVersion: "v1", command: "./fail" } } });
    expect(access.missing).toContain('Cannot get credentials from program "');
    expect(JSON.stringify(access)).not.toContain("sesame");
  });

  test("is merged from several files as kubectl does: the first that names something wins", async () => {
    const one = written(JSON.stringify({ ...config({ user: { token: "one" } }), contexts: [] }), "one");
    const two = written(JSON.stringify(config({ user: { token: "two" }, context: { namespace: "cni" } })), "two");
    vi.stubEnv("KUBECONFIG", `${one}:${two}`);
    expect(await readKubeconfig(undefined)).toMatchObject({
      access: { headers: { authorization: "Bearer one" }, namespace: "cni", files: [one, two] },
    });
  });
});

test("a pod is given an address, an authority, a token that is written anew, and its namespace", async () => {
  const root = join(directory, "pod");
  const given = join(root, "var/run/secrets/kubernetes.io/serviceaccount");
  mkdirSync(given, { recursive: true });
  for (const [name, text] of Object.entries({ "ca.crt": "CA", token: "sesame", namespace: "cni" }))
    writeFileSync(join(given, name), text);
  vi.stubEnv("KUBECONFIG", "");
  vi.stubEnv("HOME", root);
  vi.stubEnv("KUBERNETES_SERVICE_HOST", "fd00::1");
  vi.stubEnv("KUBERNETES_SERVICE_PORT", "443");
  expect(await readKubeconfig(undefined, root)).toMatchObject({
    access: {
      server: "https://[fd00::1]:443",
      ca: "CA",
      tokenFile: join(given, "token"),
      namespace: "cni",
      files: [join(given, "ca.crt")],
    },
  });
});

const wrong: readonly { name: string; text: string; expected: string }[] = [
  { name: "no YAML", text: "users:\n- token: sesame\n  - x: [\n", expected: "YAML, which line 3 is not" },
  { name: "an empty file", text: "", expected: "a kubeconfig" },
  { name: "a list", text: "- 1\n", expected: "a current-context that is among its contexts" },
  {
    name: "a context that is not there",
    text: JSON.stringify({ ...config({}), "current-context": "other" }),
    expected: "a current-context that is among its contexts",
  },
  {
    name: "a cluster that is not there",
    text: JSON.stringify({ ...config({}), clusters: [] }),
    expected: 'cluster "k", which its context names',
  },
  {
    name: "a user that is not there",
    text: JSON.stringify({ ...config({}), users: [] }),
    expected: 'user "u", which its context names',
  },
  {
    name: "a server that is no address",
    text: JSON.stringify(config({ cluster: { server: "api" } })),
    expected: 'https:// in server "api" (http:// only on this machine)',
  },
  {
    name: "plain HTTP to another machine",
    text: JSON.stringify(config({ cluster: { server: "http://api" } })),
    expected: 'https:// in server "http://api" (http:// only on this machine)',
  },
  {
    name: "a proxy of another kind",
    text: JSON.stringify(config({ cluster: { "proxy-url": "socks5://p" } })),
    expected: "a proxy-url that begins with http://",
  },
  {
    name: "a cluster without a server",
    text: JSON.stringify({ ...config({}), clusters: [{ name: "k", cluster: {} }] }),
    expected: "an entry that is there: clusters[0].cluster.server is missing",
  },
];

describe("a kubeconfig that cannot be used", () => {
  test.each(wrong)("$name", async ({ text, expected }) => {
    const path = written(text);
    const read = await readKubeconfig(path);
    expect(read).toMatchObject({ kind: "fault", message: `Cannot read kubeconfig "${path}": expected ${expected}` });
    expect(JSON.stringify(read)).not.toContain("sesame");
  });

  test("a file that is not there", async () => {
    const path = join(directory, "none");
    expect(await readKubeconfig(path)).toMatchObject({
      kind: "fault",
      message: `Cannot read kubeconfig "${path}": expected a file that can be read (ENOENT)`,
    });
  });

  test("what it names is not there", async () => {
    const path = written(JSON.stringify(config({ cluster: { "certificate-authority": "gone.crt" } })));
    const read = await readKubeconfig(path);
    expect(read).toMatchObject({ kind: "fault", message: expect.stringContaining("gone.crt") });
  });

  test("nothing at all", async () => {
    vi.stubEnv("KUBECONFIG", "");
    vi.stubEnv("HOME", join(directory, "pki"));
    vi.stubEnv("KUBERNETES_SERVICE_HOST", undefined);
    expect(await readKubeconfig(undefined)).toMatchObject({ kind: "fault", wayOut: "name the kubeconfig file" });
  });
});

describe("the program that reads kubeconfigs", () => {
  test("answers what it read", async () => {
    const path = written(JSON.stringify(config({ user: { token: "sesame" }, context: { namespace: "cni" } })));
    expect(await askForAccess(path)).toEqual(await readKubeconfig(path));
  });

  test("answers what is wrong", async () => {
    expect(await askForAccess(join(directory, "none"))).toMatchObject({
      kind: "fault",
      message: expect.stringMatching(/ENOENT/),
    });
  });
});
