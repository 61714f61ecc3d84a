/**
 * An API server in memory, and clients of it. The server answers at once and in order; what lies between it and a client
 * (delays, lost answers, outages) is the client's transport.
 *
 * @module
 */
import type { Signal } from "../../core/ports/clock.ts";
import type {
  KubeApi,
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
import { type FakeServer, createFakeServer } from "./fake-api-server.ts";

/** What is asked of the server, for whoever stands between. */
export type ApiCall = {
  readonly verb: "create" | "read" | "list" | "patch" | "remove" | "probe" | "watch";
  /** Plural; "" for `probe`. */
  readonly resource: string;
  /** "" where the call names none. */
  readonly name: string;
};

/** Carries one call to the server: calls `deed` once, later, or never. */
export type Transport = <Answer>(call: ApiCall, deed: () => Answer) => Promise<Answer | Refused | Unanswered>;

export type FakeApiOptions = {
  readonly namespace: string | undefined;
  readonly transport: Transport;
  readonly connections: () => number;
};

export function createFakeApi(
  server: FakeServer = createFakeServer(),
  { namespace, transport = async (_call, deed) => deed(), connections = () => 1 }: Partial<FakeApiOptions> = {},
): KubeApi {
  const call = (verb: ApiCall["verb"], { plural }: Resource, name = ""): ApiCall => ({ verb, resource: plural, name });
  return {
    namespace,
    connections,
    create: (resource: Resource, object: NewObject): Promise<ObjectAnswer> =>
      transport(call("create", resource, object.metadata.name), () => server.create(resource, object)),
    read: (name: ObjectName): Promise<ReadAnswer> =>
      transport(call("read", name.resource, name.name), () => server.read(name)),
    list: (query: ListQuery): Promise<ListAnswer> => transport(call("list", query.resource), () => server.list(query)),
    watch: async (query: WatchQuery, onEvent: (event: WatchEvent) => void, signal: Signal): Promise<WatchEnd> => {
      const begun = await transport(call("watch", query.resource), () => server.watch(query, onEvent));
      return begun.kind === "watching" ? begun.until(signal) : begun;
    },
    patch: (name: ObjectName, steps: readonly PatchStep[]): Promise<ReadAnswer> =>
      transport(call("patch", name.resource, name.name), () => server.patch(name, steps)),
    remove: (name: ObjectName, preconditions: Preconditions): Promise<RemoveAnswer> =>
      transport(call("remove", name.resource, name.name), () => server.remove(name, preconditions)),
    probe: (): Promise<Probe> => transport({ verb: "probe", resource: "", name: "" }, (): Probe => server.probe()),
  };
}
