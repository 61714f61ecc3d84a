/**
 * The API server, as the Kubernetes store and its companions need it: objects in, answers as values. Every call but a watch ends
 * within its time (PROTOCOL 7: 5 s), with an answer of the server or with `unknown`.
 *
 * @module
 */
import type { Signal } from "./clock.ts";
import type { Json, PatchStep } from "./json-patch.ts";

/** A kind of object, as it stands in URLs. `group` is "" for the core group. */
export type Resource = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
};

export type KubeMetadata = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  /** Rises with every write of the whole store; compared as a decimal number (P16). */
  readonly resourceVersion?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
};

/** An object as the server sent it: nothing but `metadata.name` has been looked at. What is read of the rest is parsed first. */
export type KubeObject = {
  readonly metadata: KubeMetadata;
  readonly [field: string]: unknown;
};

/** What is sent: plain JSON. */
export type NewObject = { readonly metadata: KubeMetadata; readonly [field: string]: Json | KubeMetadata };

/** The server answered, and did not do it. */
export type Refused = {
  readonly kind: "refused";
  /** HTTP status: 400, 401, 403, 404 for a missing CRD on create, 409, 410, 413, 422, … */
  readonly status: number;
  /** `Status.reason`: "AlreadyExists", "Conflict", "Forbidden", "Invalid", "Expired", … */
  readonly reason: string;
  /** The server's words: for Forbidden they name the missing rule. */
  readonly message: string;
};

/** No answer that can be believed: a time-out, a dropped connection, a 5xx, a server too busy for the whole time of the call. */
export type Unanswered = {
  readonly kind: "unknown";
  readonly reason: string;
  /** False only when the request certainly was not carried out and will not be: it was never sent, or turned away with 429. */
  readonly mayLand: boolean;
};

export type ObjectAnswer = { readonly kind: "object"; readonly object: KubeObject } | Refused | Unanswered;
export type ReadAnswer = ObjectAnswer | { readonly kind: "absent" };
export type RemoveAnswer =
  /** Gone from the store by this request. */
  | { readonly kind: "removed" }
  /** Marked for deletion: a finalizer keeps it (F36). Not free yet. */
  | { readonly kind: "leaving"; readonly object: KubeObject }
  | { readonly kind: "absent" }
  /** Status 409: a precondition does not hold. */
  | Refused
  | Unanswered;

export type ListAnswer =
  | {
      readonly kind: "page";
      readonly items: readonly KubeObject[];
      /** Undefined: this was the last page. Give it to the next call; status 410 means: begin anew. */
      readonly next: string | undefined;
      readonly resourceVersion: string;
    }
  | Refused
  | Unanswered;

export type ListQuery = {
  readonly resource: Resource;
  /** Undefined: all namespaces, or a resource without. */
  readonly namespace?: string | undefined;
  readonly labels?: string | undefined;
  readonly fields?: string | undefined;
  readonly limit?: number | undefined;
  readonly next?: string | undefined;
  /** May be answered from the server's cache, and so be old (`resourceVersion=0`). */
  readonly cached: boolean;
  /** Only the metadata of each object (PartialObjectMetadata): smaller answers. */
  readonly metadataOnly: boolean;
};

export type WatchQuery = Omit<ListQuery, "limit" | "next" | "cached"> & {
  /** Of a list or an event: what was written after it is told. */
  readonly resourceVersion: string;
};

export type WatchEvent =
  /** An object that no longer matches the query counts as deleted; `deleted` shows its last state. */
  | { readonly kind: "added" | "modified" | "deleted"; readonly object: KubeObject }
  /** All up to here has been told. */
  | { readonly kind: "bookmark"; readonly resourceVersion: string };

export type WatchEnd =
  /** In order: by `signal`, or by the server as after some minutes. Go on from the last resourceVersion. */
  | { readonly kind: "ended" }
  /** What was written since then is no longer known: list again. */
  | { readonly kind: "gone" }
  | Refused
  | Unanswered;

export type ObjectName = {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly name: string;
};

/** Only this very state of the object: its uid and, where given, its resourceVersion (P12). */
export type Preconditions = { readonly uid: string; readonly resourceVersion?: string | undefined };

export type Probe =
  | {
      readonly kind: "up";
      /** `gitVersion`: "v1.34.4". */
      readonly version: string;
      /** The server's wall clock (`Date` header), ms; undefined when it did not say. */
      readonly serverMs: number | undefined;
      readonly tookMs: number;
    }
  | Refused
  | Unanswered;

/** One thing that a rule of RBAC allows. */
export type Permission = {
  readonly verb: string;
  readonly resource: Resource;
  /** Undefined: in all namespaces, or for a resource without. */
  readonly namespace?: string | undefined;
  /** Undefined: any object. */
  readonly name?: string | undefined;
};

export type PermissionAnswer = { readonly kind: "may"; readonly allowed: boolean } | Refused | Unanswered;

export type KubeApi = {
  /** The namespace of the kubeconfig's context, or of the pod's service account; undefined when neither names one. */
  readonly namespace: string | undefined;
  readonly create: (resource: Resource, object: NewObject) => Promise<ObjectAnswer>;
  /** Always as it is now, never from the server's cache. */
  readonly read: (name: ObjectName) => Promise<ReadAnswer>;
  readonly list: (query: ListQuery) => Promise<ListAnswer>;
  /**
   * Tells what is written, in order, until it resolves; not bound by the time of a call. A connection whose other end went without a word
   * is noticed, and ends it as `unknown`.
   */
  readonly watch: (query: WatchQuery, onEvent: (event: WatchEvent) => void, signal: Signal) => Promise<WatchEnd>;
  /** JSON Patch (RFC 6902): all steps or none; a `test` that fails is answered 422. */
  readonly patch: (name: ObjectName, steps: readonly PatchStep[]) => Promise<ReadAnswer>;
  readonly remove: (name: ObjectName, preconditions: Preconditions) => Promise<RemoveAnswer>;
  readonly probe: () => Promise<Probe>;
  /** How often the connection was made anew: what is believed of the server is confirmed after each (P4, P15). */
  readonly connections: () => number;
};
