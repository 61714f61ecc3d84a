/**
 * Are the plugins there that make interfaces, and the launcher that they ask for addresses, of the agent's protocol?
 *
 * @module
 */
import { join } from "node:path";
import type { Host } from "../../core/ports/host.ts";
import { fail, type Finding, ok, type Patient, warn } from "./finding.ts";

/** Main plugins a definition usually names. */
const mains = ["bridge", "macvlan"];
/** The names under which the launcher may be installed beside its own (DESIGN 2, "Names it answers to"). */
const dropIns = ["whereabouts", "static", "dhcp"];

const installPlugins = "on Debian run: apt-get install containernetworking-plugins";

export async function checkPlugins({ session, cniBins, status }: Patient): Promise<readonly Finding[]> {
  const { host, versions } = session.world;
  const folders: string[] = [];
  for (const folder of cniBins) if ((await host.look(folder)).kind === "directory") folders.push(folder);
  if (folders.length === 0) {
    const next = `name the runtime's plugin directory with --cni-bin; ${installPlugins}`;
    return [fail("plugins", `none of ${cniBins.join(", ")} is a directory`, next)];
  }
  const agentProtocol = status?.protocol ?? versions.protocol;
  return [
    ...(await Promise.all(mains.map((name) => main(host, folders, name)))),
    await launcher(host, folders, agentProtocol),
    ...(await dropInFindings(host, folders, agentProtocol)),
  ];
}

/** The first executable of that name, as a runtime looks for it. */
async function find(host: Host, folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const sight = await host.look(path);
    if (sight.kind === "file" && sight.isExecutable) return path;
  }
  return undefined;
}

async function main(host: Host, folders: readonly string[], name: string): Promise<Finding> {
  const path = await find(host, folders, name);
  const what = `plugin ${name}`;
  return path === undefined ? warn(what, `not in ${folders.join(", ")}`, installPlugins) : ok(what, path);
}

async function launcher(host: Host, folders: readonly string[], agentProtocol: number): Promise<Finding> {
  const path = await find(host, folders, "berth");
  const what = "launcher";
  const [first = "/opt/cni/bin"] = folders;
  const install = `run: install -m 755 dist/cni/berth ${first}/berth`;
  if (path === undefined) return fail(what, `no "berth" in ${folders.join(", ")}`, install);
  const found = await versionOf(host, path);
  if (found === undefined) return fail(what, `${path} does not say that it is Berth's launcher`, install);
  return compare({ what, path, found, agentProtocol, install });
}

/** A program of that name may as well be the original: then it is none of our business. */
async function dropInFindings(
  host: Host,
  folders: readonly string[],
  agentProtocol: number,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const name of dropIns) {
    const path = await find(host, folders, name);
    const found = path === undefined ? undefined : await versionOf(host, path);
    if (path === undefined || found === undefined) continue;
    const install = `run: install -m 755 dist/cni/berth ${path}`;
    findings.push(compare({ what: `launcher as ${name}`, path, found, agentProtocol, install }));
  }
  return findings;
}

type Version = { readonly version: string; readonly protocol: number };

/** What the launcher prints; undefined for another program. */
async function versionOf(host: Host, path: string): Promise<Version | undefined> {
  const ran = await host.run(path, ["--version"]);
  const match = ran.kind === "ended" ? /^berth-launcher (\S+) \(protocol (\d+)\)$/m.exec(ran.stdout) : null;
  return match === null ? undefined : { version: match[1] ?? "", protocol: Number(match[2]) };
}

type Comparison = {
  readonly what: string;
  readonly path: string;
  readonly found: Version;
  readonly agentProtocol: number;
  readonly install: string;
};

/** An agent serves its own protocol and the one before. */
function compare({ what, path, found, agentProtocol, install }: Comparison): Finding {
  const text = `${path} ${found.version}, protocol ${found.protocol}`;
  if (found.protocol === agentProtocol) return ok(what, text);
  if (found.protocol === agentProtocol - 1)
    return warn(what, `${text}, one behind the agent's ${agentProtocol}`, install);
  return fail(what, `${text}, but the agent's is ${agentProtocol}: they cannot speak with each other`, install);
}
