/**
 * Is the agent up, does it serve, and is it of this program's version and on the same files?
 *
 * @module
 */
import type { Status } from "../agent.ts";
import { formatInstant } from "../format/instant.ts";
import { fail, type Finding, needsRoot, ok, type Patient, warn } from "./finding.ts";

const what = "agent";
const logs = "look at its log: journalctl -u berth-agent -n 50";

export async function checkAgent(patient: Patient): Promise<readonly Finding[]> {
  const { reached, session, status } = patient;
  const { adminSocket } = session.settings;
  if (reached.kind === "unreachable") return [unreachable(adminSocket, reached.why, reached.reason)];
  if (status === undefined) return [fail(what, `no status from ${adminSocket}`, logs)];
  return [whole(status), ...versions(patient, status), ...files(patient, status), await socket(patient)];
}

function unreachable(path: string, why: "absent" | "denied" | "unclear", reason: string): Finding {
  if (why === "denied") return needsRoot(what, `${path} is for root only`);
  if (why === "unclear") return fail(what, `no whole answer on ${path}: ${reason}`, logs);
  return fail(what, `not running: nobody listens on ${path}`, "run: systemctl start berth-agent");
}

function whole({ version, protocol, since, node, store, ready }: Status): Finding {
  const text = `version ${version}, protocol ${protocol}, up since ${formatInstant(since)}, node ${node}, store ${store}`;
  return ready.ok ? ok(what, text) : fail(what, `up, but it cannot serve: ${ready.reasons.join("; ")}`, logs);
}

function versions({ session }: Patient, status: Status): readonly Finding[] {
  const own = session.world.versions;
  if (own.version === status.version && own.protocol === status.protocol && own.schema === status.schema) return [];
  const text = `the agent is ${status.version} (protocol ${status.protocol}, schema ${status.schema}), berthctl is ${own.version} (protocol ${own.protocol}, schema ${own.schema})`;
  return [warn("versions", text, "install both of one version, then run: systemctl restart berth-agent")];
}

/** An agent with another state directory than ours would make every other line of this report wrong. */
function files({ session }: Patient, status: Status): readonly Finding[] {
  const { stateDir } = session.settings;
  if (status.journal.path.startsWith(`${stateDir.replace(/\/+$/, "")}/`)) return [];
  const directory = status.journal.path.replace(/\/[^/]*$/, "");
  const text = `the agent's state is in ${directory}, this report is about ${stateDir}`;
  return [fail("settings", text, `run: berthctl --state-dir ${directory} doctor`)];
}

/** Launchers come by another socket than people do. */
async function socket({ session }: Patient): Promise<Finding> {
  const path = session.settings.socket;
  const sight = await session.world.host.look(path);
  if (sight.kind === "socket") return ok("launchers' socket", path);
  const next = "give the agent and the launchers the same BERTH_SOCKET, then run: systemctl restart berth-agent";
  return fail("launchers' socket", `${path} is no socket (${sight.kind})`, next);
}
