/**
 * Asking a person before something is given back.
 *
 * @module
 */
import { type ExitCode, exitCodes } from "./exit.ts";
import { refusal, tell } from "./refusal.ts";
import type { Session } from "./world.ts";

export type Agreement = {
  /** `--yes`: nobody is asked. */
  readonly yes?: boolean;
};

export type Question = {
  /** As it stands in the question: `10.0.0.5 of pod default/web-0`. */
  readonly what: string;
  /** What it is called in a refusal: `address "10.0.0.5"`. */
  readonly thing: "address" | "node";
  readonly value: string;
};

export async function agree(
  { terminal }: Session,
  { what, thing, value }: Question,
  { yes }: Agreement,
): Promise<"yes" | ExitCode> {
  if (yes === true) return "yes";
  if (!terminal.canAsk) {
    const message = `Cannot release ${thing} "${value}": expected a terminal to ask on, or --yes`;
    return tell(terminal, refusal(exitCodes.usage, message, `it would release ${what}`));
  }
  const answer = await terminal.ask(`Release ${what}? [y/N] `);
  if (answer !== undefined && /^\s*(?:y|yes)\s*$/i.test(answer)) return "yes";
  await terminal.tell("Nothing was released\n");
  return answer === undefined ? exitCodes.interrupted : exitCodes.no;
}
