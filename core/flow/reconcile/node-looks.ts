/**
 * The nodes at the second look: each read anew, uncached, and one answer for the leases of one node that are looked at together.
 *
 * @module
 */
import type { Scene } from "../../ports/scene.ts";
import { type NodesSeen, seeNodes } from "./look-elsewhere.ts";
import type { ReconcileNeeds, RunOptions } from "./needs.ts";

type NodeAnswer = ReturnType<Scene["node"]>;

/** So old may an answer be: a node that comes back judges its leases itself, and a removal is a compare-and-set. */
const freshNs = 2_000_000_000n;

export class NodeLooks {
  readonly #needs: ReconcileNeeds;
  readonly #told: Pick<RunOptions, "failed">;
  readonly #answers = new Map<string, { readonly atNs: bigint; readonly answer: NodeAnswer }>();
  #seen: Promise<NodesSeen | undefined> | undefined;

  constructor(needs: ReconcileNeeds, told: Pick<RunOptions, "failed">) {
    this.#needs = needs;
    this.#told = told;
  }

  /** All of them, read once; undefined: they could not be read, which was told. */
  all(): Promise<NodesSeen | undefined> {
    this.#seen ??= seeNodes(this.#needs, this.#told);
    return this.#seen;
  }

  of(name: string): NodeAnswer {
    const nowNs = this.#needs.clock.bootNs();
    const known = this.#answers.get(name);
    if (known !== undefined && nowNs - known.atNs < freshNs) return known.answer;
    const answer = this.#needs.scene.node(name);
    this.#answers.set(name, { atNs: nowNs, answer });
    return answer;
  }
}
