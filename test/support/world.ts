/**
 * One agent's paths in a small world: namespaces that come and go, a clock that can be turned, a real state file or the
 * fake store, and every port call counted and interruptible.
 *
 * @module
 */
import { join } from "node:path";
import { createJournal } from "../../adapters/sqlite/journal.ts";
import { createEmbeddedStore } from "../../adapters/sqlite/store.ts";
import { createWriter } from "../../adapters/sqlite/writer.ts";
import type { AddAnswer, AddCall } from "../../core/flow/add.ts";
import { createCanceller } from "../../core/flow/canceller.ts";
import type { Failure } from "../../core/failure/failure.ts";
import { type DelCall, Flow } from "../../core/flow/flow.ts";
import { defaultLimits, type FlowPorts } from "../../core/flow/ports.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { Signal } from "../../core/ports/clock.ts";
import type { Held } from "../../core/ports/store.ts";
import type { SpooledCall } from "../../core/ports/spool.ts";
import { createFakeStore, type FakeStore } from "./fake-store.ts";
import { opened, temporaryDirectory } from "./state-file.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export type World = {
  readonly flow: Flow;
  readonly ports: FlowPorts;
  readonly clock: VirtualClock;
  /** The state file. */
  readonly path: string;
  /** Paths of namespaces to their inodes: delete one to end it. */
  readonly namespaces: Map<string, string>;
  readonly spooled: SpooledCall[];
  readonly logged: { level: string; message: string; fields: object }[];
  /** Set when the world has the fake store. */
  readonly fake: FakeStore;
  readonly add: (changes?: Partial<AddCall> & { config?: object }) => Promise<AddAnswer>;
  /** The same, for a launcher that can go away. */
  readonly addFor: (launcher: Signal, changes?: Partial<AddCall> & { config?: object }) => Promise<AddAnswer>;
  readonly del: (changes?: Partial<DelCall>) => ReturnType<Flow["del"]>;
  /** Each held address, as text, sorted. */
  readonly held: () => Promise<readonly string[]>;
  /** Everything that is held, across all networks. */
  readonly reservations: () => Promise<readonly Held[]>;
  /** The same state file, another agent: what a restart is. */
  readonly restart: (changes?: Partial<WorldOptions>) => World;
  readonly close: () => void;
};

export type WorldOptions = {
  readonly store: "embedded" | "fake";
  readonly networks: readonly string[];
  readonly wrap: (ports: FlowPorts) => FlowPorts;
  readonly bootId: string;
  readonly limits: Partial<FlowPorts["limits"]>;
  /** Another state file than the world's own. */
  readonly path: string | undefined;
  /** Hears every statement that is executed as text. */
  readonly onSql: (sql: string) => void;
};

export const berthConfig = (ipam: object = {}, name = "blue-net") => ({
  cniVersion: "1.0.0",
  name,
  type: "bridge",
  ipam: { type: "berth", network_name: "blue", ranges: [{ range: "10.0.0.0/29" }], ...ipam },
});

type Shared = {
  readonly path: string;
  readonly remove: () => void;
  readonly fake: FakeStore;
  readonly namespaces: Map<string, string>;
  readonly spooled: SpooledCall[];
  startedNs: bigint;
};

export function createWorld(changes: Partial<WorldOptions> = {}, shared?: Shared): World {
  const options: WorldOptions = {
    store: "embedded",
    networks: ["blue"],
    wrap: (ports) => ports,
    bootId: "boot-1",
    limits: {},
    path: undefined,
    onSql: () => undefined,
    ...changes,
  };
  const directory = shared === undefined ? temporaryDirectory() : undefined;
  const world: Shared = shared ?? {
    path: join(directory?.path ?? "", "state.db"),
    remove: () => directory?.remove(),
    fake: createFakeStore(),
    namespaces: new Map([["/run/netns/a", "101"]]),
    spooled: [],
    startedNs: 3_599_900_000_000n,
  };
  const path = options.path ?? world.path;
  const database = opened(path);
  const execute = database.exec.bind(database);
  database.exec = (sql) => {
    options.onSql(sql);
    execute(sql);
  };
  const clock = createVirtualClock(options.bootId);
  const logged: World["logged"] = [];
  const log =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void logged.push({ level, message, fields });
  let ids = 0;
  // At once: virtual time must not run on while a write waits for the loop.
  const writer = createWriter(database, { nowMs: () => 0, atTurnsEnd: queueMicrotask });
  const store = options.store === "embedded" ? createEmbeddedStore(database, writer) : world.fake;
  const ports = options.wrap({
    store,
    cluster: undefined,
    journal: createJournal(database, writer, { isKept: () => true, giveUp: () => false }),
    namespaces: {
      look: async (path) => {
        const inode = world.namespaces.get(path);
        if (inode === undefined) return { kind: "absent" };
        return inode === "file" ? { kind: "other" } : { kind: "namespace", device: "4", inode };
      },
      voidReason: async () => undefined,
    },
    interfaces: { read: async () => ({ kind: "absent" }) },
    spool: {
      drain: async () => [...world.spooled],
      take: async () => [...world.spooled],
      done: async (call) => void world.spooled.splice(world.spooled.indexOf(call), 1),
      watch: () => ({ stop: async () => undefined }),
    },
    flatFiles: { read: async () => undefined },
    clock,
    random: { below: (below) => BigInt(ids++) % below, id: () => `${options.bootId}-${world.startedNs}-${ids++}` },
    log: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
    metrics: { count: () => undefined, set: () => undefined, observe: () => undefined },
    node: "node-1",
    choice: "lowest",
    limits: { ...defaultLimits, ...options.limits },
  });
  const flow = new Flow(ports);
  const launch = (at?: bigint) => {
    world.startedNs += 1000n;
    return { started: { bootId: options.bootId, bootNs: at ?? world.startedNs }, budgetMs: 27_000 };
  };
  const addFor: World["addFor"] = (launcher, { config = berthConfig(), ...call } = {}) => {
    const whole: AddCall = {
      kind: "ADD",
      launch: launch(),
      containerId: "c1",
      ifName: "net1",
      netns: "/run/netns/a",
      pod: undefined,
      requested: [],
      configText: JSON.stringify(config),
      ...call,
    };
    return clock.until(flow.add(whole, launcher));
  };
  const reservations = async () => {
    const pages = await Promise.all(
      options.networks.map((network) => store.page({ network, pool: "", overlapping: true }, undefined)),
    );
    return pages.flatMap(({ rows }) => rows);
  };
  return {
    flow,
    ports,
    clock,
    path,
    logged,
    namespaces: world.namespaces,
    spooled: world.spooled,
    fake: world.fake,
    add: (call) => addFor(createCanceller().signal, call),
    addFor,
    del: (call = {}) =>
      clock.until(
        flow.del({ kind: "DEL", launch: launch(), containerId: "c1", ifName: "net1", definition: "blue-net", ...call }),
      ),
    reservations,
    held: async () => (await reservations()).map(({ place }) => formatAddress(place.address)).sort(),
    restart: (more = {}) => {
      flow.stop();
      if (database.isOpen) database.close();
      return createWorld({ ...options, ...more }, world);
    },
    close: () => {
      flow.stop();
      if (database.isOpen) database.close();
      world.remove();
    },
  };
}

/** The addresses of an answer, as `address/length`. Fails when it is a failure. */
export function given(answer: AddAnswer): readonly string[] {
  if (answer.kind === "failure")
    throw new Error(`${answer.failure.name}: ${answer.failure.message}; ${answer.failure.details}`);
  return answer.result.addresses.map(({ address, prefixLength }) => `${formatAddress(address)}/${prefixLength}`);
}

export function refusedWith(answer: AddAnswer): string {
  return answer.kind === "failure" ? answer.failure.name : "no failure";
}

/** The failure of an ADD. Fails when there is none. */
export function refusalOf(answer: AddAnswer): Failure {
  if (answer.kind !== "failure") throw new Error("the ADD was answered");
  return answer.failure;
}
