/**
 * The floor: what the API server itself can do when nobody asks for more than a bare create.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { reservations } from "../../../core/kube/resources.ts";
import type { Cluster } from "../../support/api-server-cluster.ts";
import { cpuMsOf } from "./process-facts.ts";

export type Floor = {
  readonly wallMs: number;
  readonly eachMs: readonly number[];
};

export type FloorClients = AsyncDisposable & {
  /** Creates so many, shared among the first `clients` of them, each with one in flight. */
  readonly create: (count: number, clients: number) => Promise<Floor>;
  /** Creates so many, one in flight in all, each by the next client. */
  readonly createInTurn: (count: number) => Promise<readonly number[]>;
  /** Processor time of all so far. */
  readonly cpuMs: () => number;
};

type Client = { readonly child: ChildProcess; readonly ask: (count: number) => Promise<readonly number[]> };

const warmUps = 40;

/** Each is connected and warm when this comes back. */
export async function startFloor(cluster: Cluster, count: number): Promise<FloorClients> {
  const namespace = await cluster.namespace("floor");
  const rulesHere = [{ apiGroups: [reservations.group], resources: [reservations.plural], verbs: ["create"] }];
  const access = await cluster.account({ namespace, name: "floor", rules: [], rulesHere });
  const clients = Array.from({ length: count }, (_, own) => startOne(access.kubeconfig, namespace, own));
  await Promise.all(clients.map(({ ask }) => ask(warmUps)));
  const create = async (total: number, among: number): Promise<Floor> => {
    const begun = performance.now();
    const each = await Promise.all(clients.slice(0, among).map(({ ask }) => ask(total / among)));
    return { wallMs: performance.now() - begun, eachMs: each.flat() };
  };
  const dispose = async () => {
    for (const { child } of clients) child.kill("SIGKILL");
  };
  const createInTurn = async (total: number): Promise<readonly number[]> => {
    const eachMs: number[] = [];
    for (let at = 0; at < total; at += 1) eachMs.push(...((await clients[at % clients.length]?.ask(1)) ?? []));
    return eachMs;
  };
  const cpuMs = () => clients.reduce((sum, { child }) => sum + cpuMsOf(child.pid ?? 0), 0);
  return { create, createInTurn, cpuMs, [Symbol.asyncDispose]: dispose };
}

function startOne(kubeconfig: string, namespace: string, own: number): Client {
  const program = join(import.meta.dirname, "floor-one.ts");
  const child = spawn(process.execPath, [program, kubeconfig, namespace, String(own)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (count: number): Promise<readonly number[]> => {
    child.stdin.write(`${count}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error("Cannot measure the floor: expected the client to answer");
    return JSON.parse(value);
  };
  return { child, ask };
}
