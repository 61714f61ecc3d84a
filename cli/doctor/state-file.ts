/**
 * Can the state file be opened, is it whole, and of the schema this program reads?
 *
 * @module
 */
import { fail, type Finding, needsRoot, ok, type Patient } from "./finding.ts";

const what = "state file";

export function checkStateFile({ opened, session }: Patient): readonly Finding[] {
  switch (opened.kind) {
    case "open":
      return [ok(what, `whole, schema ${session.world.versions.schema}`)];
    case "absent":
      return [fail(what, `${opened.path} is not there: no agent has run with it`, "run: systemctl start berth-agent")];
    case "denied":
      return [needsRoot(what, `${opened.path} is for root only`)];
    case "fault":
      return [fail(what, opened.message, opened.wayOut)];
    default:
      return opened satisfies never;
  }
}
