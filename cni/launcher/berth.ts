/**
 * The launcher for machines without a C compiler: what `berth.c` and the files beside it do, byte for byte.
 *
 * Runs on Node 20 and later.
 *
 * @module
 */
import { cniVersions } from "../../core/cni/version.ts";
import { decodeAnswer } from "../../core/wire/answer.ts";
import { protocolVersion, stdinBytesMax } from "../../core/wire/protocol.ts";
import { encodeRequest } from "../../core/wire/request.ts";
import { readBootNs } from "./boot-clock.ts";
import { findCniVersion } from "./cni-version.ts";
import { type Command, commands, elapsedMs } from "./commands.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { exchange, reach, socketPathBytesMax } from "./exchange.ts";
import { readInput } from "./input.ts";
import { askDoctor, type Failure, formatFailure, startAgent, writeAll } from "./output.ts";
import { spool } from "./spool.ts";

/** Put in by the build. */
declare const BERTH_VERSION: string | undefined;

const usage = `berth: a CNI IPAM plugin, started by a container runtime with CNI_COMMAND in its environment
Usage: berth --version | --help
Environment: BERTH_SOCKET (/run/berth/agent.sock), BERTH_SPOOL (/run/berth/spool)
`;

/** One call, with all that is needed to serve it. */
type Call = {
  readonly command: Command;
  readonly environment: Environment;
  readonly socket: string;
  readonly stdin: Uint8Array;
  readonly started: bigint;
  readonly cniVersion: string;
};

/** Returns the exit status. */
async function main(): Promise<number> {
  const started = readBootNs();
  const environment = readEnvironment();
  const name = environment.text("CNI_COMMAND", "");
  if (name === "") return answerPerson(process.argv.slice(2));
  const input = readInput();
  const cniVersion = findCniVersion(input.bytes);
  const fail = (failure: Failure): number => print(formatFailure(cniVersion, failure), 1);
  if (name === "VERSION") return print(`${JSON.stringify({ cniVersion, supportedVersions: cniVersions })}\n`, 0);
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    return fail({
      code: 4,
      what: "use environment variable",
      value: "CNI_COMMAND",
      wanted: "ADD, CHECK, DEL, GC, STATUS or VERSION",
      details: "the runtime sets it: look at its version and its log",
    });
  }
  let stdin = input.bytes;
  const fault = inputFault(input);
  if (fault !== undefined) {
    // A DEL never needs standard input.
    if (command.otherwise !== "spool") return fail(fault);
    stdin = new Uint8Array();
  }
  const socket = environment.text("BERTH_SOCKET", "/run/berth/agent.sock");
  return serve({ command, environment, socket, stdin, started, cniVersion });
}

/** Without CNI_COMMAND a person has started it. */
function answerPerson(args: readonly string[]): number {
  const version = typeof BERTH_VERSION === "string" ? BERTH_VERSION : "unbuilt";
  const [only] = args.length === 1 ? args : [];
  if (only === "--version") return print(`berth-launcher ${version} (protocol ${protocolVersion})\n`, 0);
  if (only === "--help") return print(usage, 0);
  writeAll(2, Buffer.from(usage));
  return 2;
}

function inputFault(input: { readonly bytes: Uint8Array; readonly errno: number }): Failure | undefined {
  const about = { what: "read request", value: "standard input" };
  if (input.errno !== 0) {
    const details = `errno ${input.errno}; the runtime passes it: look at its log`;
    return { ...about, code: 5, wanted: "a file that can be read", details };
  }
  if (input.bytes.length <= stdinBytesMax) return undefined;
  const details = "make the network configuration smaller than 1 MiB";
  return { ...about, code: 107, wanted: `at most ${stdinBytesMax} bytes`, details };
}

async function serve(call: Call): Promise<number> {
  const { command, environment, started, stdin } = call;
  const isTooLong = Buffer.byteLength(call.socket) > socketPathBytesMax;
  const connection = isTooLong ? undefined : await reach(command, call.socket);
  // A DEL has its budget in all, the others have theirs from the connection on.
  const budgetMs = command.answerMs + (command.otherwise === "spool" ? 0 : Math.floor(elapsedMs()));
  const request = encodeRequest({ started, budgetMs, variables: environment.cniVariables, stdin });
  if (isTooLong) return giveUp(call, request, ["a path of at most 107 bytes", "set BERTH_SOCKET to a shorter one"]);
  if (connection === undefined) return giveUp(call, request, ["an agent that listens there", startAgent]);
  const stream = await exchange(connection, request, budgetMs - elapsedMs());
  const answer = decodeAnswer(stream ?? new Uint8Array(), command.name);
  if (answer.kind === "answer") return print(answer.stdout, answer.status);
  return giveUp(call, request, [`a whole answer within ${command.answerMs / 1000} s`, askDoctor]);
}

/** What happens without an answer. */
function giveUp(
  call: Call,
  request: Uint8Array,
  [wanted, details]: readonly [wanted: string, details: string],
): number {
  const { command, environment, socket, started, cniVersion } = call;
  if (command.otherwise === "succeed") return 0;
  if (command.otherwise === "spool") {
    const failure = spool(request, environment, started);
    return failure === undefined ? 0 : print(formatFailure(cniVersion, failure), 1);
  }
  const code = command.otherwise === "fail-50" ? 50 : 11;
  return print(
    formatFailure(cniVersion, { code, what: "reach agent", value: Buffer.from(socket), wanted, details }),
    1,
  );
}

function print(output: string | Uint8Array, status: number): number {
  const isWritten = writeAll(1, typeof output === "string" ? Buffer.from(output) : output);
  return isWritten ? status : 1;
}

// Not top-level await, which a file without an extension (CommonJS) cannot have.
void main().then((status) => process.exit(status));
