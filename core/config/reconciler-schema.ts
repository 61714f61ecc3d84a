/**
 * The reconciler's settings: what each may be, and what `--help` says of it.
 *
 * @module
 */
import * as z from "zod";
import { absolutePath, hostName, listenAddress, logLevel, namespaceName, socketPath } from "./setting-shapes.ts";

const secondsMax = 86_400;
const seconds = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, { error: `whole seconds, 1 to ${secondsMax}` })
  .transform(Number)
  .refine((count) => count <= secondsMax, { error: `whole seconds, 1 to ${secondsMax}` });

/** RFC 1123: what Kubernetes lets a ConfigMap be called. */
const objectName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, {
  error: "lower-case letters, digits, dots and dashes, at most 253 in all",
});

const flag = z.boolean().default(false);

export const reconcilerSchema = z.strictObject({
  once: flag,
  dryRun: flag,
  all: flag,
  output: z.enum(["table", "json"]).default("table"),
  /** Whose leases are looked at by a run by hand; left out: this machine's. */
  node: hostName.optional(),
  /** This machine's Node; left out: the host's name in lower case, as the kubelet calls it. */
  nodeName: hostName.optional(),
  kubeconfig: absolutePath.optional(),
  namespace: namespaceName.optional(),
  configMap: objectName.default("whereabouts-config"),
  /** The ConfigMap's key as a mounted file, for while the API server cannot be read. */
  scheduleFile: absolutePath.optional(),
  adminSocket: socketPath.default("/run/berth/admin.sock"),
  /** On by default (DESIGN 2), reachable from the node only. */
  http: listenAddress("127.0.0.1:9461").default("127.0.0.1:9461"),
  /** PROTOCOL 7. */
  grace: seconds.default(300),
  waiting: seconds.default(300),
  logLevel: logLevel.default("info"),
});

export type ReconcilerFile = z.output<typeof reconcilerSchema>;

/** What is either said or not. */
export const reconcilerSwitches = [
  { key: "once", flag: "--once", about: "one run now, without the schedule, then end" },
  { key: "dryRun", flag: "--dry-run", about: "look once, change nothing, print the plan" },
  { key: "all", flag: "--all", about: "with one of these: also what the elected member judges" },
] as const satisfies readonly { readonly key: keyof ReconcilerFile; readonly flag: string; readonly about: string }[];

/** What has a value. The first variable that is set counts; those of a run by hand have none. */
export const reconcilerOptions = [
  { key: "output", flag: "--output", variables: [], value: "FORM", about: "the same: as table or json" },
  { key: "node", flag: "--node", variables: [], value: "NAME", about: "the same: the leases of that node" },
  {
    key: "nodeName",
    flag: "--node-name",
    variables: ["BERTH_NODE_NAME", "NODE_NAME"],
    value: "NAME",
    about: "this machine's Node",
  },
  {
    key: "kubeconfig",
    flag: "--kubeconfig",
    variables: ["BERTH_KUBECONFIG"],
    value: "FILE",
    about: "how to reach the API server",
  },
  {
    key: "namespace",
    flag: "--namespace",
    variables: ["BERTH_NAMESPACE"],
    value: "NAME",
    about: "where pools and the ConfigMap are",
  },
  {
    key: "configMap",
    flag: "--config-map",
    variables: ["BERTH_CONFIG_MAP"],
    value: "NAME",
    about: "has the schedule, and is followed",
  },
  {
    key: "scheduleFile",
    flag: "--schedule-file",
    variables: ["BERTH_SCHEDULE_FILE"],
    value: "FILE",
    about: "the same, mounted: while the API is away",
  },
  {
    key: "adminSocket",
    flag: "--admin-socket",
    variables: ["BERTH_ADMIN_SOCKET"],
    value: "PATH",
    about: "where this machine's agent answers",
  },
  {
    key: "http",
    flag: "--http",
    variables: ["BERTH_RECONCILER_HTTP"],
    value: "ADDR",
    about: "/metrics, /healthz and /readyz, or off",
  },
  {
    key: "grace",
    flag: "--grace",
    variables: ["BERTH_GRACE"],
    value: "SECONDS",
    about: "between two looks at a suspect; too short, and what only seems gone for a moment is freed",
  },
  {
    key: "waiting",
    flag: "--waiting",
    variables: ["BERTH_WAITING"],
    value: "SECONDS",
    about: "how long a Node has to be gone; too short, and one that is made anew loses its leases",
  },
  {
    key: "logLevel",
    flag: "--log-level",
    variables: ["BERTH_LOG_LEVEL"],
    value: "LEVEL",
    about: "debug, info, warn or error",
  },
] as const satisfies readonly {
  readonly key: keyof ReconcilerFile;
  readonly flag: string;
  readonly variables: readonly string[];
  /** Stands for its value. */
  readonly value: string;
  readonly about: string;
}[];

export type ReconcilerOptionKey = (typeof reconcilerOptions)[number]["key"];
export type ReconcilerSwitchKey = (typeof reconcilerSwitches)[number]["key"];
