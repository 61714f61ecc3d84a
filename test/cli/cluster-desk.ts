/**
 * A person at a workstation with a kubeconfig: `berthctl` over an API server in memory, without an agent.
 *
 * @module
 */
import { formatClaimText } from "../../core/kube/claim-text.ts";
import { annotations } from "../../core/kube/labels.ts";
import { poolName } from "../../core/kube/names.ts";
import { entryKey, readEntries } from "../../core/kube/pool-entries.ts";
import { formatReservation } from "../../core/kube/reservation.ts";
import { configMaps, definitions, nodes, pools, reservations } from "../../core/kube/resources.ts";
import type { KubeApi, Resource } from "../../core/ports/kube-api.ts";
import type { Claim } from "../../core/ports/store.ts";
import type { AskPermission } from "../../cli/world.ts";
import { createFakeApi, type FakeApiOptions } from "../support/fake-api.ts";
import { createFakeServer, type FakeServer } from "../support/fake-api-server.ts";
import { address, attachment, claim, holder } from "../support/samples.ts";
import { createDesk, type Desk, type OpenDesk, type Seat } from "./desk.ts";

export const home = "kube-system";

export type ClusterDesk = Pick<Desk, "berthctl" | "with" | "asked"> & {
  readonly server: FakeServer;
  readonly api: KubeApi;
  readonly desk: OpenDesk;
  /** Of type whereabouts and network blue unless `ipam` says otherwise. */
  readonly nad: (name: string, ipam: object, namespace?: string) => void;
  readonly nadText: (name: string, config: string, namespace?: string) => void;
  readonly pool: (cidr: string, options?: PoolOptions) => void;
  readonly entry: (pool: string, text: string, value: { id: string; podref: string; ifname?: string }) => void;
  /** The reservation of a lease; `contested` by another. */
  readonly lease: (text: string, changes?: Partial<Claim>, contested?: Claim) => Claim;
  readonly plant: (resource: Resource, name: string, rest?: object, namespace?: string) => void;
  readonly mode: (mode: string) => void;
  readonly close: () => void;
};

export type PoolOptions = {
  readonly network?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly allocations?: unknown;
  readonly marks?: { readonly [key: string]: string };
};

/** What a lease's pod is called after its address. */
export function podOf(text: string, node = "node-1", definition = "blue") {
  return holder({
    attachment: attachment({ definition, containerId: `container-${text}` }),
    pod: { namespace: "default", name: `pod-${text}`, uid: `uid-${text}` },
    node,
  });
}

export type StageOptions = Partial<FakeApiOptions> & { readonly may?: AskPermission; readonly seat?: Partial<Seat> };

export function createClusterDesk({ may, seat = {}, ...options }: StageOptions = {}): ClusterDesk {
  const desk = createDesk();
  const server = createFakeServer({ nowMs: () => desk.agent.clock.nowMs() });
  const api = createFakeApi(server, options);
  const nobody: Partial<Seat> = {
    unreachable: { kind: "unreachable", why: "absent", reason: "ENOENT" },
    opened: { kind: "absent", path: "/var/lib/berth/berth.db" },
    cluster: { kind: "api", api, close: () => undefined, ...(may === undefined ? {} : { may }) },
    ...seat,
  };
  let uids = 0;
  const plant: ClusterDesk["plant"] = (
    resource,
    name,
    { metadata = {}, ...rest }: { metadata?: object } = {},
    namespace,
  ) => {
    uids += 1;
    const uid = `planted-${uids}`;
    const where = resource.namespaced ? { namespace: namespace ?? home } : {};
    server.plant(resource, { metadata: { name, uid, ...where, ...metadata }, ...rest });
  };
  const nadText: ClusterDesk["nadText"] = (name, config, namespace = "default") =>
    plant(definitions, name, { spec: { config } }, namespace);
  const sitting = desk.with(nobody);
  for (const node of ["node-1", "node-2"]) plant(nodes, node);
  return {
    berthctl: sitting.berthctl,
    with: (changes) => desk.with({ ...nobody, ...changes }),
    asked: desk.asked,
    server,
    api,
    desk,
    plant,
    nadText,
    nad: (name, ipam, namespace) => {
      const whole = {
        cniVersion: "1.0.0",
        name,
        type: "macvlan",
        ipam: { type: "whereabouts", network_name: "blue", ...ipam },
      };
      nadText(name, JSON.stringify(whole), namespace);
    },
    pool: (cidr, { network = "blue", namespace, name, allocations = {}, marks } = {}) =>
      plant(
        pools,
        name ?? poolName(network, cidr),
        { metadata: marks === undefined ? {} : { annotations: marks }, spec: { range: cidr, allocations } },
        namespace,
      ),
    entry: (pool, text, value) => {
      const found = server.read({ resource: pools, namespace: home, name: pool });
      if (found.kind !== "object") throw new Error(`no pool ${pool}`);
      const read = readEntries(found.object);
      const key = read.kind === "entries" ? (entryKey(read.base, address(text)) ?? "") : "";
      const spec = found.object["spec"] as { allocations: object };
      server.plant(pools, {
        ...found.object,
        spec: { ...spec, allocations: { ...spec.allocations, [key]: value } },
      });
    },
    lease: (text, changes = {}, contested) => {
      const made = claim(text, { holder: podOf(text), ...changes });
      const object = formatReservation(made, { namespace: home, journal: "journal-1" });
      if (object === undefined) throw new Error(`no object can be named for ${text}`);
      const marks = contested === undefined ? {} : { [annotations.contested]: formatClaimText(contested) };
      const metadata = { ...object.metadata, annotations: { ...object.metadata.annotations, ...marks } };
      const answer = server.create(reservations, { ...object, metadata });
      if (answer.kind !== "object") throw new Error(JSON.stringify(answer));
      return made;
    },
    mode: (mode) => plant(configMaps, "berth", { data: { whereabouts: mode } }),
    close: desk.close,
  };
}

/** Refuses every call about this kind, as RBAC does. */
export function forbidden(...plurals: readonly string[]): Partial<FakeApiOptions> {
  return {
    transport: async (call, deed) =>
      plurals.includes(call.resource)
        ? {
            kind: "refused",
            status: 403,
            reason: "Forbidden",
            message: `${call.resource} is forbidden: User "eve" cannot ${call.verb}`,
          }
        : deed(),
  };
}
