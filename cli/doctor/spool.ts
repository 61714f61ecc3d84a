/**
 * Can launchers leave DELs while the agent is away, and are they taken when it is there?
 *
 * @module
 */
import { join } from "node:path";
import { countWord } from "../format/words.ts";
import { fail, type Finding, needsRoot, ok, type Patient, warn } from "./finding.ts";

const what = "spool";
/** A running agent takes a file within a moment; some may be on their way. */
const waitingMax = 20;

export async function checkSpool({ session, status }: Patient): Promise<readonly Finding[]> {
  const { world, settings } = session;
  const path = status?.spool.path ?? settings.spool;
  const sight = await world.host.look(path);
  if (sight.kind === "denied") return [needsRoot(what, `${path} is for root only`)];
  if (sight.kind === "absent")
    return [
      fail(
        what,
        `${path} is not there: a DEL without an agent fails`,
        "the agent makes it: run: systemctl restart berth-agent",
      ),
    ];
  if (sight.kind !== "directory") return [fail(what, `${path} is no directory`, `look at it: ls -ld ${path}`)];
  const names = await world.host.list(path);
  if (names === undefined || !sight.isWritable) return [needsRoot(what, `${path} cannot be used by this user`)];
  return [
    waiting(path, names.filter((name) => !name.startsWith(".bad-")).length, status !== undefined),
    ...bad(path, names),
  ];
}

function waiting(path: string, count: number, isUp: boolean): Finding {
  if (count === 0) return ok(what, `${path} can be written and is empty`);
  const calls = countWord(count, "DEL");
  if (!isUp)
    return warn(what, `${calls} in ${path}: carried out when the agent starts`, "run: systemctl start berth-agent");
  if (count <= waitingMax) return ok(what, `${path} can be written, ${calls} on the way`);
  return warn(
    what,
    `${calls} wait in ${path} although the agent is up`,
    "look at its log: journalctl -u berth-agent -n 50",
  );
}

function bad(path: string, names: readonly string[]): readonly Finding[] {
  const found = names.filter((name) => name.startsWith(".bad-"));
  const [first] = found;
  if (first === undefined) return [];
  const text = `${countWord(found.length, "file")} in ${path} could not be understood and was set aside`;
  return [warn(what, text, `look at it, then remove it: head -c 300 ${join(path, first)}`)];
}
