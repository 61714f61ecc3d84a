/**
 * A request of the launcher: `NAME=value` strings each ended by NUL, one more NUL, standard input.
 *
 * The names are `BERTH_PROTOCOL`, which comes first, `BERTH_STARTED`, `BERTH_BUDGET` and `BERTH_STDIN`, then every
 * `CNI_*` variable byte for byte as the launcher found it. An agent reads a request to its end before it answers: a
 * launcher that could not send everything does not look for an answer.
 *
 * @module
 */
import type { LauncherRequest } from "../ports/launcher-request.ts";
import { headerBytesMax, protocolVersion, stdinBytesMax } from "./protocol.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

export type RequestParts = {
  /** CLOCK_BOOTTIME at the launcher's start, ns. */
  readonly started: bigint;
  /** How long after `started` the launcher stops to wait, ms. */
  readonly budgetMs: number;
  /** `CNI_…=value` strings in the order of the environment, without the NUL. */
  readonly variables: readonly Uint8Array[];
  readonly stdin: Uint8Array;
};

export type RequestDecoding =
  /** Not all of it has come yet. */
  | { readonly kind: "more" }
  | { readonly kind: "request"; readonly request: LauncherRequest }
  /** `reason` goes after "expected". */
  | { readonly kind: "malformed"; readonly reason: string }
  /** `reason` goes after "expected". */
  | { readonly kind: "too-large"; readonly reason: string };

export function encodeRequest(parts: RequestParts): Uint8Array {
  const strings = [
    encodeUtf8(`BERTH_PROTOCOL=${protocolVersion}`),
    encodeUtf8(`BERTH_STARTED=${parts.started}`),
    encodeUtf8(`BERTH_BUDGET=${parts.budgetMs}`),
    encodeUtf8(`BERTH_STDIN=${parts.stdin.length}`),
    ...parts.variables,
  ];
  const headerLength = strings.reduce((sum, string) => sum + string.length + 1, 1);
  const bytes = new Uint8Array(headerLength + parts.stdin.length);
  let at = 0;
  for (const string of strings) {
    bytes.set(string, at);
    at += string.length + 1;
  }
  bytes.set(parts.stdin, headerLength);
  return bytes;
}

/**
 * Decodes what has come so far; called again as it grows. Cost of a call: the header's length, not standard input's.
 * `stdin` of the request is a view of `bytes`.
 */
export function decodeRequest(bytes: Uint8Array): RequestDecoding {
  const strings = splitHeader(bytes);
  if (strings.kind !== "strings") return strings;
  const numbers = readNumbers(strings.strings);
  if (numbers.kind !== "numbers") return numbers;
  const { protocol, started, budgetMs, stdinLength } = numbers;
  if (stdinLength > stdinBytesMax)
    return { kind: "too-large", reason: `standard input of at most ${stdinBytesMax} bytes` };
  const variables = readVariables(strings.strings);
  if (variables.kind !== "variables") return variables;
  const end = strings.end + stdinLength;
  if (bytes.length < end) return { kind: "more" };
  if (bytes.length > end) return malformed("nothing after standard input");
  return {
    kind: "request",
    request: { protocol, started, budgetMs, env: variables.env, stdin: bytes.subarray(strings.end, end) },
  };
}

type Malformed = { readonly kind: "malformed"; readonly reason: string };

type Variable = { readonly name: string; readonly value: Uint8Array };

type Header =
  | { readonly kind: "strings"; readonly strings: readonly Variable[]; readonly end: number }
  | Exclude<RequestDecoding, { kind: "request" }>;

function splitHeader(bytes: Uint8Array): Header {
  const strings: Variable[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(0, at);
    if ((end === -1 ? bytes.length : end) >= headerBytesMax) {
      return { kind: "too-large", reason: `a header of at most ${headerBytesMax} bytes` };
    }
    if (end === -1) return { kind: "more" };
    if (end === at) return { kind: "strings", strings, end: end + 1 };
    const variable = readVariable(bytes.subarray(at, end));
    if (variable === undefined) return malformed("NAME=value strings in the header");
    strings.push(variable);
    at = end + 1;
  }
}

/** Undefined where it is neither ours nor CNI's. The name is read byte by byte: an odd `CNI_` name is no fault. */
function readVariable(string: Uint8Array): Variable | undefined {
  const equals = string.indexOf(0x3d);
  if (equals === -1) return undefined;
  const name = String.fromCharCode(...string.subarray(0, Math.min(equals, nameBytesMax)));
  return /^(BERTH|CNI)_/.test(name) ? { name, value: string.subarray(equals + 1) } : undefined;
}

/** Longer names are cut: none that is looked at is as long. */
const nameBytesMax = 64;

type Numbers = {
  readonly kind: "numbers";
  readonly protocol: number;
  readonly started: bigint;
  readonly budgetMs: number;
  readonly stdinLength: number;
};

function readNumbers(strings: readonly Variable[]): Numbers | Malformed {
  const [first] = strings;
  if (first?.name !== "BERTH_PROTOCOL") return malformed("BERTH_PROTOCOL as the first of the header");
  const protocol = readNumber(strings, "BERTH_PROTOCOL", 4);
  const started = readNumber(strings, "BERTH_STARTED", 19);
  const budget = readNumber(strings, "BERTH_BUDGET", 9);
  const stdinLength = readNumber(strings, "BERTH_STDIN", 9);
  if (protocol === undefined) return malformed("a number once in BERTH_PROTOCOL");
  if (started === undefined) return malformed("nanoseconds once in BERTH_STARTED");
  if (budget === undefined) return malformed("milliseconds once in BERTH_BUDGET");
  if (stdinLength === undefined) return malformed("bytes once in BERTH_STDIN");
  return {
    kind: "numbers",
    protocol: Number(protocol),
    started,
    budgetMs: Number(budget),
    stdinLength: Number(stdinLength),
  };
}

function readNumber(strings: readonly Variable[], name: string, digitsMax: number): bigint | undefined {
  const [found, second] = strings.filter((variable) => variable.name === name);
  if (found === undefined || second !== undefined || found.value.length > digitsMax) return undefined;
  const text = decodeUtf8(found.value) ?? "";
  return /^(0|[1-9][0-9]*)$/.test(text) ? BigInt(text) : undefined;
}

/** What a DEL cannot do without. Any other variable may be garbage: a DEL never fails for it (hazard F22). */
const neededByDel = new Set(["CNI_COMMAND", "CNI_CONTAINERID", "CNI_IFNAME"]);

type Variables = { readonly kind: "variables"; readonly env: ReadonlyMap<string, string> };

function readVariables(strings: readonly Variable[]): Variables | Malformed {
  const env = new Map<string, string>();
  const unreadable: string[] = [];
  for (const { name, value } of strings) {
    if (!name.startsWith("CNI_") || env.has(name)) continue;
    const text = decodeUtf8(value);
    if (text === undefined) unreadable.push(name);
    else env.set(name, text);
  }
  const isDel = env.get("CNI_COMMAND") === "DEL";
  const fatal = unreadable.find((name) => !isDel || neededByDel.has(name));
  return fatal === undefined ? { kind: "variables", env } : malformed(`UTF-8 in ${fatal}`);
}

function malformed(reason: string): Malformed {
  return { kind: "malformed", reason };
}
