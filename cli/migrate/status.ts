/**
 * `berthctl migrate status`: what stands of Whereabouts and of Berth, and what stands in the way.
 *
 * @module
 */
import { formatAddress } from "../../core/ip/address-text.ts";
import { bindingWord, wholeBindingWord } from "../../core/migrate/bindings.ts";
import { type Judged, judgeFinish } from "../../core/migrate/finish.ts";
import { entryCount, missingEntries } from "../../core/migrate/ledger.ts";
import type { MigrateNeeds } from "../../core/migrate/needs.ts";
import type { FinishOptions } from "../../core/migrate/plan-finish.ts";
import type { Sight } from "../../core/migrate/sight.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { formatAge, formatInstant } from "../format/instant.ts";
import { toJson } from "../format/json-text.ts";
import { countWord } from "../format/words.ts";
import { type Fact, factLines } from "../terminal/facts.ts";
import { visible } from "../terminal/visible.ts";
import type { Session } from "../world.ts";
import { tellUnreachable } from "./open-migrate.ts";
import { entriesWord, reasonLines } from "./words.ts";

export type StatusOptions = FinishOptions & { readonly json: boolean };

export async function showStatus(
  session: Session,
  needs: MigrateNeeds,
  { json, ...options }: StatusOptions,
): Promise<ExitCode> {
  const judged = await judgeFinish(needs, options);
  if (judged.kind === "unreachable") return tellUnreachable(session, judged);
  const { terminal } = session;
  if (json) await terminal.write(`${toJson(statusJson(needs, judged), 2)}\n`);
  else {
    const heading = `Changing over in namespace ${needs.namespace}`;
    const reasons = judged.reasons.length === 0 ? ["nothing"] : reasonLines(judged.reasons);
    const way = ["In the way of berthctl migrate finish", ...reasons.map((line) => `  ${visible(line)}`), ""];
    await terminal.write(`${factLines(terminal, heading, facts(judged))}\n${way.join("\n")}`);
  }
  return exitCodes.done;
}

function facts({ sight, orphans }: Judged): readonly Fact[] {
  const { ledger, bindings } = sight;
  const others = bindings.others.map(bindingWord).join(", ");
  return [
    ["mode", modeText(sight)],
    [
      "Whereabouts",
      list(
        sight.traces.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
        "no workload, no pod",
      ),
    ],
    [
      "its Lease",
      list(
        sight.leases.map((lease) => leaseText(lease, sight.nowMs)),
        "none",
      ),
    ],
    ["bound by", boundText(sight)],
    ...(others === "" ? [] : [["also may write", others] as const]),
    ["agents", agentsText(sight)],
    ["executables", executablesText(sight)],
    ["pools", `${ledger.pools.length}, with ${entriesWord(entryCount(ledger.pools))}`],
    ...(ledger.elsewhere.length === 0 ? [] : [["elsewhere", elsewhereText(sight)] as const]),
    ["reservations", `${ledger.reservations.length} of Berth, ${ledger.foreign.length} of others`],
    ["not taken over", entriesWord(orphans.length)],
    ["without entry", countWord(missingEntries(ledger).length, "lease")],
  ];
}

function modeText({ record }: Sight): string {
  const meaning = record.mode === "absent" ? "Berth alone writes" : "Whereabouts may write, too";
  const since = record.sinceMs === undefined ? "" : `, since ${formatInstant(record.sinceMs)}`;
  if (record.odd !== undefined)
    return `${record.mode}, for ${JSON.stringify(record.odd)} is neither present nor absent: ${meaning}`;
  return `${record.mode}${record.isSet ? since : ", not set"}: ${meaning}`;
}

function leaseText({ namespace, name, renewedMs }: Sight["leases"][number], nowMs: number): string {
  const age = renewedMs === undefined ? "never renewed" : `renewed ${formatAge(nowMs - renewedMs)} ago`;
  return `${namespace}/${name}, ${age}`;
}

function boundText({ bindings, record }: Sight): string {
  const saved = record.unbound.map(wholeBindingWord).join(", ");
  const standing = list(bindings.whereabouts.map(bindingWord), "nothing");
  return saved === "" ? standing : `${standing} (saved, to be made again by migrate back: ${saved})`;
}

function agentsText({ nodes }: Sight): string {
  const all = countWord(nodes.length, "node");
  if (nodes.some(({ agent }) => agent === "unseen"))
    return `none is a pod: as services of ${all} they are not seen from here`;
  return `Ready on ${nodes.filter(({ agent }) => agent === "ready").length} of ${all}`;
}

function executablesText({ nodes }: Sight): string {
  const told = nodes.filter(({ foreignPlugin }) => foreignPlugin !== undefined);
  const foreign = told.filter(({ foreignPlugin }) => foreignPlugin !== "none").map(({ name }) => name);
  const unknown = nodes.length - told.length;
  return `${list(foreign, "none")} of ${countWord(told.length, "node")} told to have Whereabouts' own; ${unknown} unknown`;
}

function elsewhereText({ ledger }: Sight): string {
  const namespaces = [...new Set(ledger.elsewhere.map(({ namespace }) => namespace))].join(", ");
  return `${countWord(ledger.elsewhere.length, "pool")} in ${namespaces}`;
}

function list(words: readonly string[], none: string): string {
  return words.length === 0 ? none : words.join(", ");
}

function statusJson({ namespace }: MigrateNeeds, { sight, orphans, reasons }: Judged): object {
  const { record, ledger, bindings, nodes } = sight;
  return {
    namespace,
    mode: record.mode,
    modeSet: record.isSet,
    since: record.sinceMs === undefined ? null : formatInstant(record.sinceMs),
    whereabouts: sight.traces,
    leases: sight.leases.map(({ namespace: home, name, renewedMs }) => ({
      namespace: home,
      name,
      renewed: renewedMs === undefined ? null : formatInstant(renewedMs),
    })),
    bindings: bindings.whereabouts.map(bindingWord),
    savedBindings: record.unbound.map(bindingWord),
    otherWriters: bindings.others.map(bindingWord),
    nodes: nodes.map(({ name, agent, foreignPlugin = null }) => ({ name, agent, foreignPlugin })),
    pools: ledger.pools.length,
    poolsElsewhere: ledger.elsewhere.map((pool) => ({ namespace: pool.namespace, name: pool.name })),
    entries: entryCount(ledger.pools),
    notTakenOver: orphans.map(({ pool, address, entry, pod }) => ({
      pool: pool.name,
      address: formatAddress(address),
      podref: entry.podref,
      container: entry.id,
      pod,
    })),
    reservations: ledger.reservations.length,
    foreignReservations: ledger.foreign.length,
    withoutEntry: missingEntries(ledger).map(({ name }) => name),
    inTheWay: reasons,
  };
}
