/**
 * What client-node makes of a user and a cluster: certificates read from their files, tokens, and the answers of credential
 * programs and of the old auth providers.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { isAbsolute, resolve } from "node:path";
import type { KubeConfig, User } from "@kubernetes/client-node";
import { shorten } from "../../core/failure/failure.ts";

export type Applied =
  | {
      readonly kind: "applied";
      readonly ca: string | undefined;
      readonly certificate: string | undefined;
      readonly key: string | undefined;
      readonly headers: { readonly [name: string]: string | readonly string[] };
      readonly isFromProgram: boolean;
      readonly expiresAtMs: number | undefined;
      readonly missing: string | undefined;
    }
  | { readonly kind: "unreadable"; readonly expected: string };

type Also = {
  readonly tokenFile: string | undefined;
  /** Groups to impersonate. */
  readonly groups: readonly string[];
  /** What relative paths start from. */
  readonly directory: string;
};

export async function applyUser(config: KubeConfig, { tokenFile, groups, directory }: Also): Promise<Applied> {
  const user = config.getCurrentUser();
  const program = programOf(user);
  const isFromProgram = program !== undefined;
  // A server on this machine that speaks plain HTTP (a `kubectl proxy`) has credentials of its own.
  if (config.getCurrentCluster()?.server.startsWith("http:") === true) {
    return applied({ headers: {} }, { isFromProgram: false });
  }
  if (user?.exec) prepareProgram(user.exec, directory);
  const options: RequestOptions = { headers: {} };
  try {
    if (tokenFile !== undefined) readFileSync(tokenFile);
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const path: unknown = error instanceof Error ? Reflect.get(error, "path") : undefined;
    if (!isFromProgram) return { kind: "unreadable", expected: `what it names to be readable${named(path)}` };
    return applied(options, {
      isFromProgram,
      // What a program writes to its standard error may hold a secret.
      missing: `Cannot get credentials from program "${shorten(program)}": expected it to give them; run it by hand`,
    });
  }
  const impersonated = groups.length > 0 ? { "impersonate-group": [...groups] } : {};
  const headers = { ...Object(options.headers), ...impersonated };
  return applied({ ...options, headers }, { isFromProgram, expiresAtMs: expiryOf(config) });
}

/** Who is asked for credentials; undefined: nobody, they are written down. */
function programOf(user: User | null): string | undefined {
  if (user?.exec) return String(user.exec.command);
  const provider = user?.authProvider;
  if (!provider || provider.config?.["tokenFile"]) return undefined;
  return String(provider.name);
}

type Rest = {
  readonly isFromProgram: boolean;
  readonly expiresAtMs?: number | undefined;
  readonly missing?: string | undefined;
};

function applied({ ca, cert, key, auth, headers }: RequestOptions, rest: Rest): Applied {
  const all: { [name: string]: string | readonly string[] } = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) all[name.toLowerCase()] = Array.isArray(value) ? value : String(value).trim();
  }
  if (typeof auth === "string") all["authorization"] = `Basic ${Buffer.from(auth).toString("base64")}`;
  return {
    kind: "applied",
    ca: text(ca),
    certificate: text(cert),
    key: text(key),
    headers: all,
    isFromProgram: rest.isFromProgram,
    expiresAtMs: rest.expiresAtMs,
    missing: rest.missing,
  };
}

/** As the protocol of credential programs has it, which client-node leaves out. */
function prepareProgram(exec: { command?: string; apiVersion?: string }, directory: string): void {
  const { command, apiVersion } = exec;
  if (command?.includes("/") === true && !isAbsolute(command)) exec.command = resolve(directory, command);
  process.env["KUBERNETES_EXEC_INFO"] = JSON.stringify({
    apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false },
  });
}

/** client-node keeps the program's answer to itself. */
function expiryOf(config: KubeConfig): number | undefined {
  const authenticators: unknown = Reflect.get(config, "authenticators");
  if (!Array.isArray(authenticators)) return undefined;
  for (const authenticator of authenticators) {
    for (const answer of Object.values(Object(Reflect.get(Object(authenticator), "tokenCache")))) {
      const end: unknown = Reflect.get(Object(Reflect.get(Object(answer), "status")), "expirationTimestamp");
      const ms = typeof end === "string" ? Date.parse(end) : Number.NaN;
      if (Number.isFinite(ms)) return ms;
    }
  }
  return undefined;
}

function text(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return Buffer.isBuffer(value) ? value.toString("utf8") : undefined;
}

function named(path: unknown): string {
  return typeof path === "string" ? `: "${shorten(path)}"` : "";
}
