/**
 * The built `berthctl` against a real API server: thousands of leases in little memory, objects that people have edited into
 * nonsense, users without rights, and a real agent of one node.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { knownAddress } from "../../core/ip/address.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import { formatReservation } from "../../core/kube/reservation.ts";
import { configMaps, pools, reservations } from "../../core/kube/resources.ts";
import {
  agentPlace,
  type AgentPlace,
  launch,
  removePlace,
  type RunningAgent,
  startAgent,
} from "../support/agent-process.ts";
import type { Resource } from "../../core/ports/kube-api.ts";
import type { PolicyRule } from "../support/api-server-access.ts";
import { pathOf } from "../support/api-server-client.ts";
import type { Cluster } from "../support/api-server-cluster.ts";
import { sharedApiServer } from "../support/api-server-shared.ts";
import { createNamespace } from "../support/namespaces.ts";
import { claim, holder, place } from "../support/samples.ts";

const berthctlBundle = new URL("../../dist/cli/main.mjs", import.meta.url).pathname;
const network = "many";
const leaseCount = 5_000;
const cidr = "10.20.0.0/16";
/** Of the program that lists them. */
const heapMebibytes = 48;

let cluster: Cluster;
let namespace: string;
let node: string;
let agent: RunningAgent | undefined;
let home: AgentPlace;

type Told = { readonly status: number; readonly out: string; readonly err: string };

function execute(args: readonly string[], env: { readonly [name: string]: string } = {}): Promise<Told> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`--max-old-space-size=${heapMebibytes}`, berthctlBundle, ...args], {
      env: {
        PATH: process.env["PATH"],
        HOME: home.directory,
        BERTH_STATE_DIR: home.stateDir,
        BERTH_ADMIN_SOCKET: home.adminSocket,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.once("error", reject);
    child.once("close", (status) => resolve({ status: status ?? -1, out, err }));
  });
}

const berthctl = (...args: readonly string[]) =>
  execute(["--kubeconfig", cluster.admin.kubeconfig, "--namespace", namespace, ...args]);

function addressAt(index: number): string {
  return formatAddress(knownAddress(4, 0x0a140000n + BigInt(index)));
}

async function makeLease(index: number): Promise<void> {
  const text = addressAt(index);
  const pod = { namespace: "default", name: `pod-${index}`, uid: `uid-${index}` };
  const made = claim(text, {
    place: place(text, { network, pool: cidr }),
    holder: holder({ pod, node: `${node}-${index % 50}` }),
  });
  const body = formatReservation(made, { namespace, journal: "journal" });
  await cluster.client.ask({ method: "POST", path: pathOf(reservations, namespace), body: { ...body } });
}

const typeOf = ({ group, version, kind }: Resource) => ({ apiVersion: `${group}/${version}`, kind });

const makePool = (name: string, spec: object) =>
  cluster.client.ask({
    method: "POST",
    path: pathOf(pools, namespace),
    body: { ...typeOf(pools), metadata: { name }, spec },
  });

beforeAll(async () => {
  home = agentPlace(mkdtempSync(join(tmpdir(), "berthctl-cluster-")));
  cluster = await sharedApiServer();
  namespace = await cluster.namespace();
  node = `node-of-${namespace}`;
  await cluster.nad(namespace, "many", {
    cniVersion: "1.0.0",
    type: "macvlan",
    ipam: { type: "whereabouts", range: cidr, network_name: network },
  });
  await makePool(`${network}-10.20.0.0-16`, { range: cidr, allocations: {} });
  await cluster.client.ask({
    method: "POST",
    path: pathOf(configMaps, namespace),
    body: { metadata: { name: "berth" }, data: { whereabouts: "absent" } },
  });
  const indexes = Array.from({ length: leaseCount }, (_none, at) => at + 1);
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let index = indexes.pop(); index !== undefined; index = indexes.pop()) await makeLease(index);
    }),
  );
});
afterAll(async () => {
  await agent?.stop();
  removePlace(home);
});

describe("berthctl with a kubeconfig alone", () => {
  test("counts thousands of leases in the range of their definition", async () => {
    const { status, out, err } = await berthctl("networks", "--json");
    expect({ status, err: err.split("\n")[0] }).toEqual({
      status: 0,
      err: `(cluster, namespace ${namespace}, without Whereabouts)`,
    });
    const { ranges } = JSON.parse(out) as {
      ranges: { network: string; definition: string; used: number; free: number }[];
    };
    expect(ranges.filter((one) => one.network === network)).toMatchObject([
      { definition: `${namespace}/many`, used: leaseCount, free: 65_534 - leaseCount },
    ]);
  });

  test("lists them once each, in their order, in little memory", async () => {
    const { status, out } = await berthctl("leases", "--json", "--network", network);
    const { leases } = JSON.parse(out) as { leases: { address: string; pod: { name: string } }[] };
    expect(leases.map(({ address }) => address)).toEqual(
      Array.from({ length: leaseCount }, (_none, at) => addressAt(at + 1)),
    );
    expect(leases[41]?.pod.name).toBe("pod-42");
    expect(status).toBe(0);
  });

  test("lists those of one node, and as a table of one line each", async () => {
    const { out } = await berthctl("leases", "--node", `${node}-7`);
    const lines = out.trimEnd().split("\n");
    expect(lines).toHaveLength(1 + leaseCount / 50);
    expect(lines[1]).toContain(` default/pod-7 `);
  });

  test("shows one of them, and who can look after it", async () => {
    const { status, out } = await berthctl("show", addressAt(42));
    expect(status).toBe(0);
    expect(out).toContain(`held by      pod default/pod-42 (uid uid-42)`);
    expect(out).toContain(`only node ${node}-42 can look`);
    const refused = await berthctl("release", addressAt(42), "--yes");
    expect(refused.status).toBe(1);
    expect(refused.err).toContain(`node ${node}-42 no longer exists`);
  });

  test("shows the reconcilers' plan for all of them in little memory, and explains one in the same words", async () => {
    // In a cluster without any node nothing is judged.
    await cluster.fakeNode(`${node}-there`);
    const { status, out } = await berthctl("reconcile", "--dry-run", "--output", "json");
    const { plan, failures, summary } = JSON.parse(out) as {
      plan: { address: string; verdict: string; rule: number; why: string }[];
      failures: object[];
      summary: { lookedAt: number; suspects: number };
    };
    expect({ status, failures, summary }).toMatchObject({
      status: 0,
      failures: [],
      summary: { lookedAt: leaseCount, suspects: leaseCount },
    });
    const why = `its pod does not exist; node ${node}-42 is gone`;
    expect(plan.find(({ address }) => address === addressAt(42))).toMatchObject({ verdict: "suspect", rule: 2, why });
    const explained = await berthctl("explain", addressAt(42));
    expect(explained.out).toContain(`  verdict      a suspect, rule 2: ${why}\n`);
    expect(explained.out).toContain('by the default schedule "30 4 * * *": next from ');
  });

  test("withholds an address and lets it go, and does not take one that is held", async () => {
    const text = "10.20.200.1";
    expect(await berthctl("withhold", text, "--reason", "printer")).toMatchObject({
      status: 0,
      out: `Withheld: ${text} in network ${network}\n`,
    });
    expect((await berthctl("withhold", text, "--reason", "again")).err).toContain("it is withheld already: printer");
    expect((await berthctl("show", text)).out).toContain("reason       printer");
    expect((await berthctl("withhold", text, "--undo")).status).toBe(0);
    expect((await berthctl("show", text)).status).toBe(1);
    expect((await berthctl("withhold", addressAt(9), "--reason", "x")).err).toContain("pod default/pod-9");
  });

  test("finds what people have edited into nonsense (F40), and keeps its addresses taken", async () => {
    const entry = { id: "x", podref: "a/b", ifname: "net1" };
    await makePool("odd-10.30.0.0-24", {
      range: "10.30.0.0/24",
      allocations: { "06": entry, "+7": entry, "-1": entry, ten: entry, "300": entry },
    });
    await cluster.client.ask({
      method: "POST",
      path: pathOf(reservations, namespace),
      body: { ...typeOf(reservations), metadata: { name: "nobody-knows" }, spec: { podref: "" } },
    });
    const { status, out } = await berthctl("doctor");
    expect(out).toMatch(/^warn {2}pools +/m);
    expect(out.replaceAll(/\n +/g, " ")).toContain("has 5 keys of no meaning, such as");
    expect(out.replaceAll(/\n +/g, " ")).toContain("1 object of no address that can be told: nobody-knows");
    expect(out).toMatch(/^ok {4}permissions /m);
    expect(out).toMatch(/^ok {4}kinds /m);
    expect(out).not.toMatch(/ at \S+:\d+/);
    expect(status).toBe(0);
    for (const text of ["10.30.0.6", "10.30.0.7"])
      expect((await berthctl("show", text)).out).toContain("cannot be read");
    expect((await berthctl("networks")).out).toMatch(/^odd +- +10\.30\.0\.0\/24 +2 /m);
  });

  test("says what a user without rights lacks, in every command, and never how the program works inside", async () => {
    const nothing: readonly PolicyRule[] = [{ apiGroups: [""], resources: ["events"], verbs: ["get"] }];
    const { kubeconfig } = await cluster.account({ namespace, name: "nobody", rules: nothing });
    const asNobody = (...args: readonly string[]) => execute(["--kubeconfig", kubeconfig, ...args]);
    for (const command of [
      ["networks"],
      ["leases"],
      ["show", "10.20.0.1"],
      ["withhold", "10.20.0.1", "--reason", "x"],
    ]) {
      const { status, err } = await asNobody(...command);
      expect(status, err).toBe(4);
      expect(err).toContain(
        `Cannot read "pools (ippools)": expected the permission to list ippools.whereabouts.cni.cncf.io in namespace ${namespace}\n`,
      );
      expect(err).toContain(`kubectl auth can-i list ippools.whereabouts.cni.cncf.io --namespace ${namespace}\n`);
    }
    const { status, out, err } = await asNobody("doctor");
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toContain("this user may not get, list, create, patch, delete");
    expect(out).not.toMatch(/ at \S+:\d+|defect/);
  });

  test("says that the API server cannot be reached", async () => {
    const kubeconfig = join(home.directory, "nowhere");
    writeFileSync(
      kubeconfig,
      readFileSync(cluster.admin.kubeconfig, "utf8").replace(cluster.url, "https://127.0.0.1:1"),
    );
    const { status, err } = await execute(["--kubeconfig", kubeconfig, "networks"]);
    expect(status).toBe(3);
    expect(err).toContain('Cannot read "mode (ConfigMap berth)": expected an answer of the API server, found:');
    expect((await execute(["--kubeconfig", kubeconfig, "doctor"])).out).toMatch(/^fail {2}API server +no answer: /m);
  });
});

test("berthctl on a node asks the node's own agent for the kubeconfig, and lets it release", async () => {
  const own = `${node}-0`;
  await cluster.fakeNode(own);
  const config = {
    cniVersion: "1.0.0",
    name: "mine",
    type: "macvlan",
    ipam: { type: "whereabouts", range: "10.40.0.0/29", network_name: "mine" },
  };
  const args = [
    "--store",
    "kubernetes",
    "--kubeconfig",
    cluster.admin.kubeconfig,
    "--namespace",
    namespace,
    "--node-name",
    own,
  ];
  agent = await startAgent(home, { args });
  const sandbox = await createNamespace();
  const pod = "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_UID=uid-web-0";
  const given = await launch(home, { verb: "ADD", containerId: "c1", netns: sandbox.path, args: pod, config });
  const [address = ""] = (given.json.ips?.[0]?.address ?? "").split("/");
  expect(given.status, given.stdout).toBe(0);
  const shown = await execute(["show", address]);
  expect(shown.err).toBe(
    `(cluster, namespace ${namespace}, without Whereabouts)\n(definition … )\n`.split("(definition")[0],
  );
  expect(shown.out).toContain(`namespace    ${sandbox.path}: stands`);
  expect(shown.out).toMatch(/answered {5}\d{4}-/);
  const refused = await execute(["release", address, "--yes"]);
  expect(refused.err).toContain("stands");
  await sandbox[Symbol.asyncDispose]();
  const released = await execute(["release", address, "--yes"]);
  expect(released.out).toBe(`Released ${address} of pod default/web-0 (network mine)\n`);
  expect((await execute(["show", address])).status).toBe(1);
  const doctor = await execute(["doctor"]);
  expect(doctor.out).toMatch(/^ok {4}agent .*store kubernetes$/m);
  expect(doctor.out).toMatch(/^ok {4}mode +without Whereabouts, since /m);
  expect(doctor.out).toMatch(/^ok {4}leases +\d+ of this node, 0 on the way back$/m);
});
