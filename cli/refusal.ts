/**
 * Why a command ends without having done what was asked, told in the grammar of failures.
 *
 * @module
 */
import type { Failure } from "../core/failure/failure.ts";
import { type ExitCode, exitCodes } from "./exit.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { visible } from "./terminal/visible.ts";

export type Refusal = {
  readonly kind: "refusal";
  readonly code: ExitCode;
  /** `Cannot <verb> <thing> "<value>": expected <wanted>` */
  readonly message: string;
  /** What to run or look at next, one a line: `run: berthctl doctor`. */
  readonly next: readonly string[];
};

export function refusal(code: ExitCode, message: string, ...next: readonly string[]): Refusal {
  return { kind: "refusal", code, message, next };
}

/** The agent said no. Its hint is what is left of the details behind what they are about. */
export function refusalOf({ message, details }: Failure, address: string): Refusal {
  const lines = details.split("; ").filter((part) => part !== "");
  return refusal(exitCodes.no, message, ...lines.map((line) => line.replace("<address>", address)));
}

/** Prints it to standard error. @returns its exit code */
export async function tell(terminal: Terminal, { message, next, code }: Refusal): Promise<ExitCode> {
  await terminal.tell(`${[visible(message), ...next.map((line) => `  ${visible(line)}`)].join("\n")}\n`);
  return code;
}

/** The way to a running agent. */
export const startAgent = "start it: systemctl start berth-agent";

export function noAgent(socket: string, why: "absent" | "denied" | "unclear", reason: string): Refusal {
  const message = (expected: string) => `Cannot reach agent "${socket}": expected ${expected}`;
  switch (why) {
    case "absent":
      return refusal(exitCodes.unreachable, message("an agent that listens there"), startAgent, "run: berthctl doctor");
    case "denied":
      return refusal(exitCodes.denied, message("root, who alone may reach it"), "run it with: sudo berthctl");
    case "unclear":
      return refusal(exitCodes.unreachable, message(`a whole answer, found: ${reason}`), "run: berthctl doctor");
    default:
      return why satisfies never;
  }
}
