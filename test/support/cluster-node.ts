/**
 * One node of a cluster in memory: its journal, namespaces and spool outlive the lives of its agent.
 *
 * @module
 */
import type { AddAnswer, AddCall } from "../../core/flow/add.ts";
import { createCanceller } from "../../core/flow/canceller.ts";
import { type DelCall, Flow } from "../../core/flow/flow.ts";
import { defaultLimits, type FlowLimits, type FlowPorts } from "../../core/flow/ports.ts";
import { createKubeCluster } from "../../core/kube/cluster.ts";
import { Entries } from "../../core/kube/entries.ts";
import type { Mixed } from "../../core/kube/needs.ts";
import { createKubeStore } from "../../core/kube/store.ts";
import { Tide } from "../../core/kube/tide.ts";
import type { Row } from "../../core/ports/journal.ts";
import type { InterfaceSight } from "../../core/ports/interfaces.ts";
import type { SpooledCall } from "../../core/ports/spool.ts";
import { type ApiCall, createFakeApi } from "./fake-api.ts";
import type { FakeServer } from "./fake-api-server.ts";
import { createLink, type Link } from "./cluster-link.ts";
import { createMemoryJournal, emptyJournal, type JournalCopy, type MemoryJournal } from "./memory-journal.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export type NodeOptions = {
  readonly name: string;
  /** Tells its ids from those of any other node, also one of the same name. Left out: its name. */
  readonly mark?: string;
  /** Which of its free addresses an agent proposes. Left out: the lowest. */
  readonly pick?: (below: bigint) => bigint;
  readonly limits?: Partial<FlowLimits>;
};

export type ClusterNode = {
  readonly name: string;
  /** Paths of namespaces to their inodes: delete one to end it. */
  readonly namespaces: Map<string, string>;
  readonly spooled: SpooledCall[];
  /** Put around what the next agent needs of the world. */
  wrap: (ports: FlowPorts) => FlowPorts;
  /** What is on the interface of every container. */
  interfaces: InterfaceSight;
  readonly logged: string[];
  /** Gauges as they were last set. */
  readonly gauges: Map<string, number>;
  readonly link: Link;
  readonly journal: MemoryJournal;
  readonly flow: Flow;
  readonly ports: FlowPorts;
  bootId: string;
  /** Why namespaces cannot be judged now; undefined: they can. */
  voidReason: string | undefined;
  /** A new agent on what the last one left. Comes back when it answers calls; its import may still be under way. */
  readonly start: () => Promise<void>;
  /** The same, but time does not move for it. */
  readonly begin: () => Promise<unknown>;
  /** Whatever it waits for never comes; what was sent is on its way. */
  readonly kill: () => void;
  /** The state directory is lost, or an old copy of it is put back. */
  readonly replaceJournal: (copy?: JournalCopy) => void;
  readonly add: (containerId: string, changes?: AddChanges) => Promise<AddAnswer>;
  /** `interfaces` says what the interface of the call has. */
  readonly check: (containerId: string, prevResult: readonly string[], config?: object) => ReturnType<Flow["check"]>;
  readonly del: (containerId: string, changes?: Partial<DelCall>) => ReturnType<Flow["del"]>;
  readonly rows: () => Promise<readonly Row[]>;
  /** When a launcher starts now: later than all before. */
  readonly startedNs: () => bigint;
};

export type AddChanges = Partial<AddCall> & { readonly config?: object };

export const whereaboutsConfig = (ipam: object = {}, name = "blue-net"): object => ({
  cniVersion: "1.0.0",
  name,
  type: "macvlan",
  ipam: { type: "whereabouts", network_name: "blue", range: "10.0.0.0/29", ...ipam },
});

export const namespace = "kube-system";

type Life = { isAlive: boolean };

export function createClusterNode(server: FakeServer, clock: VirtualClock, options: NodeOptions): ClusterNode {
  const { name, mark = name, pick = () => 0n, limits = {} } = options;
  let life: Life = { isAlive: false };
  let journals = 0;
  let ids = 0;
  let launches = 0n;
  const newJournal = (copy?: JournalCopy) => {
    journals += 1;
    return createMemoryJournal(copy ?? emptyJournal(`journal-${mark}-${journals}`), { nowMs: clock.nowMs });
  };
  let journal = newJournal();
  let running: { readonly flow: Flow; readonly ports: FlowPorts } | undefined;
  const logged: string[] = [];
  const gauges = new Map<string, number>();
  const namespaces = new Map<string, string>();
  const spooled: SpooledCall[] = [];
  const guardOf =
    (mine: Life) =>
    async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
      const given = await answer;
      return mine.isAlive ? given : new Promise(() => undefined);
    };
  const link = createLink(clock, (answer) => guardOf(life)(answer));
  const startedNs = () => {
    launches += 1n;
    return clock.bootNs() - 1_000_000n + launches;
  };
  const launch = () => ({ started: { bootId: node.bootId, bootNs: startedNs() }, budgetMs: 35_000 });

  function portsOf(mine: Life): FlowPorts {
    const guard = guardOf(mine);
    const newId = () => `${mark}-${(ids += 1)}`;
    const say =
      (level: string) =>
      (message: string, fields: object = {}) =>
        void logged.push(`${level}: ${message} ${JSON.stringify(fields)}`);
    const own = {
      ...clock,
      bootId: node.bootId,
      wait: (ms: number, signal?: Parameters<typeof clock.wait>[1]) => guard(clock.wait(ms, signal)),
    };
    const random = { below: pick, id: newId };
    const transport = <Answer>(call: ApiCall, deed: () => Answer) =>
      mine.isAlive ? link.transport(call, deed) : new Promise<never>(() => undefined);
    const api = createFakeApi(server, { namespace, transport, connections: () => link.connections });
    const mixed: Mixed = { entries: new Entries({ api, namespace, clock: own, random }), mode: undefined };
    const needs = { api, namespace, journal: journal.id, tide: new Tide(), mixed };
    return {
      store: createKubeStore(needs),
      cluster: createKubeCluster({
        ...needs,
        node: name,
        bootId: node.bootId,
        newAttempt: newId,
        nowMs: clock.nowMs,
        timestamp: (ms) => new Date(ms).toISOString(),
      }),
      journal: guarded(journal, guard),
      namespaces: {
        look: async (path) => {
          const inode = namespaces.get(path);
          return inode === undefined ? { kind: "absent" } : { kind: "namespace", device: "4", inode };
        },
        voidReason: async () => node.voidReason,
      },
      interfaces: { read: async () => node.interfaces },
      spool: {
        drain: async () => [...spooled],
        take: async () => [...spooled],
        done: async (call) => void spooled.splice(spooled.indexOf(call), 1),
        watch: () => ({ stop: async () => undefined }),
      },
      flatFiles: { read: async () => undefined },
      clock: own,
      random,
      log: { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") },
      metrics: {
        count: () => undefined,
        set: (...args: readonly unknown[]) => void gauges.set(String(args[0]), Number(args[1])),
        observe: () => undefined,
      },
      node: name,
      choice: "random",
      limits: { ...defaultLimits, ...limits },
    };
  }

  const current = () => {
    if (running === undefined) throw new Error(`node ${name} was not started`);
    return running;
  };
  const node: ClusterNode = {
    name,
    namespaces,
    spooled,
    logged,
    gauges,
    link,
    get journal() {
      return journal;
    },
    get flow() {
      return current().flow;
    },
    get ports() {
      return current().ports;
    },
    bootId: `boot-${name}`,
    wrap: (ports) => ports,
    interfaces: { kind: "absent" },
    voidReason: undefined,
    start: async () => void (await clock.until(node.begin())),
    begin: () => {
      life.isAlive = false;
      life = { isAlive: true };
      const ports = node.wrap(portsOf(life));
      running = { ports, flow: new Flow(ports) };
      return running.flow.start();
    },
    kill: () => {
      life.isAlive = false;
    },
    replaceJournal: (copy) => {
      journal = newJournal(copy);
    },
    add: (containerId, { config = whereaboutsConfig(), ...changes } = {}) => {
      const netns = `/run/netns/${containerId}`;
      if (!namespaces.has(netns)) namespaces.set(netns, `inode-${containerId}`);
      const pod = { namespace: "default", name: containerId, uid: `uid-${containerId}` };
      const call = { kind: "ADD", launch: launch(), containerId, ifName: "net1", netns, pod, requested: [] } as const;
      return current().flow.add({ ...call, configText: JSON.stringify(config), ...changes }, createCanceller().signal);
    },
    check: (containerId, addresses, config = whereaboutsConfig()) => {
      const ips = addresses.map((address) => ({ address }));
      const configText = JSON.stringify({ ...config, prevResult: { cniVersion: "1.0.0", ips } });
      const call = { kind: "CHECK", launch: launch(), containerId, ifName: "net1" } as const;
      return current().flow.check(
        { ...call, netns: `/run/netns/${containerId}`, configText },
        createCanceller().signal,
      );
    },
    del: (containerId, changes = {}) =>
      current().flow.del({
        kind: "DEL",
        launch: launch(),
        containerId,
        ifName: "net1",
        definition: "blue-net",
        ...changes,
      }),
    rows: async () => {
      const pages = await Promise.all(
        (["intent", "lease", "freeing"] as const).map((state) => journal.page(state, undefined)),
      );
      return pages.flatMap(({ rows }) => rows);
    },
    startedNs,
  };
  return node;
}

/** A killed agent writes nothing any more, and reads nothing. */
function guarded(
  journal: MemoryJournal,
  guard: <Answer>(answer: Promise<Answer>) => Promise<Answer>,
): FlowPorts["journal"] {
  return {
    id: journal.id,
    commit: (changes, options) => guard(Promise.resolve()).then(() => guard(journal.commit(changes, options))),
    row: (id) => guard(journal.row(id)),
    rowsOf: (container) => guard(journal.rowsOf(container)),
    rowsOfPod: (uid, ifName) => guard(journal.rowsOfPod(uid, ifName)),
    rowAt: (place) => guard(journal.rowAt(place)),
    page: (state, after) => guard(journal.page(state, after)),
    count: (state) => guard(journal.count(state)),
    resting: (network) => guard(journal.resting(network)),
    finished: (attempts) => guard(journal.finished(attempts)),
    note: (key) => guard(journal.note(key)),
    deleted: (max) => guard(journal.deleted(max)),
  };
}
