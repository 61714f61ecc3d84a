/**
 * The floor: what the API server itself can do when nobody asks for more than a bare create.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Access } from "../../support/api-server-access.ts";

export type Floor = {
  readonly wallMs: number;
  readonly eachMs: readonly number[];
};

export type FloorClients = AsyncDisposable & {
  /** Creates so many, shared among the first `clients` of them, each with one in flight. */
  readonly create: (count: number, clients: number) => Promise<Floor>;
};

type Client = { readonly child: ChildProcess; readonly ask: (count: number) => Promise<readonly number[]> };

/** Each is connected and warm when this comes back. */
export async function startFloor(access: Access, namespace: string, count: number): Promise<FloorClients> {
  const clients = Array.from({ length: count }, (_, own) => startOne(access.kubeconfig, namespace, own));
  await Promise.all(clients.map(({ ask }) => ask(20)));
  const create = async (total: number, among: number): Promise<Floor> => {
    const begun = performance.now();
    const each = await Promise.all(clients.slice(0, among).map(({ ask }) => ask(total / among)));
    return { wallMs: performance.now() - begun, eachMs: each.flat() };
  };
  const dispose = async () => {
    for (const { child } of clients) child.kill("SIGKILL");
  };
  return { create, [Symbol.asyncDispose]: dispose };
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
