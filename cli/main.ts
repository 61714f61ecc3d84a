/**
 * `berthctl`: the command line of Berth, also as `kubectl berth`. The only place of this program that builds adapters.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";
import { createAdminClient } from "../adapters/admin/client.ts";
import { createNamespaces } from "../adapters/netns/namespaces.ts";
import { openInventory } from "../adapters/sqlite/open-inventory.ts";
import { reserveBytes } from "../adapters/sqlite/reserve.ts";
import { schemaVersion } from "../adapters/sqlite/schema.ts";
import { reservePathIn, statePathIn } from "../adapters/sqlite/state-path.ts";
import { createClock } from "../adapters/system/clock.ts";
import { createFlatFiles } from "../adapters/system/flat-files.ts";
import { createHost } from "../adapters/system/host.ts";
import { createRandom } from "../adapters/system/random.ts";
import { jsonLengthMax } from "../core/config/json.ts";
import { version } from "../core/version.ts";
import { protocolVersion } from "../core/wire/protocol.ts";
import { run } from "./program.ts";
import { createProcessTerminal, surviveClosedPipes } from "./terminal/process-terminal.ts";
import type { OpenedApi, TextFile, World } from "./world.ts";

const clock = createClock();
const random = createRandom();
const world: World = {
  versions: { version, protocol: protocolVersion, schema: schemaVersion },
  env: process.env,
  hostName: hostname(),
  terminal: createProcessTerminal,
  readText,
  openInventory: (stateDir) => openInventory(statePathIn(stateDir)),
  admin: (socket) => createAdminClient(socket),
  statePath: statePathIn,
  reserve: (stateDir) => ({ path: reservePathIn(stateDir), bytes: reserveBytes }),
  host: createHost(),
  namespaces: createNamespaces(),
  flatFiles: createFlatFiles(),
  clock,
  random,
  cron: async () => (await import("../adapters/cron/cron.ts")).createCron(),
  openApi,
  interruption: () => {
    const interrupted = new AbortController();
    process.once("SIGINT", () => interrupted.abort());
    return interrupted.signal;
  },
};

/** errno(3) in words, for the codes people meet. */
const reasons: ReadonlyMap<unknown, string> = new Map([
  ["ENOENT", "no such file"],
  ["EISDIR", "a directory"],
  ["EACCES", "a file that this user may not read"],
]);

surviveClosedPipes();
const name = basename(process.argv[1] ?? "") === "kubectl-berth" ? "kubectl berth" : "berthctl";
process.exitCode = await run(process.argv.slice(2), world, name);

/** What is longer than any document is cut one character behind the limit, and its reader says so. */
async function readText(path: string): Promise<TextFile> {
  try {
    const stream = path === "-" ? process.stdin : createReadStream(path);
    stream.setEncoding("utf8");
    let text = "";
    for await (const chunk of stream) {
      text += String(chunk);
      if (text.length > jsonLengthMax) break;
    }
    return { kind: "text", text };
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    return { kind: "unreadable", reason: reasons.get(code) ?? String(code ?? error) };
  }
}

/** Loaded by the commands that ask the API server only. */
async function openApi(kubeconfig: string | undefined): Promise<OpenedApi> {
  const { openKubeApi } = await import("../adapters/kube/open.ts");
  const silent = () => undefined;
  const opened = await openKubeApi({
    kubeconfig,
    clock,
    random,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    metrics: { count: silent, set: silent, observe: silent },
    userAgent: `berthctl/${version}`,
  });
  return opened.kind === "api" ? { ...opened, may: opened.api.may, close: opened.api.close } : opened;
}
