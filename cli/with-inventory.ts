/**
 * Reading the state file for as long as a command needs it.
 *
 * @module
 */
import type { Inventory, OpenedInventory } from "../core/ports/inventory.ts";
import { type ExitCode, exitCodes } from "./exit.ts";
import { type Refusal, refusal, startAgent, tell } from "./refusal.ts";
import type { Session } from "./world.ts";

export async function withInventory(
  { world, settings, terminal }: Session,
  body: (inventory: Inventory) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = world.openInventory(settings.stateDir);
  if (opened.kind !== "open") return tell(terminal, closedRefusal(opened));
  try {
    return await body(opened.inventory);
  } finally {
    opened.close();
  }
}

export function closedRefusal(opened: Exclude<OpenedInventory, { kind: "open" }>): Refusal {
  const message = (expected: string) => `Cannot open state file "${opened.path}": expected ${expected}`;
  switch (opened.kind) {
    case "absent":
      return refusal(
        exitCodes.usage,
        message("a state file that an agent has made"),
        "if the agent has another directory, name it: --state-dir DIR, or BERTH_STATE_DIR",
        startAgent,
      );
    case "denied":
      return refusal(exitCodes.denied, message("root, who alone may read it"), "run it with: sudo berthctl");
    case "fault":
      return refusal(exitCodes.usage, opened.message, opened.wayOut);
    default:
      return opened satisfies never;
  }
}
