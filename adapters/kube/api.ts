/**
 * The API server over a thin client of `node:http2` (docs/decisions/0010-kubernetes-client.md).
 *
 * @module
 */
import { formatPatch } from "../../core/kube/json-patch.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { KubeApi, Permission, PermissionAnswer, Refused, Resource } from "../../core/ports/kube-api.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Metrics } from "../../core/ports/metrics.ts";
import type { Random } from "../../core/ports/random.ts";
import { type ApiRequest, call } from "./call.ts";
import type { Credentials } from "./credentials.ts";
import type { ConnectionTimes } from "./exchange.ts";
import { createLine } from "./line.ts";
import { listAnswer, objectAnswer, permissionAnswer, probeAnswer, readAnswer, removeAnswer } from "./read-answer.ts";
import { collectionPath, isNameable, listPath, objectPath } from "./request-path.ts";
import { createSlots } from "./slots.ts";
import { watch } from "./watch.ts";

export type KubeApiLimits = ConnectionTimes & {
  /** Budget of one call (PROTOCOL 7), ms. */
  readonly callMs: number;
  readonly inFlightMax: number;
  /** Calls that wait for one of those; more are turned away. */
  readonly queueMax: number;
  readonly answerBytesMax: number;
};

export const defaultKubeApiLimits: KubeApiLimits = {
  callMs: 5_000,
  connectMs: 3_000,
  busyQuietMs: 2_000,
  idleQuietMs: 15_000,
  pongMs: 2_000,
  inFlightMax: 64,
  queueMax: 4_096,
  answerBytesMax: 32 * 1024 * 1024,
};

export type KubeApiOptions = {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  /** `berth-agent/1.2.3 (node-1)`; what stands before the slash owns the fields that are written. */
  readonly userAgent: string;
  readonly limits?: Partial<KubeApiLimits>;
};

export type OpenKubeApi = KubeApi & {
  /** Whether whoever asks may do this: a SelfSubjectAccessReview, which everybody may make. */
  readonly may: (permission: Permission) => Promise<PermissionAnswer>;
  /** Ends the connection; calls under way end as unknown. */
  readonly close: () => void;
};

/** The first connection is made by the first call. */
export function createKubeApi(options: KubeApiOptions): OpenKubeApi {
  const { credentials, clock } = options;
  const limits = { ...defaultKubeApiLimits, ...options.limits };
  const line = createLine({ ...options, times: limits, answerBytesMax: limits.answerBytesMax });
  const slots = createSlots(() => Math.min(limits.inFlightMax, line.roomFor()), limits.queueMax);
  const below = new URL(credentials.access().server).pathname.replace(/\/$/, "");
  // The server gives up when nobody waits any more: so a request cannot land much later.
  const inTime = `timeout=${limits.callMs}ms`;
  const send = ({ headers, ...request }: Sent) =>
    call(
      {
        body: undefined,
        ...request,
        path: `${below}${request.path}${request.path.includes("?") ? "&" : "?"}${inTime}`,
        headers: { "user-agent": options.userAgent, accept: "application/json", ...headers },
      },
      { ...options, line, slots, callMs: limits.callMs },
    );

  return {
    namespace: credentials.access().namespace,
    create: async (resource, object) => {
      const path = collectionPath(resource, object.metadata.namespace);
      const answer = await send({
        verb: "create",
        method: "POST",
        resource: resource.plural,
        path,
        ...json(typed(resource, object)),
      });
      return answer.kind === "unknown" ? answer : objectAnswer(answer);
    },
    read: async ({ resource, namespace, name }) => {
      if (!isNameable(name)) return unnameable(name);
      const path = objectPath(resource, namespace, name);
      const answer = await send({ verb: "read", method: "GET", resource: resource.plural, path });
      return answer.kind === "unknown" ? answer : readAnswer(answer, name);
    },
    list: async (query) => {
      const accept = query.metadataOnly
        ? "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
        : "application/json";
      const { plural } = query.resource;
      const answer = await send({
        verb: "list",
        method: "GET",
        resource: plural,
        path: listPath(query),
        headers: { accept },
      });
      return answer.kind === "unknown" ? answer : listAnswer(answer);
    },
    watch: (query, onEvent, signal) => {
      const accept = query.metadataOnly
        ? "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
        : "application/json";
      const headers = { "user-agent": options.userAgent, accept };
      return watch({ query, below, headers, onEvent, signal }, { ...options, ...limits, line });
    },
    patch: async ({ resource, namespace, name }, steps) => {
      if (!isNameable(name)) return unnameable(name);
      const path = objectPath(resource, namespace, name);
      const body = { body: formatPatch(steps), headers: { "content-type": "application/json-patch+json" } };
      const answer = await send({ verb: "patch", method: "PATCH", resource: resource.plural, path, ...body });
      return answer.kind === "unknown" ? answer : readAnswer(answer, name);
    },
    remove: async ({ resource, namespace, name }, preconditions) => {
      if (!isNameable(name)) return unnameable(name);
      const path = objectPath(resource, namespace, name);
      const body = json({ apiVersion: "v1", kind: "DeleteOptions", preconditions });
      const answer = await send({ verb: "remove", method: "DELETE", resource: resource.plural, path, ...body });
      return answer.kind === "unknown" ? answer : removeAnswer(answer, name);
    },
    probe: async () => {
      const begun = clock.bootNs();
      const answer = await send({ verb: "probe", method: "GET", resource: "version", path: "/version" });
      const tookMs = Number(clock.bootNs() - begun) / 1e6;
      return answer.kind === "unknown" ? answer : probeAnswer(answer, answer.date, tookMs);
    },
    may: async (permission) => {
      const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
      const body = json(accessReview(permission));
      const answer = await send({
        verb: "review",
        method: "POST",
        resource: "selfsubjectaccessreviews",
        path,
        ...body,
      });
      return answer.kind === "unknown" ? answer : permissionAnswer(answer);
    },
    connections: line.connections,
    close: line.close,
  };
}

type Sent = Omit<ApiRequest, "headers" | "body"> & {
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
};

function json(body: object) {
  return { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
}

/** It has no name: the server wants none. */
function accessReview({ verb, resource: { group, version, plural }, namespace, name }: Permission): object {
  const resourceAttributes = { verb, group, version, resource: plural, namespace, name };
  return {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes },
  };
}

/** What the server wants to hear of every object. */
function typed({ group, version, kind }: Resource, object: object): object {
  return { apiVersion: group === "" ? version : `${group}/${version}`, kind, ...object };
}

function unnameable(name: string): Refused {
  return {
    kind: "refused",
    status: 400,
    reason: "BadRequest",
    message: `Cannot name an object "${name}": expected a name`,
  };
}
