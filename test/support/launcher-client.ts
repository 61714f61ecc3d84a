/**
 * What a launcher does, without a process for each call: the same bytes on the agent's socket, the same patience, and the
 * same spool for a DEL that nobody answers. One process can be the runtimes of many nodes with it.
 *
 * @module
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createClock } from "../../adapters/system/clock.ts";
import { commands } from "../../cni/launcher/commands.ts";
import { decodeAnswer } from "../../core/wire/answer.ts";
import { encodeRequest } from "../../core/wire/request.ts";
import { spoolName } from "../../core/wire/spool-name.ts";
import type { AgentPlace, Launch, Launched } from "./agent-process.ts";

const { bootNs } = createClock();
const retryMs = 50;
let spooled = 0;

/** As `launch` of agent-process.ts. What the launcher itself would have said has code 11 and no message. */
export async function callAgent(place: AgentPlace, call: Omit<Launch, "launcher">): Promise<Launched> {
  const { verb, containerId = "c1", ifName = "net1", netns = "", args = "", config } = call;
  const command = commands.find(({ name }) => name === verb);
  if (command === undefined) throw new Error(`Cannot call "${verb}": expected a command with an answer`);
  const started = bootNs();
  const elapsedMs = () => Number(bootNs() - started) / 1e6;
  const variables = Object.entries({
    CNI_COMMAND: verb,
    CNI_CONTAINERID: containerId,
    CNI_IFNAME: ifName,
    CNI_NETNS: netns,
    CNI_ARGS: args,
    CNI_PATH: "/opt/cni/bin",
  }).map(([name, value]) => Buffer.from(`${name}=${value}`));
  const socket = await reach(place.socket, () => command.absentMs - elapsedMs());
  const isDel = command.otherwise === "spool";
  const budgetMs = command.answerMs + (isDel ? 0 : Math.floor(elapsedMs()));
  const request = encodeRequest({ started, budgetMs, variables, stdin: Buffer.from(JSON.stringify(config)) });
  const stream = socket === undefined ? undefined : await exchange(socket, request, budgetMs - elapsedMs());
  const answer = decodeAnswer(stream ?? Buffer.alloc(0), verb);
  if (answer.kind === "answer") {
    const stdout = Buffer.from(answer.stdout).toString();
    return { status: answer.status, stdout, json: stdout === "" ? {} : (JSON.parse(stdout) as Launched["json"]) };
  }
  if (isDel) keep(place.spool, request, `${spoolName(containerId, ifName)}-${started}`);
  const status = isDel || command.otherwise === "succeed" ? 0 : 1;
  return { status, stdout: "", json: status === 0 ? {} : { code: 11 } };
}

async function reach(path: string, restMs: () => number): Promise<Socket | undefined> {
  for (;;) {
    const socket = await tryConnect(path);
    if (socket !== undefined || restMs() < retryMs) return socket;
    await delay(retryMs);
  }
}

function tryConnect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path, allowHalfOpen: true });
    socket.once("error", () => resolve(undefined));
    socket.once("connect", () => resolve(socket));
  });
}

/** All that came until the stream's end; undefined when the time is over first. */
function exchange(socket: Socket, request: Uint8Array, withinMs: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const finish = (isWhole: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isWhole ? Buffer.concat(pieces) : undefined);
    };
    const timer = setTimeout(() => finish(false), Math.max(0, withinMs));
    socket.on("data", (piece: Buffer) => pieces.push(piece));
    socket.once("end", () => finish(true));
    socket.on("error", () => finish(false));
    socket.write(request);
  });
}

function keep(directory: string, request: Uint8Array, name: string): void {
  spooled += 1;
  const file = `${name}-${process.pid}${spooled}`;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, `.tmp-${file}`), request, { mode: 0o600 });
  renameSync(join(directory, `.tmp-${file}`), join(directory, file));
}
