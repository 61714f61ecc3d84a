/**
 * Counts what was asked of the API server, by its audit log.
 *
 * @module
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "./api-server-client.ts";

/**
 * Every request once, by its metadata. The server's own are left out, and what makes no difference to a count: that a
 * request has come in, and the end of a watch.
 */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "None", users: ["system:apiserver"] },
    { level: "None", nonResourceURLs: ["/readyz*", "/healthz*"] },
    { level: "Metadata" },
  ],
} as const;

export type AuditQuery = {
  /** The whole name, as in the client certificate or `system:serviceaccount:<namespace>:<name>`. */
  readonly user?: string;
  /** The beginning of the client's user agent. */
  readonly userAgent?: string;
  readonly namespace?: string;
  /** A place that `mark` gave: only what was asked after it. Left out: from the start of the server. */
  readonly since?: number;
};

/** One request. `resource` is `group/plural[/subresource]`, without `group/` for the core group; a URL for anything else. */
export type AuditedRequest = {
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
  readonly status: number;
  readonly user: string;
  readonly userAgent: string;
  /** From arrival to answer. */
  readonly tookMs: number;
};

export type AuditLog = {
  /** The end of what is logged now. */
  readonly mark: () => number;
  /** Everything that was answered before this call, in the order of the answers. */
  readonly requests: (query?: AuditQuery) => Promise<readonly AuditedRequest[]>;
  /** The same, counted: `create whereabouts.cni.cncf.io/ippools` → 3. */
  readonly counts: (query?: AuditQuery) => Promise<{ readonly [verbAndResource: string]: number }>;
};

export function createAuditLog(file: string, client: ApiClient): AuditLog {
  let asked = 0;
  const requests = async (query: AuditQuery = {}) => {
    asked += 1;
    const marker = `/version?berth-audit=${process.pid}-${asked}`;
    await client.ask({ method: "GET", path: marker });
    const events = await readUntil(file, query.since ?? 0, marker);
    return events.filter((event) => isCounted(event) && matches(event, query)).map(requestOf);
  };
  const counts = async (query: AuditQuery = {}) => {
    const found: { [verbAndResource: string]: number } = {};
    for (const { verb, resource } of await requests(query)) {
      found[`${verb} ${resource}`] = (found[`${verb} ${resource}`] ?? 0) + 1;
    }
    return found;
  };
  return { mark: () => statSync(file).size, requests, counts };
}

/** The fields that are read; https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
type AuditEvent = {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
};

const waitMs = 20;

/** The server writes an event after its answer has gone: what is asked now tells that everything before is there. */
async function readUntil(file: string, from: number, marker: string): Promise<readonly AuditEvent[]> {
  for (;;) {
    const lines = readFrom(file, from).split("\n");
    const events: AuditEvent[] = lines.slice(0, -1).map((line) => JSON.parse(line));
    const end = events.findLastIndex((event) => event.requestURI === marker);
    if (end !== -1) return events.slice(0, end);
    await delay(waitMs);
  }
}

function readFrom(file: string, from: number): string {
  const length = Math.max(0, statSync(file).size - from);
  const buffer = Buffer.alloc(length);
  const opened = openSync(file, "r");
  try {
    const read = readSync(opened, buffer, 0, length, from);
    return buffer.toString("utf8", 0, read);
  } finally {
    closeSync(opened);
  }
}

/** A watch counts when it begins: it ends when nobody asks any more. */
function isCounted(event: AuditEvent): boolean {
  return event.verb === "watch" ? event.stage === "ResponseStarted" : event.stage !== "ResponseStarted";
}

function matches(event: AuditEvent, query: AuditQuery): boolean {
  if (event.requestURI.includes("?berth-audit=")) return false;
  return (
    (query.user === undefined || event.user.username === query.user) &&
    (query.userAgent === undefined || (event.userAgent ?? "").startsWith(query.userAgent)) &&
    (query.namespace === undefined || event.objectRef?.namespace === query.namespace)
  );
}

function requestOf(event: AuditEvent): AuditedRequest {
  return {
    verb: event.verb,
    resource: resourceOf(event),
    name: event.objectRef?.name ?? "",
    status: event.responseStatus?.code ?? 0,
    user: event.user.username,
    userAgent: event.userAgent ?? "",
    tookMs: Date.parse(event.stageTimestamp) - Date.parse(event.requestReceivedTimestamp),
  };
}

function resourceOf({ objectRef, requestURI }: AuditEvent): string {
  if (objectRef === undefined) return requestURI.split("?")[0] ?? "";
  const { apiGroup, resource, subresource } = objectRef;
  return [apiGroup, resource, subresource].filter((part) => part !== undefined && part !== "").join("/");
}
