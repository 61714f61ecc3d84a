/**
 * A node whose agent is called as a launcher calls it: environment and standard input in, printed text out.
 *
 * @module
 */
import * as z from "zod";
import { answerCall } from "../../../cni/agent/answer-call.ts";
import { createCanceller } from "../../../core/flow/canceller.ts";
import { formatPrefix, parseAddressWithPrefix } from "../../../core/ip/prefix.ts";
import { knownAddress } from "../../../core/ip/address.ts";
import { readEntries, type PoolEntry } from "../../../core/kube/pool-entries.ts";
import { createKubeStore } from "../../../core/kube/store.ts";
import { Tide } from "../../../core/kube/tide.ts";
import type { Holder } from "../../../core/ports/holder.ts";
import type { InterfaceSight } from "../../../core/ports/interfaces.ts";
import type { Place, Store } from "../../../core/ports/store.ts";
import { protocolVersion } from "../../../core/wire/protocol.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createWorld, type World } from "../../support/world.ts";
import type { Fields } from "../row.ts";

export type CallMade = {
  readonly command: "ADD" | "CHECK" | "DEL";
  readonly ipam: Fields;
  readonly name?: string;
  readonly container?: string | undefined;
  readonly ifName?: string | undefined;
  /** `namespace/name`. */
  readonly pod?: string | undefined;
  /** The whole CNI_ARGS instead of the pod's. */
  readonly args?: string;
  /** What an earlier ADD printed, for CHECK. */
  readonly after?: Printed | undefined;
};

export type Printed =
  | {
      readonly kind: "printed";
      readonly ips: readonly { readonly address: string; readonly gateway: string | undefined }[];
      readonly text: string;
    }
  | { readonly kind: "refused"; readonly code: number; readonly message: string };

export type Node = { readonly call: (made: CallMade) => Promise<Printed>; readonly close: () => void };

export type NodeOptions = {
  readonly store: "embedded" | "kubernetes";
  /** The store answers no release. */
  readonly storageError: boolean;
  /** Of the pool that was there before, and its entries. */
  readonly range: string;
  readonly allocations: Fields;
};

export async function createNode({ store, storageError, range, allocations }: NodeOptions): Promise<Node> {
  const interfaces: Interfaces = new Map();
  const world = createWorld({
    networks: [""],
    wrap: (ports) => {
      const chosen = store === "embedded" ? ports.store : kubeStore(ports.journal.id);
      const release: Store["release"] = async () => ({ kind: "unknown", reason: "the store is away" });
      return {
        ...ports,
        interfaces: { read: async (netns, ifName) => sightOf(interfaces.get(`${netns} ${ifName}`)) },
        store: storageError ? { ...chosen, release } : chosen,
      };
    },
  });
  await takeOver(world, range, allocations);
  return {
    call: async (made) => {
      const printed = await call(world, made);
      const { command, container = "c1", ifName = "net1" } = made;
      // What the main plugin does with an answer.
      if (command === "ADD") interfaces.set(`${netnsOf(container)} ${ifName}`, printed);
      return printed;
    },
    close: () => world.close(),
  };
}

function kubeStore(journal: string): Store {
  return createKubeStore({ api: createFakeApi(), namespace: "kube-system", journal, tide: new Tide() });
}

/** What was printed for an interface, by `<netns> <ifName>`. */
type Interfaces = Map<string, Printed>;

function sightOf(printed: Printed | undefined): InterfaceSight {
  if (printed?.kind !== "printed") return { kind: "absent" };
  const parsed = printed.ips.map(({ address }) => parseAddressWithPrefix(address)).filter((one) => one !== undefined);
  const addresses = parsed.map(({ address, prefix }) => ({ address, prefixLength: prefix.length }));
  return { kind: "seen", addresses };
}

function netnsOf(container: string): string {
  return `/run/netns/${container}`;
}

async function call(world: World, made: CallMade): Promise<Printed> {
  const { command, ipam, name = "net", container = "c1", ifName = "net1", pod = "default/web-0", args } = made;
  const netns = netnsOf(container);
  world.namespaces.set(netns, `inode-${container}`);
  const [namespace, podName] = pod.split("/");
  const podArgs = `K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${podName};K8S_POD_UID=${uidOf(pod)}`;
  const variables = { COMMAND: command, CONTAINERID: container, IFNAME: ifName, NETNS: netns, ARGS: args ?? podArgs };
  const prevResult = made.after?.kind === "printed" ? { prevResult: JSON.parse(made.after.text) } : {};
  const document = { cniVersion: "1.0.0", name, type: "ipvlan", ipam: { type: "whereabouts", ...ipam }, ...prevResult };
  const answer = await world.clock.until(
    answerCall(
      { flow: world.flow, clock: world.clock, log: world.ports.log, notReady: () => [] },
      {
        protocol: protocolVersion,
        started: world.clock.bootNs(),
        budgetMs: 27_000,
        env: new Map(Object.entries(variables).map(([key, value]) => [`CNI_${key}`, value])),
        stdin: new TextEncoder().encode(JSON.stringify(document)),
      },
      createCanceller().signal,
    ),
  );
  // Later calls are later: a DEL ends what was started before it.
  await world.clock.advance(1);
  return answer.status === 0 ? printedOf(answer.stdout) : refusedOf(answer.stdout);
}

const result = z.looseObject({
  ips: z.array(z.looseObject({ address: z.string(), gateway: z.string().optional() })).optional(),
});
const refusal = z.looseObject({ code: z.number(), msg: z.string() });

function printedOf(text: string): Printed {
  const { ips = [] } = text === "" ? {} : result.parse(JSON.parse(text));
  return { kind: "printed", ips: ips.map(({ address, gateway }) => ({ address, gateway })), text };
}

function refusedOf(text: string): Printed {
  const { code, msg } = refusal.parse(JSON.parse(text));
  return { kind: "refused", code, message: msg };
}

/** What Whereabouts gave here: held, and imported as leases of sandboxes that have gone since. */
async function takeOver(world: World, range: string, allocations: Fields): Promise<void> {
  const read = readEntries({ metadata: { name: "pool" }, spec: { range, allocations } });
  if (read.kind !== "entries") return;
  const pool = formatPrefix(read.prefix);
  for (const [value, entry] of read.entries) {
    const address = knownAddress(read.base.family, value);
    await takeOne(world, { network: "", pool, overlapping: true, address }, entry);
  }
}

async function takeOne({ ports }: World, place: Place, entry: PoolEntry): Promise<void> {
  const [attempt, holder] = [`adopted-${entry.key}`, holderOf(entry)];
  const claim = { place, kind: "dynamic", attempt, holder, sinceMs: 0, reason: "" } as const;
  const answer = await ports.store.claim(claim);
  if (answer.kind !== "held") throw new Error(`cannot be held: ${answer.kind}`);
  const row = { holder, place, kind: "dynamic", index: 0, attempts: [attempt], sinceMs: 0, reuseAfterMs: 0 } as const;
  await ports.journal.commit([{ kind: "import", row, version: answer.version, answeredMs: 0 }]);
}

function holderOf({ id, podref, ifname = "" }: PoolEntry): Holder {
  const [namespace = "", name = ""] = podref.split("/");
  return {
    attachment: { definition: "", containerId: id, ifName: ifname },
    pod: { namespace, name, uid: uidOf(podref) },
    node: "node-1",
    started: { bootId: "", bootNs: 0n },
    evidence: { kind: "seen", path: "/run/netns/gone", device: "4", inode: "1", bootId: "boot-1" },
  };
}

/** The API server tells it of a pod; this is the pod of that name. */
function uidOf(podRef: string): string {
  return `uid of ${podRef}`.replaceAll(/[^a-zA-Z0-9]/g, "-");
}
