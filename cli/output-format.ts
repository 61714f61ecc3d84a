/**
 * `--output`: text for people, or JSON.
 *
 * @module
 */
import { shorten } from "../core/failure/failure.ts";
import { exitCodes } from "./exit.ts";
import { type Refusal, refusal } from "./refusal.ts";

export function readOutput(
  text: string | undefined,
): { readonly kind: "output"; readonly format: "text" | "json" } | Refusal {
  if (text === undefined || text === "text" || text === "json") return { kind: "output", format: text ?? "text" };
  return refusal(
    exitCodes.usage,
    `Cannot use option "--output ${shorten(text)}": expected text or json`,
    "run: berthctl --help",
  );
}
