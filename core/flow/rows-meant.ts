/**
 * The rows that a container's interface means.
 *
 * @module
 */
import type { Attachment } from "../ports/holder.ts";
import type { Row } from "../ports/journal.ts";
import type { FlowPorts } from "./ports.ts";

/** What an old version of Whereabouts gave bears no interface: it is meant when nothing else is, and there is just one (A24). */
export async function rowsMeant(
  { journal }: Pick<FlowPorts, "journal">,
  container: Pick<Attachment, "containerId" | "ifName">,
): Promise<readonly Row[]> {
  const rows = await journal.rowsOf(container);
  if (rows.length > 0) return rows;
  const nameless = await journal.rowsOf({ ...container, ifName: "" });
  return nameless.length === 1 ? nameless : [];
}
