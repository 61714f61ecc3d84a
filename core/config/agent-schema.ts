/**
 * The agent's configuration file.
 *
 * @module
 */
import * as z from "zod";
import { absolutePath, hostName, listenAddress, logLevel, namespaceName, socketPath } from "./setting-shapes.ts";

const count = (max: number) => z.int().min(1).max(max);

export const agentSchema = z.strictObject({
  socket: socketPath.default("/run/berth/agent.sock"),
  adminSocket: socketPath.default("/run/berth/admin.sock"),
  /** In memory and gone after a reboot, as the sandboxes are. */
  spool: absolutePath.default("/run/berth/spool"),
  stateDir: absolutePath.default("/var/lib/berth"),
  store: z.enum(["embedded", "kubernetes"]).default("embedded"),
  /** The host's name unless set; on the Kubernetes store in lower case, as the kubelet calls its Node. */
  nodeName: hostName.optional(),
  kubeconfig: absolutePath.optional(),
  namespace: namespaceName.optional(),
  logLevel: logLevel.default("info"),
  /** On by default (DESIGN 2), reachable from the node only. */
  http: listenAddress("127.0.0.1:9460").default("127.0.0.1:9460"),
  sweepSeconds: count(86_400).default(60),
  limits: z
    .strictObject({
      requestsInFlight: count(65_536).default(256),
      queue: count(1_048_576).default(1024),
    })
    .default({ requestsInFlight: 256, queue: 1024 }),
});

export type AgentFile = z.output<typeof agentSchema>;

/** What flags and the environment can set, how they call it, and what `--help` says of it. */
export const agentOptions = [
  { key: "socket", flag: "--socket", variable: "BERTH_SOCKET", value: "PATH", about: "where launchers connect" },
  {
    key: "adminSocket",
    flag: "--admin-socket",
    variable: "BERTH_ADMIN_SOCKET",
    value: "PATH",
    about: "where berthctl connects",
  },
  {
    key: "spool",
    flag: "--spool",
    variable: "BERTH_SPOOL",
    value: "DIR",
    about: "where launchers leave DELs while no agent answers",
  },
  {
    key: "stateDir",
    flag: "--state-dir",
    variable: "BERTH_STATE_DIR",
    value: "DIR",
    about: "the journal and the embedded store",
  },
  {
    key: "store",
    flag: "--store",
    variable: "BERTH_STORE",
    value: "STORE",
    about: "where leases live: embedded or kubernetes",
  },
  { key: "nodeName", flag: "--node-name", variable: "BERTH_NODE_NAME", value: "NAME", about: "this node" },
  {
    key: "kubeconfig",
    flag: "--kubeconfig",
    variable: "BERTH_KUBECONFIG",
    value: "FILE",
    about: "for the Kubernetes store",
  },
  {
    key: "namespace",
    flag: "--namespace",
    variable: "BERTH_NAMESPACE",
    value: "NAME",
    about: "where the Kubernetes store keeps its objects",
  },
  {
    key: "logLevel",
    flag: "--log-level",
    variable: "BERTH_LOG_LEVEL",
    value: "LEVEL",
    about: "debug, info, warn or error",
  },
  {
    key: "http",
    flag: "--http",
    variable: "BERTH_HTTP",
    value: "ADDRESS",
    about: "where /metrics, /healthz and /readyz listen, or off",
  },
] as const satisfies readonly {
  readonly key: keyof AgentFile;
  readonly flag: string;
  readonly variable: string;
  /** Stands for its value. */
  readonly value: string;
  readonly about: string;
}[];

export type AgentOptionKey = (typeof agentOptions)[number]["key"];
