/**
 * Which definition a call is about, and telling the store once what it serves.
 *
 * @module
 */
import { flatPaths } from "../config/flat-paths.ts";
import { loadDefinition } from "../config/load.ts";
import type { Definition } from "../config/definition.ts";
import { faultsToFailure, formatFault } from "../config/faults-text.ts";
import { type About, type Failure, failure } from "../failure/failure.ts";
import { addressOf } from "../ip/address.ts";
import { eachInterval } from "../ip/interval-set.ts";
import { formatPrefix } from "../ip/prefix.ts";
import type { ServedRange } from "../ports/store.ts";
import type { FlowPorts } from "./ports.ts";

export type ReadDefinition =
  | { readonly kind: "definition"; readonly definition: Definition }
  | { readonly kind: "failure"; readonly failure: Failure };

/** How many definitions are kept as read; the oldest is read again when needed. */
const knownMax = 512;

export class Definitions {
  readonly #ports: FlowPorts;
  /** What the store was told last of each definition, so that only a change costs a write. */
  readonly #served = new Map<string, string>();
  readonly #read = new Map<string, { readonly flat: string | undefined; readonly answer: ReadDefinition }>();

  constructor(ports: FlowPorts) {
    this.#ports = ports;
  }

  /** Failures: InvalidConfig, with every fault. Warnings are logged when a text is read for the first time. */
  async read(configText: string, about: About): Promise<ReadDefinition> {
    const paths = flatPaths(configText);
    const flat = paths.length === 0 ? undefined : await this.#ports.flatFiles.read(paths);
    const known = this.#read.get(configText);
    if (known !== undefined && known.flat === flat?.text) return known.answer;
    const loaded = loadDefinition(configText, flat);
    const answer: ReadDefinition =
      loaded.kind === "faults" ? { kind: "failure", failure: faultsToFailure(loaded.faults, about) } : loaded;
    if (loaded.kind === "definition") this.#warn(loaded.definition);
    this.#read.set(configText, { flat: flat?.text, answer });
    for (const key of this.#read.keys()) {
      if (this.#read.size <= knownMax) break;
      this.#read.delete(key);
    }
    return answer;
  }

  /** Tells the store. Failures: PoolDisagreement, StoreUnreadable. */
  async serve(definition: Definition): Promise<Failure | undefined> {
    if (definition.ranges.length === 0) return undefined;
    const { network, name, overlapping } = definition;
    const ranges = definition.ranges.map(({ range, gateway }): ServedRange => {
      const excluded = [...eachInterval(range.excluded)].flatMap(({ first, last }) => {
        const ends = [addressOf(range.family, first), addressOf(range.family, last)];
        return ends[0] !== undefined && ends[1] !== undefined ? [{ first: ends[0], last: ends[1] }] : [];
      });
      return { pool: formatPrefix(range.prefix), first: range.first, last: range.last, excluded, gateway };
    });
    const print = JSON.stringify([overlapping, ranges], (_key, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    const key = `${network}\0${name}`;
    if (this.#served.get(key) === print) return undefined;
    const answer = await this.#ports.store.open({
      network,
      definition: name,
      overlapping,
      ranges,
      atMs: this.#ports.clock.nowMs(),
    });
    if (answer.kind === "open") {
      this.#served.set(key, print);
      return undefined;
    }
    if (answer.kind === "unknown")
      return failure("StoreUnreadable", name, `a store that can be written: ${answer.reason}`, {
        network,
        definition: name,
      });
    const expected = `enable_overlapping_ranges ${String(!overlapping)}, as definition "${answer.definition}" has it while addresses of the pool are held`;
    return failure("PoolDisagreement", answer.pool, expected, { network, definition: name });
  }

  #warn(definition: Definition): void {
    for (const warning of definition.warnings) {
      this.#ports.log.warn(`A definition has a fault that is passed over: ${formatFault(warning)}`, {
        definition: definition.name,
        network: definition.network,
      });
    }
  }
}
