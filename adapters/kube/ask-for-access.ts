/**
 * Asks `access-program.ts` in a process of its own, which takes its memory along when it ends.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Access, AccessRead } from "./access.ts";

/** A credential program may have to ask somebody far away. */
const programMs = 20_000;
const answerBytesMax = 4 * 1024 * 1024;

/** Beside this file: as source, or as `npm run build` lays it. */
const program = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("./access-program.ts", import.meta.url)
    : new URL("../kube/access-program.mjs", import.meta.url),
);

/** @param kubeconfig undefined: KUBECONFIG, ~/.kube/config, or the pod's service account */
export async function askForAccess(kubeconfig: string | undefined): Promise<AccessRead> {
  const { text, ended } = await run(kubeconfig === undefined ? [] : [kubeconfig]);
  const read = parsed(text);
  if (read !== undefined) return read;
  return {
    kind: "fault",
    message: `Cannot read kubeconfig "${kubeconfig ?? "(default)"}": expected an answer of the program that reads it (${ended})`,
    wayOut: `run: ${process.execPath} ${program} ${kubeconfig ?? ""} >/dev/null`,
  };
}

/** Its standard error is closed: what credential programs write there may hold a secret. */
function run(args: readonly string[]): Promise<{ readonly text: string; readonly ended: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "ignore"] });
    let text = "";
    let why: string | undefined;
    const stop = (reason: string) => {
      why ??= reason;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => stop(`none within ${programMs / 1000} s`), programMs);
    child.stdin.on("error", () => undefined);
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      if (text.length > answerBytesMax) stop("it was too long");
    });
    child.once("error", (error) => stop(error.message));
    child.once("close", (status, signal) => {
      clearTimeout(timer);
      resolve({ text: why === undefined ? text : "", ended: why ?? `it ended with ${status ?? signal}` });
    });
  });
}

function parsed(text: string): AccessRead | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isFault(read)) return read;
  return isRead(read) ? read : undefined;
}

function isFault(value: unknown): value is Extract<AccessRead, { kind: "fault" }> {
  return field(value, "kind") === "fault" && typeof field(value, "message") === "string";
}

/** Both ends are of one version: only that it is whole is checked. */
function isRead(value: unknown): value is { readonly kind: "access"; readonly access: Access } {
  const access = field(value, "access");
  return typeof field(access, "server") === "string" && Array.isArray(field(access, "files"));
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
