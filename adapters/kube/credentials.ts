/**
 * Who asks, kept up to date: tokens and certificates that are written anew on disk, credential programs that are asked
 * again.
 *
 * @module
 */
import { readFileSync, statSync } from "node:fs";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Access, AccessFault, AccessRead } from "./access.ts";

/** How often a token's file is read, as the API server's own clients do. */
const tokenReadMs = 60_000;
/** A program is asked again this long before its credentials end, and at most so often. */
const aheadMs = 30_000;
const askAgainMs = 10_000;

export type Credentials = {
  readonly access: () => Access;
  /** Those of a request; undefined with the reason while there are none. */
  readonly headers: () => Sendable;
  /** Reads again what has changed on disk, or is about to end. Cheap when nothing has. */
  readonly refresh: () => Promise<void>;
  /** Another number for each other set of credentials. */
  readonly edition: () => number;
  /** After 401 to a request with the headers of `used`: there may be another edition then. */
  readonly renew: (used: number) => Promise<void>;
};

type Sendable =
  | { readonly kind: "headers"; readonly headers: Access["headers"]; readonly edition: number }
  | { readonly kind: "missing"; readonly reason: string };

export type CredentialOptions = {
  /** Reads everything anew. */
  readonly read: () => Promise<AccessRead>;
  readonly clock: Clock;
  readonly log: Log;
};

export async function openCredentials(
  options: CredentialOptions,
): Promise<{ readonly kind: "credentials"; readonly credentials: Credentials } | AccessFault> {
  const first = await options.read();
  if (first.kind === "fault") return first;
  return { kind: "credentials", credentials: keep(first.access, options) };
}

function keep(first: Access, { read, clock, log }: CredentialOptions): Credentials {
  let access = first;
  let stamp = stampOf(first.files);
  let readAt = now(clock);
  let token = tokenIn(first.tokenFile);
  let tokenReadAt = readAt;
  let reading: Promise<void> | undefined;
  let edition = 0;

  const readToken = () => {
    tokenReadAt = now(clock);
    // A file that is being replaced may be missing for a moment: the old token may still do.
    const next = tokenIn(access.tokenFile) ?? token;
    if (next !== token) edition += 1;
    token = next;
  };
  const readAgain = async () => {
    readAt = now(clock);
    const stampBefore = stampOf(access.files);
    const next = await read();
    if (next.kind === "fault") {
      log.warn("Cannot read credentials again: the old ones stay in use", {
        reason: next.message,
        wayOut: next.wayOut,
      });
      return;
    }
    if (JSON.stringify(next.access) !== JSON.stringify(access)) edition += 1;
    access = next.access;
    stamp = stampBefore;
    readToken();
  };
  const readAgainOnce = () => (reading ??= readAgain().finally(() => (reading = undefined)));
  const isWorthIt = () =>
    stampOf(access.files) !== stamp || (access.isFromProgram && now(clock) - readAt >= askAgainMs);
  const isEnding = () =>
    access.isFromProgram &&
    now(clock) - readAt >= askAgainMs &&
    (access.missing !== undefined || clock.nowMs() >= (access.expiresAtMs ?? Number.POSITIVE_INFINITY) - aheadMs);

  return {
    access: () => access,
    edition: () => edition,
    headers: () => {
      if (access.missing !== undefined) return { kind: "missing", reason: access.missing };
      if (access.tokenFile === undefined) return { kind: "headers", headers: access.headers, edition };
      if (token === undefined || now(clock) - tokenReadAt >= tokenReadMs) readToken();
      if (token === undefined) return { kind: "missing", reason: `Cannot read token file "${access.tokenFile}"` };
      return { kind: "headers", headers: { ...access.headers, authorization: `Bearer ${token}` }, edition };
    },
    refresh: async () => {
      if (reading !== undefined || isEnding() || stampOf(access.files) !== stamp) await readAgainOnce();
    },
    renew: async (used) => {
      // Many requests learn of it at once: the first has brought new ones for the others.
      if (used !== edition) return;
      readToken();
      if (used === edition && (reading !== undefined || isWorthIt())) await readAgainOnce();
    },
  };
}

function now(clock: Clock): number {
  return Number(clock.bootNs() / 1_000_000n);
}

function tokenIn(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    const text = readFileSync(path, "utf8").trim();
    // What cannot stand in a header is no token.
    return /^[\x21-\x7e]+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Changes whenever one of the files was written or replaced. */
function stampOf(files: readonly string[]): string {
  return files.map(stampOfOne).join(" ");
}

function stampOfOne(file: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${ino}.${size}.${mtimeNs}`;
  } catch {
    return "unreadable";
  }
}
