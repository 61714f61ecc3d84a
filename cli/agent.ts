/**
 * Orders to the agent, and its answers as a person is told them.
 *
 * @module
 */
import type { StatusAnswer } from "../core/config/admin.ts";
import type { Failure } from "../core/failure/failure.ts";
import type { Admin, Reached } from "../core/ports/admin.ts";
import { exitCodes } from "./exit.ts";
import { noAgent, type Refusal, refusalOf } from "./refusal.ts";
import type { Session } from "./world.ts";

export type Status = Extract<StatusAnswer, { kind: "done" }>;

type Answer = { readonly kind: "done" } | { readonly kind: "failed"; readonly failure: Failure };

/** Whether somebody is there to take an order. */
export function reachAgent(session: Session): Promise<Status | Refusal> {
  return answerOf(session, "", (admin) => admin.status());
}

/** What the agent answered to an order. Without a whole answer it may have been carried out all the same. */
export async function orderFrom<A extends Answer>(
  session: Session,
  address: string,
  order: (admin: Admin) => Promise<Reached<A>>,
): Promise<Extract<A, { kind: "done" }> | Refusal> {
  const answer = await answerOf(session, address, order);
  if (answer.kind !== "refusal" || answer.code !== exitCodes.unreachable) return answer;
  return { ...answer, next: [`it may have been done: run: berthctl show ${address}`, ...answer.next] };
}

async function answerOf<A extends Answer>(
  { world, settings }: Session,
  address: string,
  order: (admin: Admin) => Promise<Reached<A>>,
): Promise<Extract<A, { kind: "done" }> | Refusal> {
  const reached = await order(world.admin(settings.adminSocket));
  if (reached.kind === "unreachable") return noAgent(settings.adminSocket, reached.why, reached.reason);
  const { answer } = reached;
  return isDone(answer) ? answer : refusalOf(failureOf(answer), address);
}

function isDone<A extends Answer>(answer: A): answer is Extract<A, { kind: "done" }> {
  return answer.kind === "done";
}

function failureOf(answer: Answer): Failure {
  if (answer.kind === "failed") return answer.failure;
  throw new TypeError("an answer that is done has no failure");
}
