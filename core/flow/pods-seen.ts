/**
 * Pods that were seen in the API under their uid, of leases whose evidence is void: only such a one can be missed later (P18).
 * Remembered over restarts.
 *
 * @module
 */
import type { Journal } from "../ports/journal.ts";

/** More than any node has. */
const uidsMax = 2_000;

export class PodsSeen {
  readonly #journal: Pick<Journal, "note" | "commit">;
  #uids: Set<string> | undefined;
  #noted = "";

  constructor(journal: Pick<Journal, "note" | "commit">) {
    this.#journal = journal;
  }

  async has(uid: string): Promise<boolean> {
    return (await this.#load()).has(uid);
  }

  async saw(uid: string): Promise<void> {
    (await this.#load()).add(uid);
  }

  /** Writes them down where that differs. @param wanted uids that still matter: the others are forgotten */
  async keep(wanted: ReadonlySet<string>): Promise<void> {
    const uids = [...(await this.#load())].filter((uid) => wanted.has(uid)).slice(-uidsMax);
    this.#uids = new Set(uids);
    const value = uids.join("\n");
    if (value === this.#noted) return;
    const answer = await this.#journal.commit([{ kind: "note", key: "pods", value }]);
    if (answer.kind === "committed") this.#noted = value;
  }

  async #load(): Promise<Set<string>> {
    if (this.#uids !== undefined) return this.#uids;
    this.#noted = (await this.#journal.note("pods")) ?? "";
    // Who came first while it was read has made it.
    this.#uids ??= new Set(this.#noted.split("\n").filter((uid) => uid !== ""));
    return this.#uids;
  }
}
