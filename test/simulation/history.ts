/**
 * What is seen from outside: who was answered which address, and when that ended. From the answer of an ADD to the start of
 * its DEL, or the end of its sandbox, an address has one holder.
 *
 * @module
 */
import { objectName, rangeOf, type SimDefinition } from "./definitions.ts";

export type Violation = { readonly rule: string; readonly what: string; readonly atMs: number };

/** One interface of one sandbox. */
export type Attachment = {
  /** Unique in the world: a container id may be used again. */
  readonly key: string;
  readonly node: string;
  readonly pod: string;
  readonly containerId: string;
  readonly definition: SimDefinition;
  readonly plugin: "berth" | "whereabouts";
};

type Lease = { readonly attachment: Attachment; readonly address: string; readonly name: string };

export class History {
  readonly violations: Violation[] = [];
  readonly #nowMs: () => number;
  /** By the name of the object that proves it. */
  readonly #held = new Map<string, Lease>();
  readonly #of = new Map<string, readonly Lease[]>();
  readonly #ended = new Set<string>();
  /** Names of withheld addresses: nobody is answered them. */
  readonly #withheld = new Set<string>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  fail(rule: string, what: string): void {
    this.violations.push({ rule, what, atMs: this.#nowMs() });
  }

  /** The launcher has printed the answer. */
  answered(attachment: Attachment, addresses: readonly string[]): void {
    this.#checkWhole(attachment, addresses);
    // Its DEL was started while it was under way: nobody uses what it says.
    if (this.#ended.has(attachment.key)) return;
    const before = this.#of.get(attachment.key) ?? [];
    const was = before.map(({ address }) => address);
    if (was.length > 0 && was.join() !== addresses.join())
      this.fail("invariant 3", `${attachment.key} was answered ${was.join(", ")} and then ${addresses.join(", ")}`);
    for (const { name } of before) this.#held.delete(name);
    const leases = addresses.map((address): Lease => {
      const name = objectName(attachment.definition, rangeOf(attachment.definition, address), address);
      return { attachment, address, name };
    });
    for (const lease of leases) {
      const { address } = lease;
      if (!was.includes(address) && this.isWithheld(attachment.definition, address))
        this.fail("invariant 6", `${address} is withheld and was given to ${attachment.key}`);
      this.#hold(lease);
    }
    this.#of.set(attachment.key, leases);
  }

  /** Its DEL was started, or its sandbox is gone. */
  ended(key: string): void {
    for (const { name, attachment } of this.#of.get(key) ?? []) {
      if (this.#held.get(name)?.attachment === attachment) this.#held.delete(name);
    }
    this.#of.delete(key);
    this.#ended.add(key);
  }

  addressesOf(key: string): readonly string[] {
    return (this.#of.get(key) ?? []).map(({ address }) => address);
  }

  /** Whether any interface of this container holds an address. */
  isContainerHolding(containerId: string): boolean {
    return [...this.#held.values()].some(({ attachment }) => attachment.containerId === containerId);
  }

  /** An operator keeps it back, in all of its network. */
  withheld(definition: SimDefinition, address: string): void {
    this.#withheld.add(`${definition.network} ${address}`);
  }

  givenBack(definition: SimDefinition, address: string): void {
    this.#withheld.delete(`${definition.network} ${address}`);
  }

  isWithheld(definition: SimDefinition, address: string): boolean {
    return this.#withheld.has(`${definition.network} ${address}`);
  }

  /** What was withheld since may be forgotten. */
  restored(): void {
    this.#withheld.clear();
  }

  /** The names of all objects that must stand: what is held, from outside. */
  names(): readonly string[] {
    return [...this.#held.keys()].sort();
  }

  holderOf(name: string): string | undefined {
    return this.#held.get(name)?.attachment.key;
  }

  #hold(lease: Lease): void {
    const other = this.#held.get(lease.name);
    if (other !== undefined && other.attachment.key !== lease.attachment.key)
      this.fail(
        "invariant 1",
        `${lease.name} is held by ${other.attachment.key} and was given to ${lease.attachment.key}`,
      );
    this.#held.set(lease.name, lease);
  }

  /** One address of each range, each once, and the static ones. */
  #checkWhole({ key, definition }: Attachment, addresses: readonly string[]): void {
    const wanted = definition.ranges.length + definition.statics.length;
    const isWhole =
      addresses.length === wanted &&
      new Set(addresses).size === wanted &&
      definition.ranges.every((range, at) => range.addresses.includes(addresses[at] ?? "")) &&
      definition.statics.every((address) => addresses.includes(address));
    if (!isWhole) this.fail("invariant 2", `${key} was answered ${addresses.join(", ")} for ${definition.name}`);
  }
}
