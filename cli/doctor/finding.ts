/**
 * What a check of `berthctl doctor` found: one line, and what to run next.
 *
 * @module
 */
import type { Status } from "../agent.ts";
import type { OpenedInventory } from "../../core/ports/inventory.ts";
import type { Reached } from "../../core/ports/admin.ts";
import type { StatusAnswer } from "../../core/config/admin.ts";
import type { Session } from "../world.ts";

export type Finding = {
  readonly level: "ok" | "warn" | "fail";
  /** Two or three words: what was looked at. */
  readonly what: string;
  readonly text: string;
  /** What to run next; undefined when nothing has to be done. */
  readonly next?: string;
  /** Only root could have looked. */
  readonly needsRoot?: boolean;
};

/** What every check may look at: asked once, by `berthctl doctor`. */
export type Patient = {
  readonly session: Session;
  /** Where the leases are. */
  readonly store: "embedded" | "kubernetes";
  readonly cniBins: readonly string[];
  readonly reached: Reached<StatusAnswer>;
  /** Undefined when the agent cannot be reached. */
  readonly status: Status | undefined;
  readonly opened: OpenedInventory;
};

const asRoot = "run: sudo berthctl doctor";

export function ok(what: string, text: string): Finding {
  return { level: "ok", what, text };
}

export function warn(what: string, text: string, next: string): Finding {
  return { level: "warn", what, text, next };
}

export function fail(what: string, text: string, next: string): Finding {
  return { level: "fail", what, text, next };
}

export function needsRoot(what: string, text: string): Finding {
  return { level: "fail", what, text, next: asRoot, needsRoot: true };
}
