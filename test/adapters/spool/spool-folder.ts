/**
 * A spool directory of one test, and files as launchers write them.
 *
 * @module
 */
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSpool } from "../../../adapters/spool/open-spool.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Spool, SpooledCall } from "../../../core/ports/spool.ts";
import { encodeRequest } from "../../../core/wire/request.ts";
import { spoolName } from "../../../core/wire/spool-name.ts";

export type SpoolFolder = {
  readonly directory: string;
  /** What was logged, a line each. */
  readonly logged: readonly string[];
  readonly open: (pollMs?: number) => Promise<Spool>;
  /** Writes a call as a launcher does. Returns its name. */
  readonly write: (containerId: string, started?: bigint, bytes?: Uint8Array) => Promise<string>;
  readonly remove: () => Promise<void>;
};

export async function makeSpoolFolder(): Promise<SpoolFolder> {
  const home = await mkdtemp(join(tmpdir(), "berth-spool-"));
  const directory = join(home, "spool");
  const logged: string[] = [];
  const note =
    (level: string) =>
    (message: string, fields?: object): void => {
      logged.push(`${level}: ${message} ${JSON.stringify(fields)}`);
    };
  const log: Log = { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
  return {
    directory,
    logged,
    open: (pollMs = 20) => openSpool({ directory, log, pollMs }),
    write: async (containerId, started = 7n, bytes = requestOf(containerId, started)) => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const name = `${spoolName(containerId, "eth0")}-${started}-42`;
      await writeFile(join(directory, `.tmp-${name}`), bytes, { mode: 0o600 });
      await rename(join(directory, `.tmp-${name}`), join(directory, name));
      return name;
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

export function requestOf(containerId: string, started: bigint, command = "DEL"): Uint8Array {
  const variables = [`CNI_COMMAND=${command}`, `CNI_CONTAINERID=${containerId}`, "CNI_IFNAME=eth0"];
  const encoded = variables.map((one) => Buffer.from(one));
  return encodeRequest({ started, budgetMs: 6_000, variables: encoded, stdin: Buffer.from("{}") });
}

export const namesOf = (calls: readonly SpooledCall[]): readonly string[] => calls.map(({ name }) => name);
