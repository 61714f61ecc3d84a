/**
 * A real API server and its etcd for tests, with TLS and RBAC on loopback: up in some 5 s, gone without leftovers.
 *
 * Nothing behind it acts: no controllers (a namespace has no service account and never ends), no scheduler, no nodes.
 *
 * @module
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { etcdFile, kubeApiServerFile } from "../tools/places.ts";
import { type Access, createUser } from "./api-server-access.ts";
import { auditPolicy } from "./api-server-audit.ts";
import { createAuthority } from "./api-server-certificates.ts";
import { installCrds } from "./api-server-crds.ts";
import { type Cluster, openCluster } from "./api-server-cluster.ts";
import { freePorts, lastLines, type ServerProcess, startServer } from "./api-server-process.ts";
import { onInterruption } from "./interruption.ts";

export type ApiServerOptions = {
  /** With true, etcd waits for the disk as in a real cluster: for benchmarks. Left out: false. */
  readonly fsync?: boolean;
  /** Left out: with our validation rules. `none`: no kinds of ours at all. */
  readonly crds?: "with rules" | "without rules" | "none";
  /** More flags for kube-apiserver; a later one replaces an earlier one. */
  readonly flags?: readonly string[];
};

/** Which of the two processes. */
export type Part = "apiServer" | "etcd";

export type ApiServer = Cluster &
  AsyncDisposable & {
    readonly pid: (part: Part) => number;
    /** Ends both and removes their directory. */
    readonly stop: () => Promise<void>;
    /** Ends the API server alone: by SIGKILL, or in order by SIGTERM, which takes seconds. */
    readonly stopApiServer: (signal?: NodeJS.Signals) => Promise<void>;
    /** The same one again, on the same data and port; comes back when it is ready. */
    readonly startApiServer: () => Promise<void>;
    /** It keeps its connections and answers nothing. Without etcd the API server is there, and no request that reads or writes ends. */
    readonly pause: (part?: Part) => void;
    readonly resume: (part?: Part) => void;
    /** A copy of all objects: etcd stands still for it and comes back. The answer puts the copy back and starts both anew. */
    readonly snapshot: () => Promise<{ readonly restore: () => Promise<void> }>;
  };

/**
 * Starts etcd and kube-apiserver, and installs the CRDs; comes back when objects can be made. The programs have to be
 * there (`ensureTools`). Its end is the end of this process at the latest, however that ends.
 */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  removeLeftovers();
  const directory = mkdtempSync(join(tmpdir(), `berth-api-${process.pid}-`));
  const running: { [part in Part]?: ServerProcess } = {};
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const withdraw = onInterruption(() => {
    running.apiServer?.kill();
    running.etcd?.kill();
    remove();
  });
  const stop = async () => {
    await Promise.all([running.apiServer?.stop(), running.etcd?.stop()]);
    withdraw();
    remove();
  };
  try {
    return await startIn(directory, running, options, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A process that was killed took its servers along, and left their directory. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^berth-api-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

async function startIn(
  directory: string,
  running: { [part in Part]?: ServerProcess },
  options: ApiServerOptions,
  stop: () => Promise<void>,
): Promise<ApiServer> {
  const [port = 0, etcdPort = 0, peerPort = 0] = await freePorts(3);
  await createAuthority(directory);
  writeFileSync(join(directory, "audit-policy.json"), JSON.stringify(auditPolicy));
  const startEtcd = () => {
    const args = etcdArgs(directory, etcdPort, peerPort, options.fsync === true);
    running.etcd = startServer(etcdFile(), args, join(directory, "etcd.log"));
  };
  const startApi = () => {
    const args = [...apiServerArgs(directory, port, etcdPort), ...(options.flags ?? [])];
    running.apiServer = startServer(kubeApiServerFile(), args, join(directory, "kube-apiserver.log"));
  };
  const part = (which: Part) => {
    const found = running[which];
    if (found === undefined) throw new Error(`Cannot find server "${which}": expected it to be started`);
    return found;
  };
  startEtcd();
  startApi();
  const site = { url: `https://127.0.0.1:${port}`, directory };
  const admin = await createUser(site, { name: "admin", groups: ["system:masters"] });
  const ready = () => readyAgain(admin, [part("apiServer"), part("etcd")], directory);
  await ready();
  if (options.crds !== "none") await installCrds(admin.client, options.crds !== "without rules");
  const data = join(directory, "etcd");
  return {
    ...openCluster(site, admin, `http://127.0.0.1:${etcdPort}`),
    pid: (which) => part(which).pid,
    stop: async () => {
      admin.client.close();
      await stop();
    },
    [Symbol.asyncDispose]: stop,
    stopApiServer: (signal) => part("apiServer").stop(signal),
    startApiServer: async () => {
      startApi();
      await ready();
    },
    pause: (which = "apiServer") => part(which).pause(),
    resume: (which = "apiServer") => part(which).resume(),
    snapshot: async () => {
      const copy = mkdtempSync(join(directory, "snapshot-"));
      await part("etcd").stop();
      cpSync(data, copy, { recursive: true });
      startEtcd();
      await ready();
      const restore = async () => {
        await Promise.all([part("apiServer").stop(), part("etcd").stop()]);
        rmSync(data, { recursive: true });
        cpSync(copy, data, { recursive: true });
        startEtcd();
        startApi();
        await ready();
      };
      return { restore };
    },
  };
}

function etcdArgs(directory: string, port: number, peerPort: number, fsync: boolean): readonly string[] {
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    `--data-dir=${join(directory, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--log-level=warn",
    ...(fsync ? [] : ["--unsafe-no-fsync"]),
  ];
}

function apiServerArgs(directory: string, port: number, etcdPort: number): readonly string[] {
  const file = (name: string) => join(directory, name);
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--secure-port=${port}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    "--endpoint-reconciler-type=none",
    `--cert-dir=${directory}`,
    `--tls-cert-file=${file("server.crt")}`,
    `--tls-private-key-file=${file("server.key")}`,
    `--client-ca-file=${file("ca.crt")}`,
    "--authorization-mode=RBAC",
    // A pod needs no service account: nobody makes the default ones.
    "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition,Priority",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${file("sa.key")}`,
    `--service-account-signing-key-file=${file("sa.key")}`,
    "--service-cluster-ip-range=10.97.0.0/24",
    "--enable-priority-and-fairness=false",
    "--profiling=false",
    `--audit-log-path=${file("audit.log")}`,
    `--audit-policy-file=${file("audit-policy.json")}`,
    // Megabytes; the counts need one whole file.
    "--audit-log-maxsize=100000",
  ];
}

const startLimitMs = 60_000;
const waitMs = 50;

/** Waits until the server says it is ready and has the namespaces that it makes itself, which come a little later. */
async function readyAgain(admin: Access, servers: readonly ServerProcess[], directory: string): Promise<void> {
  const until = performance.now() + startLimitMs;
  const paths = ["/readyz", "/api/v1/namespaces/default", "/api/v1/namespaces/kube-system"];
  for (const path of paths) {
    while (!(await isThere(admin, path))) {
      const isOver = performance.now() > until;
      if (isOver || servers.some((server) => server.ended() !== undefined)) {
        const logs = ["etcd.log", "kube-apiserver.log"].map((name) => lastLines(join(directory, name)));
        throw new Error(`Cannot start the API server: expected ${path} within a minute\n${logs.join("\n")}`);
      }
      await delay(waitMs);
    }
  }
}

async function isThere(admin: Access, path: string): Promise<boolean> {
  try {
    return (await admin.client.request({ method: "GET", path })).status === 200;
  } catch {
    return false;
  }
}
