/**
 * A person at a terminal of one node: `berthctl` over a real state file, with the paths of an agent behind its socket.
 *
 * @module
 */
import { join } from "node:path";
import { createCron } from "../../adapters/cron/cron.ts";
import { openInventory } from "../../adapters/sqlite/open-inventory.ts";
import { statePathIn } from "../../adapters/sqlite/state-path.ts";
import type { OpenedApi, TextFile } from "../../cli/world.ts";
import { run } from "../../cli/program.ts";
import type { StatusAnswer } from "../../core/config/admin.ts";
import { parseAddress } from "../../core/ip/address-text.ts";
import type { Signal } from "../../core/ports/clock.ts";
import type { Admin, Reached, Unreachable } from "../../core/ports/admin.ts";
import type { Host, PathSight, Ran } from "../../core/ports/host.ts";
import type { OpenedInventory } from "../../core/ports/inventory.ts";
import { address } from "../support/samples.ts";
import { temporaryDirectory } from "../support/state-file.ts";
import { createWorld, type World, type WorldOptions } from "../support/world.ts";

export type Told = { readonly code: number; readonly out: string; readonly err: string };

export type Desk = {
  /** The agent's world: its flow, its clock, its namespaces. */
  readonly agent: World;
  readonly stateDir: string;
  /** What stands behind paths, for `doctor`. */
  readonly sights: Map<string, PathSight>;
  readonly folders: Map<string, readonly string[]>;
  /** What programs print for `--version`. */
  readonly programs: Map<string, Ran>;
  /** What files hold, for `check-config` and `--config`. */
  readonly files: Map<string, string>;
  readonly asked: string[];
  readonly berthctl: (...args: readonly string[]) => Promise<Told>;
  /** The same with something about the terminal, the agent or the environment changed. */
  readonly with: (changes: Partial<Seat>) => Pick<Desk, "berthctl">;
};

export type OpenDesk = Desk & { readonly close: () => void };

export type Seat = {
  readonly columns: number | undefined;
  readonly hasColours: boolean;
  /** What is answered to a question, undefined for an interrupt; `nobody` when there is no terminal to ask on. */
  readonly answer: string | undefined | typeof nobody;
  readonly unreachable: Unreachable | undefined;
  /** What becomes of an order's answer, after the order was carried out. */
  readonly lost: Unreachable | undefined;
  readonly bootId: string;
  /** What the agent says in place of the world's. */
  readonly status: Partial<Extract<StatusAnswer, { kind: "done" }>>;
  readonly env: { readonly [name: string]: string };
  readonly opened: OpenedInventory | undefined;
  /** Runs before an order reaches the agent. */
  readonly meanwhile: () => Promise<void>;
  readonly room: { readonly freeBytes: number; readonly freeFiles: number };
  /** What stands behind the kubeconfig. */
  readonly cluster: OpenedApi;
  /** Ctrl-C. */
  readonly interruption: Signal;
};

/** What every look at the state file ends with, on standard error. */
export function machineLine({ stateDir }: Pick<Desk, "stateDir">): string {
  return `(this machine, ${statePathIn(stateDir)})\n`;
}

const nobody = Symbol("nobody");

const usual: Seat = {
  columns: undefined,
  hasColours: false,
  answer: nobody,
  unreachable: undefined,
  lost: undefined,
  bootId: "boot-1",
  status: {},
  env: {},
  opened: undefined,
  meanwhile: async () => undefined,
  room: { freeBytes: 10 * 1024 ** 3, freeFiles: 1_000_000 },
  cluster: { kind: "fault", message: "Cannot find kubeconfig: expected one", wayOut: "set KUBECONFIG" },
  interruption: new AbortController().signal,
};

const reserveBytes = 4096;
type Seen = Extract<PathSight, { bytes: number }>;

/** What stands at a path. */
export function at(kind: Seen["kind"], changes: Partial<Seen> = {}): PathSight {
  return { kind, bytes: 30_000, isWritable: true, isExecutable: true, ...changes };
}

const directory = at("directory");
const program = at("file");

export function createDesk(options: Partial<WorldOptions> = {}): OpenDesk {
  const folder = temporaryDirectory();
  const stateDir = folder.path;
  const agent = createWorld({ networks: ["blue", "red", ""], ...options, path: statePathIn(stateDir) });
  const launcher: Ran = { kind: "ended", status: 0, stdout: "berth-launcher 1.2.3 (protocol 1)\n" };
  const shared = {
    agent,
    stateDir,
    sights: new Map<string, PathSight>([
      ["/run/berth/agent.sock", at("socket")],
      ["/run/berth/spool", directory],
      [stateDir, directory],
      [statePathIn(stateDir), program],
      [join(stateDir, "reserve"), at("file", { bytes: reserveBytes })],
      ["/opt/cni/bin", directory],
      ["/opt/cni/bin/bridge", program],
      ["/opt/cni/bin/macvlan", program],
      ["/opt/cni/bin/berth", program],
    ]),
    folders: new Map<string, readonly string[]>([["/run/berth/spool", []]]),
    programs: new Map<string, Ran>([["/opt/cni/bin/berth", launcher]]),
    files: new Map<string, string>(),
    asked: [],
  };
  const sitting = (seat: Seat): Desk => ({
    ...shared,
    berthctl: (...args) => start(shared, seat, args),
    with: (changes) => sitting({ ...seat, ...changes }),
  });
  const close = () => {
    agent.close();
    folder.remove();
  };
  return { ...sitting(usual), close };
}

type Shared = Omit<Desk, "berthctl" | "with">;

async function start(shared: Shared, seat: Seat, args: readonly string[]): Promise<Told> {
  const { agent, stateDir, files, asked } = shared;
  let out = "";
  let err = "";
  const terminal = (wantsColours: boolean) => ({
    columns: seat.columns,
    hasColours: seat.hasColours && wantsColours,
    canAsk: seat.answer !== nobody,
    write: async (text: string) => void (out += text),
    tell: async (text: string) => void (err += text),
    ask: async (question: string) => {
      asked.push(question);
      return seat.answer === nobody ? undefined : seat.answer;
    },
  });
  const readText = async (path: string): Promise<TextFile> => {
    const text = files.get(path);
    return text === undefined ? { kind: "unreadable", reason: "no such file" } : { kind: "text", text };
  };
  const code = await agent.clock.until(
    run(args, {
      versions: { version: "1.2.3", protocol: 1, schema: 1 },
      env: { BERTH_STATE_DIR: stateDir, ...seat.env },
      hostName: "node-1",
      terminal,
      readText,
      openInventory: (directory) => seat.opened ?? openInventory(statePathIn(directory)),
      admin: () => adminOf(shared, seat),
      statePath: statePathIn,
      reserve: (directory) => ({ path: join(directory, "reserve"), bytes: reserveBytes }),
      host: hostOf(shared, seat),
      namespaces: agent.ports.namespaces,
      flatFiles: {
        read: async (paths) => {
          const path = paths.find((one) => files.has(one));
          return path === undefined ? undefined : { path, text: files.get(path) ?? "" };
        },
      },
      clock: { ...agent.clock, bootId: seat.bootId },
      random: agent.ports.random,
      cron: async () => createCron(),
      openApi: async () => seat.cluster,
      interruption: () => seat.interruption,
    }),
  );
  return { code, out, err };
}

function adminOf({ agent, stateDir }: Shared, seat: Seat): Admin {
  const reach = async <A>(answer: () => Promise<A>): Promise<Reached<A>> =>
    seat.unreachable ?? { kind: "answer", answer: await answer() };
  const order = async <A>(answer: () => Promise<A>): Promise<Reached<A>> => {
    await seat.meanwhile();
    const reached = await reach(answer);
    return seat.lost ?? reached;
  };
  return {
    status: () =>
      reach(async () => ({
        kind: "done",
        version: "1.2.3",
        protocol: 1,
        schema: 1,
        store: "embedded",
        node: "node-1",
        since: 1_700_000_000_000,
        ready: { ok: true, reasons: [] },
        journal: { path: statePathIn(stateDir), full: false },
        spool: { path: "/run/berth/spool", files: 0 },
        leases: 0,
        freeing: 0,
        intents: 0,
        ...seat.status,
      })),
    release: (body) =>
      order(() => agent.flow.release({ ...body, network: body.network, address: parsed(body.address) })),
    withhold: (body) => order(() => agent.flow.withhold({ ...body, address: parsed(body.address) })),
    unwithhold: (body) => order(() => agent.flow.unwithhold({ ...body, address: parsed(body.address) })),
  };
}

function parsed(text: string) {
  return parseAddress(text) ?? address(text);
}

function hostOf({ sights, folders, programs }: Shared, seat: Seat): Host {
  return {
    look: async (path) => sights.get(path) ?? { kind: "absent" },
    room: async () => seat.room,
    list: async (path) => folders.get(path),
    run: async (path) => programs.get(path) ?? { kind: "failed", reason: "ENOENT" },
  };
}
