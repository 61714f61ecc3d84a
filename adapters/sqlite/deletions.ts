/**
 * Accepted DELs on record (P13): each ends what was started before it, also what is journaled after it.
 *
 * @module
 */
import type { Deletion } from "../../core/ports/journal.ts";
import { bootNsText, type Parameters } from "./columns.ts";
import type { Statements } from "./statements.ts";

/** Accepted DELs are remembered for an hour: no launcher waits longer than 40 s (PROTOCOL 7). */
const deletionsKeptMs = 3_600_000;
const deletionsMax = 100_000;

/** A DEL of another boot is no longer of use; one without a definition's name ends the attachment in every definition. */
export const laterDeletion = `SELECT 1 FROM deletion WHERE container_id = $container_id AND if_name = $if_name
  AND definition IN ($definition, '') AND boot_id = $boot_id AND boot_ns > $boot_ns LIMIT 1`;

/** The same for what another wrote: a definition or a start that it does not tell fits any DEL. */
export const deletionOfImport = `SELECT 1 FROM deletion WHERE container_id = $container_id AND if_name = $if_name
  AND ($definition = '' OR definition IN ($definition, ''))
  AND ($boot_id = '' OR (boot_id = $boot_id AND boot_ns > $boot_ns)) LIMIT 1`;

/** Keeps the latest DEL of an attachment: an older one, come late, must not hide it. */
export function rememberDeletion(sql: Statements, deletion: Deletion): void {
  const parameters = { ...deletionKey(deletion), accepted_ms: deletion.acceptedMs };
  sql(`INSERT INTO deletion VALUES ($container_id, $if_name, $definition, $boot_id, $boot_ns, $accepted_ms)
    ON CONFLICT (container_id, if_name, definition) DO UPDATE SET boot_id = $boot_id, boot_ns = $boot_ns, accepted_ms = $accepted_ms
    WHERE deletion.boot_id <> $boot_id OR deletion.boot_ns < $boot_ns`).run(parameters);
  if (deletion.started.bootNs % 1000n === 0n) trim(sql, deletion.acceptedMs);
}

/** Bounds the tables; one DEL in a thousand pays for the walk along them. */
function trim(sql: Statements, nowMs: number): void {
  sql("DELETE FROM deletion WHERE accepted_ms < ?").run(nowMs - deletionsKeptMs);
  sql("DELETE FROM resting WHERE until_ms < ?").run(nowMs);
  sql(`DELETE FROM deletion WHERE accepted_ms <
    (SELECT accepted_ms FROM deletion ORDER BY accepted_ms DESC LIMIT 1 OFFSET ${deletionsMax})`).run();
}

export function deletionKey({ attachment, started }: Pick<Deletion, "attachment" | "started">): Parameters {
  return {
    container_id: attachment.containerId,
    if_name: attachment.ifName,
    definition: attachment.definition,
    boot_id: started.bootId,
    boot_ns: bootNsText(started.bootNs),
  };
}
