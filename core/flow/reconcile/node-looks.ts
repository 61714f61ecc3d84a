/**
 * The nodes at the second look: each read anew, uncached, and one answer for the leases of one node that are looked at together.
 *
 * @module
 */
import type { Scene } from "../../ports/scene.ts";
import { ownAgent } from "./look-own.ts";
import { type NodesSeen, seeNodes } from "./look-elsewhere.ts";
import type { ReconcileNeeds, RunOptions } from "./needs.ts";

type NodeAnswer = ReturnType<Scene["node"]>;
type AgentAnswer = ReturnType<typeof ownAgent>;

/** So old may an answer be: a node that comes back judges its leases itself, and a removal is a compare-and-set. */
const freshNs = 2_000_000_000n;
/** All nodes cost pages: they are read again when a pass takes long, behind an API server that is slow. */
const allFreshNs = 15_000_000_000n;

export class NodeLooks {
  readonly #needs: ReconcileNeeds;
  readonly #told: Pick<RunOptions, "failed">;
  readonly #answers = new Map<string, Dated<NodeAnswer>>();
  readonly #agents = new Map<string, Dated<AgentAnswer>>();
  #seen: Dated<Promise<NodesSeen | undefined>> | undefined;

  constructor(needs: ReconcileNeeds, told: Pick<RunOptions, "failed">) {
    this.#needs = needs;
    this.#told = told;
  }

  /** All of them, as they were at most 15 s ago; undefined: they could not be read, which was told. */
  all(): Promise<NodesSeen | undefined> {
    const nowNs = this.#needs.clock.bootNs();
    if (this.#seen === undefined || nowNs - this.#seen.atNs >= allFreshNs)
      this.#seen = { atNs: nowNs, answer: seeNodes(this.#needs, this.#told) };
    return this.#seen.answer;
  }

  of(name: string): NodeAnswer {
    return this.#fresh(this.#answers, name, () => this.#needs.scene.node(name));
  }

  /** Whether an agent is Ready on this machine's own node: two requests, one of which lists pods. */
  agent(name: string): AgentAnswer {
    return this.#fresh(this.#agents, name, () => ownAgent(this.#needs, name));
  }

  #fresh<Answer>(known: Map<string, Dated<Answer>>, name: string, ask: () => Answer): Answer {
    const nowNs = this.#needs.clock.bootNs();
    const last = known.get(name);
    if (last !== undefined && nowNs - last.atNs < freshNs) return last.answer;
    const answer = ask();
    known.set(name, { atNs: nowNs, answer });
    return answer;
  }
}

/** When it was asked for, boot clock. */
type Dated<Answer> = { readonly atNs: bigint; readonly answer: Answer };
