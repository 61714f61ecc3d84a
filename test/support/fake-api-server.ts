/**
 * The simulated API server: every verb as one step, with the answers a real one gives. What it checks, in its order:
 * the object's form, whether it is there, preconditions, size.
 *
 * @module
 */
import type {
  KubeMetadata,
  KubeObject,
  ListAnswer,
  ListQuery,
  NewObject,
  ObjectAnswer,
  ObjectName,
  Preconditions,
  Probe,
  ReadAnswer,
  Refused,
  RemoveAnswer,
  Resource,
  Unanswered,
  WatchEnd,
  WatchEvent,
  WatchQuery,
} from "../../core/ports/kube-api.ts";
import type { PatchStep } from "../../core/ports/json-patch.ts";
import { applyPatch, sameJson } from "./fake-api-patch.ts";
import { fieldTest, labelTest } from "./fake-api-selectors.ts";
import { type Backup, FakeApiStore } from "./fake-api-store.ts";
import { faultOf, isTooLarge, pruned } from "./fake-api-validation.ts";
import { createFakeWatches, type FakeWatch } from "./fake-api-watches.ts";

export type FakeServer = {
  readonly create: (resource: Resource, object: NewObject) => ObjectAnswer;
  readonly read: (name: ObjectName) => ReadAnswer;
  readonly list: (query: ListQuery) => ListAnswer;
  readonly replace: (resource: Resource, object: NewObject) => ReadAnswer;
  readonly patch: (name: ObjectName, steps: readonly PatchStep[]) => ReadAnswer;
  readonly remove: (name: ObjectName, preconditions?: Preconditions) => RemoveAnswer;
  readonly probe: () => Probe;
  /** Calls `onEvent` at once for what has been written since, then with each write. */
  readonly watch: (query: WatchQuery, onEvent: (event: WatchEvent) => void) => FakeWatch | WatchEnd;
  /** Breaks every watch off. */
  readonly dropWatches: () => void;
  /** All objects of a kind as they are, for who looks from outside. */
  readonly all: (resource: Resource) => readonly KubeObject[];
  readonly revision: () => number;
  /** Writes an object as it is, uid and all: what others of the cluster have written. */
  readonly plant: (resource: Resource, object: KubeObject) => void;
  readonly uproot: (name: ObjectName) => void;
  /** Others of the cluster write so much: the revision rises. */
  readonly advance: (by: number) => void;
  readonly backup: () => Backup;
  /** Goes back in time (P16). */
  readonly restore: (backup: Backup) => void;
  /** Every list that is under way is answered 410 when it goes on. */
  readonly expireLists: () => void;
};

export type FakeServerOptions = {
  /** Wall clock, ms. */
  readonly nowMs: () => number;
  /** How many writes the cache lags behind, asked at each list from the cache. */
  readonly lag: () => number;
  /** Called after each write of an object: as it is now, undefined when it is gone. */
  readonly onWrite: (resource: Resource, name: string, object: KubeObject | undefined) => void;
};

export function createFakeServer({
  nowMs = () => 1_700_000_000_000,
  lag = () => 0,
  onWrite = () => undefined,
}: Partial<FakeServerOptions> = {}): FakeServer {
  const store = new FakeApiStore();
  const watches = createFakeWatches(store);
  // Not part of a backup: ids are unique in the world.
  let uids = 0;

  function put(resource: Resource, object: KubeObject): KubeObject {
    const metadata = { ...object.metadata, resourceVersion: String(store.revision + 1) };
    const written = { ...object, metadata };
    store.put(resource, keyOf(metadata), written);
    onWrite(resource, metadata.name, written);
    return written;
  }

  function drop(resource: Resource, object: KubeObject): void {
    store.put(resource, keyOf(object.metadata), undefined);
    onWrite(resource, object.metadata.name, undefined);
  }

  /** An object that was judged and changed: not written when nothing differs, gone when its last finalizer went. */
  function update(resource: Resource, old: KubeObject, wanted: KubeObject): ReadAnswer {
    const { creationTimestamp, deletionTimestamp, uid, resourceVersion } = old.metadata;
    const kept = without({ creationTimestamp, deletionTimestamp, uid, resourceVersion });
    const next = pruned(resource, { ...wanted, metadata: { ...wanted.metadata, ...kept } });
    const fault = faultOf(resource, next);
    if (fault !== undefined) return invalid(fault);
    if (isTooLarge(resource, next)) return tooLarge;
    if (deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0) {
      drop(resource, old);
      return { kind: "object", object: next };
    }
    return { kind: "object", object: sameJson(old, next) ? old : put(resource, next) };
  }

  const found = ({ resource, namespace, name }: ObjectName) => store.get(resource, keyOf({ namespace, name }));

  return {
    create: (resource, object) => {
      const { uid: _uid, resourceVersion, ...metadata } = object.metadata;
      if (resourceVersion !== undefined)
        return refused(400, "BadRequest", "resourceVersion should not be set on objects to be created");
      const asked: KubeObject = { ...object, metadata };
      const fault = faultOf(resource, asked);
      if (fault !== undefined) return invalid(fault);
      const old = store.get(resource, keyOf(metadata));
      if (old !== undefined)
        return refused(
          409,
          "AlreadyExists",
          `${old.metadata.deletionTimestamp === undefined ? "" : "object is being deleted: "}${resource.plural} "${metadata.name}" already exists`,
        );
      const made = pruned(resource, asked);
      if (isTooLarge(resource, made)) return tooLarge;
      uids += 1;
      const known = { uid: `uid-${uids}`, creationTimestamp: `${new Date(nowMs()).toISOString().slice(0, 19)}Z` };
      return { kind: "object", object: put(resource, { ...made, metadata: { ...metadata, ...known } }) };
    },

    read: (name) => {
      const object = found(name);
      return object === undefined ? { kind: "absent" } : { kind: "object", object };
    },

    replace: (resource, object) => {
      const { uid, resourceVersion } = object.metadata;
      const old = store.get(resource, keyOf(object.metadata));
      if (old === undefined) return { kind: "absent" };
      if (uid !== undefined && uid !== old.metadata.uid) return conflict(`UID in precondition: ${uid}`);
      if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion)
        return conflict("the object has been modified");
      return update(resource, old, object);
    },

    patch: (name, steps) => {
      const old = found(name);
      if (old === undefined) return { kind: "absent" };
      const shown = { ...old, metadata: { managedFields: [{}], ...old.metadata } };
      const answer = applyPatch(shown, steps);
      if (answer.kind === "panic") return dropped;
      if (answer.kind === "failed") return invalid(answer.message);
      const { managedFields: _managedFields, ...metadata } = (
        answer.value as { metadata: KubeMetadata & { managedFields: unknown } }
      ).metadata;
      return update(name.resource, old, { ...(answer.value as KubeObject), metadata });
    },

    remove: (name, preconditions) => {
      const old = found(name);
      if (old === undefined) return { kind: "absent" };
      const { uid, resourceVersion } = preconditions ?? {};
      if (uid !== undefined && uid !== old.metadata.uid) return conflict(`UID in precondition: ${uid}`);
      if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion)
        return conflict(`ResourceVersion in precondition: ${resourceVersion}`);
      if ((old.metadata.finalizers ?? []).length === 0) {
        drop(name.resource, old);
        return { kind: "removed" };
      }
      if (old.metadata.deletionTimestamp !== undefined) return { kind: "leaving", object: old };
      const deletionTimestamp = `${new Date(nowMs()).toISOString().slice(0, 19)}Z`;
      return {
        kind: "leaving",
        object: put(name.resource, { ...old, metadata: { ...old.metadata, deletionTimestamp } }),
      };
    },

    watch: watches.begin,
    dropWatches: watches.drop,
    list: (query) => listPage(store, query, query.cached ? Math.max(0, lag()) : 0),
    probe: () => ({ kind: "up", version: "v1.34.4", serverMs: nowMs(), tookMs: 1 }),
    all: (resource) => (store.list(resource) ?? []).map(([, object]) => object),
    revision: () => store.revision,
    plant: (resource, object) => void put(resource, object),
    uproot: (name) => {
      const old = found(name);
      if (old !== undefined) drop(name.resource, old);
    },
    advance: (by) => store.advance(by),
    backup: () => store.backup(),
    restore: (backup) => {
      watches.drop();
      store.restore(backup);
    },
    expireLists: () => store.forget(),
  };
}

function listPage(store: FakeApiStore, query: ListQuery, lag: number): ListAnswer {
  const [at, after] = query.next === undefined ? [] : (JSON.parse(query.next) as [number, string]);
  const asked = at ?? store.revision - lag;
  const labels = labelTest(query.labels);
  const fields = fieldTest(query.resource, query.fields);
  if (labels === undefined) return refused(400, "BadRequest", `unable to parse requirement: ${query.labels}`);
  if (fields === undefined) return refused(400, "BadRequest", `field label not supported: ${query.fields}`);
  const then = store.list(query.resource, asked);
  if (then === undefined && at !== undefined)
    return refused(410, "Expired", "The provided continue parameter is too old to display a consistent list result");
  const revision = then === undefined ? store.revision : asked;
  const matching = (then ?? store.list(query.resource) ?? []).filter(
    ([key, object]) =>
      (after === undefined || key > after) &&
      (query.namespace === undefined || object.metadata.namespace === query.namespace) &&
      labels(object) &&
      fields(object),
  );
  const page = query.limit === undefined || query.limit === 0 ? matching : matching.slice(0, query.limit);
  const last = page.at(-1)?.[0];
  const hasMore = page.length < matching.length;
  return {
    kind: "page",
    items: page.map(([, object]) => (query.metadataOnly ? { metadata: object.metadata } : object)),
    next: hasMore ? JSON.stringify([revision, last]) : undefined,
    resourceVersion: String(revision),
  };
}

function keyOf({ namespace = "", name }: { readonly namespace?: string | undefined; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function without<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}

function refused(status: number, reason: string, message: string): Refused {
  return { kind: "refused", status, reason, message };
}

function invalid(message: string): Refused {
  return refused(422, "Invalid", message);
}

function conflict(message: string): Refused {
  return refused(409, "Conflict", `Operation cannot be fulfilled: ${message}`);
}

/** Turned away before anything was written: not a 413, and no unknown outcome (hazards M8). */
const tooLarge = refused(500, "", "etcdserver: request is too large");
const dropped: Unanswered = { kind: "unknown", reason: "the connection was dropped", mayLand: true };
