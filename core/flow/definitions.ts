/**
 * Which definition a call is about: read once from a text, as long as the text and the flat file stay the same.
 *
 * @module
 */
import { faultsToFailure, formatFault } from "../config/faults-text.ts";
import type { Definition } from "../config/definition.ts";
import { flatPaths } from "../config/flat-paths.ts";
import { loadDefinition } from "../config/load.ts";
import type { About, Failure } from "../failure/failure.ts";
import type { FlowPorts } from "./ports.ts";

export type ReadDefinition =
  | { readonly kind: "definition"; readonly definition: Definition }
  | { readonly kind: "failure"; readonly failure: Failure };

/** How many definitions are kept as read, and how long their texts may be together, in UTF-16 units. */
const knownMax = 512;
const knownLengthMax = 4_194_304;

type Known = { readonly flat: string | undefined; readonly answer: ReadDefinition };

export class Definitions {
  readonly #ports: Pick<FlowPorts, "flatFiles" | "log">;
  readonly #known = new Map<string, Known>();
  #knownLength = 0;

  constructor(ports: Pick<FlowPorts, "flatFiles" | "log">) {
    this.#ports = ports;
  }

  /** Failures: InvalidConfig, with every fault. Warnings are logged when a text is read for the first time. */
  async read(configText: string, about: About): Promise<ReadDefinition> {
    const paths = flatPaths(configText);
    const flat = paths.length === 0 ? undefined : await this.#ports.flatFiles.read(paths);
    const known = this.#known.get(configText);
    if (known !== undefined && known.flat === flat?.text) return known.answer;
    const loaded = loadDefinition(configText, flat);
    if (loaded.kind === "faults") return { kind: "failure", failure: faultsToFailure(loaded.faults, about) };
    this.#warn(loaded.definition);
    this.#keep(configText, { flat: flat?.text, answer: loaded });
    return loaded;
  }

  /** The oldest are forgotten, and read again when needed. */
  #keep(text: string, known: Known): void {
    if (!this.#known.has(text)) this.#knownLength += text.length;
    this.#known.set(text, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= knownMax && this.#knownLength <= knownLengthMax) return;
      this.#known.delete(oldest);
      this.#knownLength -= oldest.length;
    }
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
