/**
 * Telling the store which ranges a definition serves: once, and again when that changes.
 *
 * @module
 */
import type { Definition, RangeSource } from "../config/definition.ts";
import { type Failure, failure } from "../failure/failure.ts";
import { knownAddress } from "../ip/address.ts";
import { eachInterval } from "../ip/interval-set.ts";
import { formatPrefix } from "../ip/prefix.ts";
import type { ServedRange } from "../ports/store.ts";
import { disagreement } from "./disagreement.ts";
import type { FlowPorts } from "./ports.ts";
import { unreadable } from "./unreadable.ts";

/** How many definitions are remembered as told; beyond that all are told anew. */
const toldMax = 4096;

export class Serving {
  readonly #ports: Pick<FlowPorts, "store" | "clock">;
  /** What the store was told last, by network and name. */
  readonly #told = new Map<string, { readonly definition: WeakRef<Definition>; readonly print: string }>();
  /** What the store is being told now. */
  readonly #opening = new Map<string, Promise<Failure | undefined>>();

  constructor(ports: Pick<FlowPorts, "store" | "clock">) {
    this.#ports = ports;
  }

  /** Failures: PoolDisagreement, PoolUnusable, StoreAway, StoreUnreadable. */
  async tell(definition: Definition): Promise<Failure | undefined> {
    const { network, name, overlapping, sliceLength } = definition;
    if (definition.ranges.length === 0) return undefined;
    const key = `${network}\0${name}`;
    const told = this.#told.get(key);
    // Mostly it is the very one, as read from the same text.
    if (told?.definition.deref() === definition) return undefined;
    const ranges = definition.ranges.map(servedRange);
    const print = JSON.stringify([overlapping, sliceLength, ranges], (_key, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    if (told?.print !== print) {
      const refused = await this.#openOnce(`${key}\0${print}`, definition, ranges);
      if (refused !== undefined) return refused;
    }
    if (this.#told.size >= toldMax) this.#told.clear();
    this.#told.set(key, { definition: new WeakRef(definition), print });
    return undefined;
  }

  /** The store said that another definition has changed a pool since: the next ADD tells it again. */
  forget({ network, name }: Pick<Definition, "network" | "name">): void {
    this.#told.delete(`${network}\0${name}`);
  }

  /** Who comes while it is being told waits for the same answer: a node's first pods come all at once. */
  #openOnce(key: string, definition: Definition, ranges: readonly ServedRange[]): Promise<Failure | undefined> {
    const opening =
      this.#opening.get(key) ?? this.#open(definition, ranges).finally(() => void this.#opening.delete(key));
    this.#opening.set(key, opening);
    return opening;
  }

  async #open(
    { network, name, overlapping, sliceLength }: Definition,
    ranges: readonly ServedRange[],
  ): Promise<Failure | undefined> {
    const atMs = this.#ports.clock.nowMs();
    const answer = await this.#ports.store.open({ network, definition: name, overlapping, ranges, sliceLength, atMs });
    const about = { network, definition: name };
    switch (answer.kind) {
      case "open":
        return undefined;
      case "unknown":
        return unreadable(this.#ports, name, answer.reason, about);
      case "refused":
        return failure("PoolUnusable", answer.pool, answer.reason, about);
      case "disagrees":
        return disagreement(
          { network, overlapping, holder: { attachment: { definition: name } } },
          answer.pool,
          answer.definition,
        );
      default:
        return answer satisfies never;
    }
  }
}

function servedRange({ range, gateway }: RangeSource): ServedRange {
  const { family, first, last } = range;
  const excluded = [...eachInterval(range.excluded)].map((interval) => ({
    first: knownAddress(family, interval.first),
    last: knownAddress(family, interval.last),
  }));
  return { pool: formatPrefix(range.prefix), first, last, excluded, gateway };
}
