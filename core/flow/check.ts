/**
 * The path of a CHECK: what is held, what the runtime believes, and what the interface really has.
 *
 * @module
 */
import type { CniCall } from "../cni/call.ts";
import { checkPrevResult } from "../cni/check-prev-result.ts";
import { readPrevResult } from "../cni/prev-result.ts";
import type { GivenAddress } from "../cni/result.ts";
import type { Definition } from "../config/definition.ts";
import { faultsToFailure } from "../config/faults-text.ts";
import { type About, type Failure, failure } from "../failure/failure.ts";
import { sameAddress } from "../ip/address.ts";
import { formatAddress } from "../ip/address-text.ts";
import { rangeContains } from "../ip/range.ts";
import type { Row } from "../ports/journal.ts";
import { unlessAborted, type Deadline } from "./canceller.ts";
import type { FlowPorts } from "./ports.ts";
import { proofFault } from "./proof-fault.ts";
import { rowsMeant } from "./rows-meant.ts";
import { unreadable } from "./unreadable.ts";

export type CheckCall = Extract<CniCall, { kind: "CHECK" }>;

/** @returns what differs, worst first; empty when all is well. */
export async function checkPath(
  ports: FlowPorts,
  call: CheckCall,
  definition: Definition,
  deadline: Deadline,
): Promise<readonly Failure[]> {
  const about: About = {
    network: definition.network,
    definition: definition.name,
    containerId: call.containerId,
    ifName: call.ifName,
  };
  const work = compare(ports, call, definition, about).catch((error: unknown) => [
    unreadable(ports, call.containerId, error instanceof Error ? error.message : String(error), about),
  ]);
  const answer = await unlessAborted(work, deadline.signal);
  return answer ?? [failure("DeadlinePassed", `CHECK of ${call.containerId}`, "an answer in time", about)];
}

async function compare(
  ports: FlowPorts,
  call: CheckCall,
  definition: Definition,
  about: About,
): Promise<readonly Failure[]> {
  const previous = readPrevResult(call.configText);
  if (previous.kind === "malformed") return [faultsToFailure([previous.fault], about)];
  const believed = previous.kind === "addresses" ? previous.addresses : [];
  // What Whereabouts gave has no definition.
  const isOwn = ({ state, holder }: Row) =>
    state === "lease" && ["", definition.name].includes(holder.attachment.definition);
  const rows = (await rowsMeant(ports, call)).filter(isOwn);
  const missing = await missingLeases(ports, definition, rows, about);
  if (missing.length > 0) return missing;
  const seen = await ports.interfaces.read(call.netns, call.ifName);
  if (seen.kind === "unreadable")
    return [
      failure(
        "InterfaceUnreadable",
        call.ifName,
        `an interface that can be read in ${call.netns}: ${seen.reason}`,
        about,
      ),
    ];
  if (seen.kind === "absent")
    return [failure("InterfaceDiffers", call.ifName, `an interface of that name in ${call.netns}`, about)];
  const held = [...rows.map((row) => placedOf(row, definition, believed)), ...unrecorded(definition, believed)];
  return held.length === 0 && expectedCount(definition) === 0
    ? []
    : checkPrevResult({ held, believed, seen: seen.addresses }, about);
}

/** Each lease must be on record, and still proven. */
async function missingLeases(
  ports: FlowPorts,
  definition: Definition,
  rows: readonly Row[],
  about: About,
): Promise<readonly Failure[]> {
  const expected = expectedCount(definition);
  if (rows.length < expected) {
    const value = `${about.containerId} ${about.ifName}`;
    return [failure("LeaseMissing", value, `${expected} addresses held for it, found ${rows.length}`, about)];
  }
  const failures: Failure[] = [];
  for (const row of rows) {
    const fault = await proofFault(ports, row);
    if (fault !== undefined)
      failures.push(
        failure("LeaseMissing", formatAddress(row.place.address), `it held for this attachment, ${fault}`, about),
      );
  }
  return failures;
}

/** How many addresses of this definition have a row. */
function expectedCount(definition: Definition): number {
  return definition.ranges.length + (definition.unique ? definition.addresses.length : 0);
}

/** Static addresses without enforcement have no row: under `static` the runtime's belief is all there is. */
function unrecorded(definition: Definition, believed: readonly GivenAddress[]): readonly GivenAddress[] {
  if (definition.unique) return [];
  return definition.dialect === "static" && believed.length > 0 ? believed : definition.addresses;
}

function placedOf({ place, kind }: Row, definition: Definition, believed: readonly GivenAddress[]) {
  const { address } = place;
  const source = kind === "dynamic" ? definition.ranges.find(({ range }) => rangeContains(range, address)) : undefined;
  const known = [...definition.addresses, ...believed].find((one) => sameAddress(one.address, address));
  return { address, prefixLength: source?.range.prefix.length ?? known?.prefixLength ?? 0 };
}
