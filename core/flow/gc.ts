/**
 * The path of a GC: a hint (P19). Of this definition's leases of this boot that the runtime does not list, and that were
 * started before the call, those whose namespace is gone are freed at once; the sweep looks at the others.
 *
 * @module
 */
import type { CniCall } from "../cni/call.ts";
import { readDefinitionName } from "../cni/config-head.ts";
import { undecodable } from "../cni/undecodable.ts";
import { readValidAttachments } from "../cni/valid-attachments.ts";
import { parseJson } from "../config/json.ts";
import { faultsToFailure } from "../config/faults-text.ts";
import { type Failure, failure } from "../failure/failure.ts";
import type { Row } from "../ports/journal.ts";
import { isEarlier } from "../ports/holder.ts";
import type { Signal } from "../ports/clock.ts";
import { aboutRow } from "./about.ts";
import { eachLease } from "./leases.ts";
import type { FlowPorts } from "./ports.ts";
import type { Reclaimer } from "./reclaim.ts";

export type GcCall = Extract<CniCall, { kind: "GC" }>;

export type GcAnswer =
  | { readonly kind: "done"; readonly freed: number; readonly suspects: number }
  | { readonly kind: "failure"; readonly failure: Failure };

export async function gcPath(ports: FlowPorts, reclaimer: Reclaimer, call: GcCall, signal: Signal): Promise<GcAnswer> {
  const definition = readDefinitionName(call.configText);
  const json = parseJson(call.configText);
  if (json.kind === "unreadable") return refuse(undecodable(json, { definition }));
  const valid = readValidAttachments(call.configText);
  if (definition === undefined) return refuse(failure("InvalidConfig", "name", "the name of a network configuration"));
  if (valid.kind === "missing")
    return refuse(
      failure("InvalidConfig", "cni.dev/valid-attachments", "the list of attachments to keep: nothing was freed", {
        definition,
      }),
    );
  if (valid.kind === "malformed") return refuse(faultsToFailure([valid.fault], { definition }));
  const listed = new Set(valid.attachments.map(({ containerId, ifName }) => `${containerId}\0${ifName}`));
  const isUnlisted = ({ holder }: Row) =>
    holder.attachment.definition === definition &&
    !listed.has(`${holder.attachment.containerId}\0${holder.attachment.ifName}`) &&
    holder.started.bootId === call.launch.started.bootId &&
    isEarlier(holder.started, call.launch.started);
  let freed = 0;
  let suspects = 0;
  for await (const row of eachLease(ports, signal)) {
    if (row.answeredMs === undefined || !isUnlisted(row)) continue;
    if ((await reclaimer.reclaimUnlisted(row)) === "freeing") {
      freed += 1;
      continue;
    }
    suspects += 1;
    ports.log.debug("A lease that GC does not list is kept: its network namespace is not proven gone", aboutRow(row));
  }
  ports.log.info("GC looked at the leases of a definition", { definition, freed, suspects });
  return { kind: "done", freed, suspects };
}

function refuse(why: Failure): GcAnswer {
  return { kind: "failure", failure: why };
}
