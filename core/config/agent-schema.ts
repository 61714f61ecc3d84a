/**
 * The agent's configuration file.
 *
 * @module
 */
import * as z from "zod";

const pathWanted = "an absolute path of at most 4095 visible characters";
const path = z.string().regex(/^\/[ -~\u00a0-\uffff]{0,4094}$/, { error: pathWanted });
/** unix(7): sun_path holds 108 bytes with the NUL behind them. */
const socketPath = z
  .string()
  .regex(/^\/[!-~]{1,106}$/, { error: "an absolute path of at most 107 visible characters" });
const name = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/, {
  error: "letters, digits, dots and dashes, at most 253 in all",
});
/** RFC 1123: what Kubernetes lets a namespace be called. */
const namespace = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
  error: "lower-case letters, digits and dashes, at most 63, with a letter or a digit at both ends",
});
const portMax = 65_535;
const listenWanted = `an address and a port of at most ${portMax} such as 127.0.0.1:9460, or "off"`;
const listen = z
  .string()
  .regex(/^(?:off|(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(?:0|[1-9]\d{0,4}))$/, { error: listenWanted, abort: true })
  .refine((text) => text === "off" || Number(text.slice(text.lastIndexOf(":") + 1)) <= portMax, {
    error: listenWanted,
  });
const count = (max: number) => z.int().min(1).max(max);

export const agentSchema = z.strictObject({
  socket: socketPath.default("/run/berth/agent.sock"),
  adminSocket: socketPath.default("/run/berth/admin.sock"),
  /** In memory and gone after a reboot, as the sandboxes are. */
  spool: path.default("/run/berth/spool"),
  stateDir: path.default("/var/lib/berth"),
  store: z.enum(["embedded", "kubernetes"]).default("embedded"),
  /** The host's name unless set; on the Kubernetes store in lower case, as the kubelet calls its Node. */
  nodeName: name.optional(),
  kubeconfig: path.optional(),
  namespace: namespace.optional(),
  logLevel: z.enum(["debug", "info", "warn", "error"]).default("info"),
  /** On by default (DESIGN 2), reachable from the node only. */
  http: listen.default("127.0.0.1:9460"),
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
