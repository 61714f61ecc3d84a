/**
 * Withholding an address in a cluster: over the API server, from wherever one may write reservations.
 *
 * @module
 */
import { shorten } from "../../core/failure/failure.ts";
import type { Address } from "../../core/ip/address.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import { Entries } from "../../core/kube/entries.ts";
import { Tide } from "../../core/kube/tide.ts";
import { giveBackWithheld, withholdAddress, type WithheldAnswer } from "../../core/kube/withheld.ts";
import { podRef } from "../../core/ports/holder.ts";
import type { Held } from "../../core/ports/store.ts";
import { chooseNetwork, type WithholdOptions } from "../choose-network.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { networkWord } from "../../core/kube/range-words.ts";
import { type Refusal, refusal, tell } from "../refusal.ts";
import { missingRule, wholeMessage } from "./forbidden.ts";
import { withInventory } from "../with-inventory.ts";
import type { Session } from "../world.ts";

/** No agent has to be asked. */
export function withholdInCluster(session: Session, address: Address, options: WithholdOptions): Promise<ExitCode> {
  const { world, terminal } = session;
  const { clock, random } = world;
  const within = { family: address.family, first: address.value, last: address.value };
  return withInventory(
    session,
    { within, detail: "one", isAnyHome: options.undo === true },
    async ({ inventory, cluster }) => {
      if (cluster === undefined) return exitCodes.no;
      const nowMs = clock.nowMs();
      const meant = chooseNetwork(inventory, address, { ...options, nowMs });
      if (meant.kind === "refusal") return tell(terminal, meant);
      const { network } = meant;
      const { api, namespace, mode } = cluster;
      const mixed = { entries: new Entries({ api, namespace, clock, random }), mode };
      const needs = { api, namespace, mixed, journal: "berthctl", tide: new Tide() };
      const order = { network, address, reason: options.reason ?? "", attempt: random.id(), nowMs };
      const isUndo = options.undo === true;
      const answer = await (isUndo ? giveBackWithheld(needs, order) : withholdAddress(needs, order));
      const text = formatAddress(address);
      if (answer.kind !== "done") return tell(terminal, clusterRefusal(text, answer, isUndo));
      if (mode !== "absent" && !isUndo) await terminal.tell(reconcilerNote);
      return tellWithheld(session, { network, address: text }, { ...meant, ...options });
    },
  );
}

const reconcilerNote =
  "Beside Whereabouts: its reconciler may take this away, because no pod has the address: look again with berthctl leases\n";

function clusterRefusal(
  text: string,
  answer: Exclude<WithheldAnswer, { readonly kind: "done" }>,
  isUndo: boolean,
): Refusal {
  const message = (expected: string) =>
    `Cannot ${isUndo ? "give back" : "withhold"} address "${text}": expected ${expected}`;
  const show = `run: berthctl show ${text}`;
  switch (answer.kind) {
    case "taken":
      return refusal(exitCodes.no, message(`a free address, ${takenBy(answer.by)}`), show);
    case "missing":
      return refusal(exitCodes.no, message("an address that is withheld"), show);
    case "refused": {
      const rule = missingRule(answer.reason);
      return rule === undefined
        ? refusal(
            exitCodes.no,
            message(`to be allowed to, found: ${wholeMessage(answer.reason)}`),
            "run: berthctl doctor",
          )
        : refusal(exitCodes.denied, message(`the permission to ${rule.words}`), ...rule.next);
    }
    case "unknown": {
      const expected = message(`an answer of the API server, found: ${shorten(answer.reason)}`);
      return refusal(exitCodes.unreachable, expected, "it may have been done: run the same command again");
    }
    default:
      return answer satisfies never;
  }
}

function takenBy(by: Held | undefined): string {
  if (by === undefined) return "somebody holds it";
  if (by.holder === undefined) return `it is withheld already: ${by.reason}`;
  return `pod ${podRef(by.holder)}${by.holder.node === "" ? "" : ` on node ${by.holder.node}`} holds it`;
}

type Done = { readonly network: string; readonly address: string };

export async function tellWithheld(
  { terminal }: Session,
  { network, address }: Done,
  { undo, isServed }: { readonly undo?: boolean; readonly isServed: boolean },
): Promise<ExitCode> {
  const verb = undo === true ? "No longer withheld" : "Withheld";
  await terminal.write(`${verb}: ${address} in network ${networkWord(network)}\n`);
  if (!isServed)
    await terminal.tell(`No range seen here contains it in network ${networkWord(network)}: run: berthctl networks\n`);
  return exitCodes.done;
}
