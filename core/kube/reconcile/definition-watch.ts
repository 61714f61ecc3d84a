/**
 * Reports definitions that cannot work as Events on them, as soon as they are written: a person reads
 * `kubectl describe net-attach-def`, and not the log of a node.
 *
 * @module
 */
import type { Clock, Signal } from "../../ports/clock.ts";
import type { KubeApi, KubeObject } from "../../ports/kube-api.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import { followObjects } from "../../reconcile/follow-objects.ts";
import type { Teller } from "../event.ts";
import { type DefinitionSight, readAttachmentDefinition } from "../read-definition.ts";
import { definitions } from "../resources.ts";
import { DefinitionEvents } from "./definition-events.ts";
import { definitionFaults } from "./definition-faults.ts";

export type DefinitionWatchNeeds = {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly teller: Teller;
};

/** What is written together is looked at together. */
const settleMs = 1_000;
/** Beyond so many definitions only the first are watched: about 2 KiB each. */
const definitionsMax = 10_000;
const pageSize = 100;

/** A definition and the object it stands in. */
export type SeenDefinition = {
  readonly sight: DefinitionSight;
  readonly uid: string;
  readonly resourceVersion: string;
};

export function definitionWatch(needs: DefinitionWatchNeeds): {
  readonly name: string;
  readonly run: (signal: Signal) => Promise<void>;
} {
  // What was told is remembered over elections.
  const events = new DefinitionEvents(needs);
  return { name: "definitions", run: (signal) => new Watch(needs, events).run(signal) };
}

class Watch {
  readonly #needs: DefinitionWatchNeeds;
  readonly #events: DefinitionEvents;
  #seen = new Map<string, SeenDefinition>();
  #listed: Map<string, SeenDefinition> | undefined;
  #isChanged = false;
  #wake: () => void = () => undefined;
  /** Of the last failure: told once until another one comes. */
  #failure = "";

  constructor(needs: DefinitionWatchNeeds, events: DefinitionEvents) {
    this.#needs = needs;
    this.#events = events;
  }

  async run(signal: Signal): Promise<void> {
    const followed = this.#follow(signal);
    while (!signal.aborted) {
      await this.#changed(signal);
      await this.#needs.clock.wait(settleMs, signal);
      if (signal.aborted) break;
      this.#isChanged = false;
      await this.#tell(signal);
    }
    await followed;
  }

  #changed(signal: Signal): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isChanged || signal.aborted) return resolve();
      const end = () => {
        signal.removeEventListener("abort", end);
        this.#wake = () => undefined;
        resolve();
      };
      this.#wake = end;
      signal.addEventListener("abort", end);
    });
  }

  #change(): void {
    this.#isChanged = true;
    this.#wake();
  }

  /** A cluster without Multus lacks the kind: then it is looked for again and again, once a minute. */
  #follow(signal: Signal): Promise<void> {
    const follower = {
      begin: () => void (this.#listed = new Map()),
      keep: (object: KubeObject) => this.#keep(object),
      whole: () => {
        this.#seen = this.#listed ?? this.#seen;
        this.#listed = undefined;
        this.#failure = "";
        this.#change();
      },
      removed: (object: KubeObject) => {
        if (this.#seen.delete(keyOf(object))) this.#change();
      },
      failed: (verb: string, why: { readonly kind: string; readonly message?: string; readonly reason: string }) => {
        const reason = why.message ?? why.reason;
        if (reason === this.#failure) return;
        this.#failure = reason;
        this.#needs.log.info("Cannot follow network definitions", { verb, reason });
      },
    };
    return followObjects({ resource: definitions, metadataOnly: false, pageSize }, follower, this.#needs, signal);
  }

  #keep(object: KubeObject): void {
    const into = this.#listed ?? this.#seen;
    const key = keyOf(object);
    const sight = readAttachmentDefinition(object);
    const { uid = "", resourceVersion = "" } = object.metadata;
    const isKnown = into.has(key);
    const isKept = sight !== undefined && (isKnown || into.size < definitionsMax);
    // In its place: the order of definitions is part of what is said of them.
    if (isKept) into.set(key, { sight, uid, resourceVersion });
    else into.delete(key);
    if (this.#listed === undefined && (isKept || isKnown)) this.#change();
  }

  async #tell(signal: Signal): Promise<void> {
    const seen = [...this.#seen.values()];
    for (const fault of definitionFaults(seen.map(({ sight }) => sight))) {
      const about = this.#seen.get(fault.definition);
      if (signal.aborted) return;
      if (about !== undefined) await this.#events.tell(fault, about);
    }
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
