/**
 * What people and runtimes ask of an agent beside ADD and DEL.
 *
 * @module
 */
import { createCanceller } from "../../core/flow/canceller.ts";
import { parseAddress } from "../../core/ip/address-text.ts";
import type { SimDefinition } from "./definitions.ts";
import { defect, type Interface, type Machine } from "./machine.ts";

/** What is wrong, in the names of failures; empty when nothing is, or nobody answers. */
export async function check(machine: Machine, one: Interface): Promise<readonly string[]> {
  const { agent } = machine;
  if (agent?.listens !== true) return [];
  const { containerId, ifName, netns, definition } = one;
  const launch = { started: machine.started(), budgetMs: 10_000 };
  const call = { kind: "CHECK", launch, containerId, ifName, netns, configText: definition.text } as const;
  const answer = await Promise.race([agent.died, agent.flow.check(call, createCanceller().signal)]);
  return answer === "died" ? [] : answer.map(({ name }) => name);
}

export async function withhold(
  { agent }: Machine,
  { network }: SimDefinition,
  text: string,
): Promise<"done" | "refused" | "unknown"> {
  const address = parseAddress(text);
  if (agent?.listens !== true || address === undefined) return "refused";
  const asked = agent.flow.withhold({ network, address, reason: "a test" }).catch(defect);
  const answer = await Promise.race([agent.died, asked]);
  if (answer === "died" || answer.kind === "defect") return "unknown";
  if (answer.kind === "done") return "done";
  return answer.failure.name === "OutcomeUnknown" ? "unknown" : "refused";
}

/** @returns whether it is not withheld any more */
export async function unwithhold({ agent }: Machine, { network }: SimDefinition, text: string): Promise<boolean> {
  const address = parseAddress(text);
  if (agent?.listens !== true || address === undefined) return false;
  const answer = await Promise.race([agent.died, agent.flow.unwithhold({ network, address }).catch(defect)]);
  if (answer === "died" || answer.kind === "defect") return false;
  return answer.kind === "done" || answer.failure.name === "LeaseMissing";
}

/** Without force. @returns whether it was released */
export async function release({ agent }: Machine, { network }: SimDefinition, text: string): Promise<boolean> {
  const address = parseAddress(text);
  if (agent?.listens !== true || address === undefined) return false;
  const order = { network, address, force: false };
  const answer = await Promise.race([agent.died, agent.flow.release(order).catch(defect)]);
  return answer !== "died" && answer.kind === "done";
}

export async function collectGarbage(machine: Machine, configText: string): Promise<void> {
  const { agent } = machine;
  if (agent?.listens !== true) return;
  const launch = { started: machine.started(), budgetMs: 30_000 };
  const asked = agent.flow.gc({ kind: "GC", launch, configText }, createCanceller().signal);
  await Promise.race([agent.died, asked.catch(defect)]);
}
