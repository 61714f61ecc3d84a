/**
 * What the last sweep kept although its network namespace does not stand, and why: for people. Each change is told once.
 *
 * @module
 */
import type { Row } from "../ports/journal.ts";
import type { LogFields } from "../ports/log.ts";
import type { Place } from "../ports/store.ts";
import { aboutRow } from "./about.ts";
import type { FlowPorts } from "./ports.ts";

/**
 * - `stands`: its namespace does.
 * - `pod`: its sandbox has gone, and its pod may come again for it.
 * - `suspect`: its pod seems gone, too; that is observed for a while.
 * - `unknown`: nobody could be asked after its pod.
 * - `unproven`: nothing says that its sandbox has gone.
 */
export const keptBy = ["stands", "pod", "suspect", "unknown", "unproven"] as const;
export type KeptBy = (typeof keptBy)[number];

export type Doubt = {
  readonly place: Place;
  readonly by: KeptBy;
  /** In words that go after "kept: ". */
  readonly why: string;
};

export class Doubts {
  readonly #log: FlowPorts["log"];
  #byId = new Map<number, Doubt>();
  #next = new Map<number, Doubt>();

  constructor({ log }: Pick<FlowPorts, "log">) {
    this.#log = log;
  }

  get all(): readonly Doubt[] {
    return [...this.#byId.values()];
  }

  /** A sweep goes on from what was told. */
  begin(): void {
    this.#next = new Map();
  }

  note(row: Row, by: KeptBy, why: string): void {
    this.#next.set(row.id, { place: row.place, by, why });
    if (this.#byId.get(row.id)?.why === why) return;
    const fields: LogFields = { ...aboutRow(row), reason: why };
    if (by === "suspect") this.#log.info("A lease is a suspect", fields);
    else this.#log.info("A lease is kept although its network namespace does not stand", fields);
  }

  end(): void {
    this.#byId = this.#next;
  }
}
