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
  /** "" for none. Whereabouts does not listen to it. */
  readonly requested: string;
  /** Whether the pool had what was answered: beside Whereabouts' defects it may not. */
  readonly isProven: boolean;
};

/** What is not promised beside Whereabouts. */
function isExcused(a: Lease, b: Lease): boolean {
  const plugins = [a.attachment.plugin, b.attachment.plugin];
  if (!plugins.includes("whereabouts")) return a.isBeside && a.pool !== b.pool;
  // Its own defects between its own pods, and its take-over by the pod's name.
  if (!plugins.includes("berth") || a.attachment.pod === b.attachment.pod) return true;
  // It answered what its pool does not have (A1), or the pools overlap.
  return !a.attachment.isProven || !b.attachment.isProven || a.pool !== b.pool;
}

type Lease = {
  readonly attachment: Attachment;
  readonly address: string;
  readonly name: string;
  readonly pool: string /** Whereabouts ran in this world, and removes reservations by name. */;
  readonly isBeside: boolean;
};

export class History {
  readonly violations: Violation[] = [];
  readonly #nowMs: () => number;
  /** By the name of the object that proves it. */
  readonly #held = new Map<string, readonly Lease[]>();
  readonly #of = new Map<string, readonly Lease[]>();
  readonly #ended = new Set<string>();
  /** Leases that another held, too, beside Whereabouts: they are in conflict, or only one of them can be on record. */
  readonly #shared = new Set<Lease>();
  /** Leases that may have been given back, since another address is asked for. */
  readonly #renounced = new Set<Lease>();
  /** Names of withheld addresses: nobody is answered them. */
  readonly #withheld = new Set<string>();

  readonly #isBeside: boolean;

  /** @param isBeside whether Whereabouts runs, too */
  constructor(nowMs: () => number, isBeside: boolean) {
    this.#nowMs = nowMs;
    this.#isBeside = isBeside;
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
    const isHeard =
      before.every((one) => one.attachment.plugin === "berth") || was.join().includes(attachment.requested);
    const isSound = before.every((one) => one.attachment.isProven && !this.#shared.has(one));
    const isKept = attachment.plugin === "berth" && isHeard && isSound;
    if (isKept && was.length > 0 && was.join() !== addresses.join())
      this.fail("invariant 3", `${attachment.key} was answered ${was.join(", ")} and then ${addresses.join(", ")}`);
    this.#drop(before);
    const leases = addresses.map((address): Lease => {
      const range = rangeOf(attachment.definition, address);
      const name = objectName(attachment.definition, range, address);
      return { attachment, address, name, pool: range?.cidr ?? "", isBeside: this.#isBeside };
    });
    for (const lease of leases) {
      const { address } = lease;
      if (!was.includes(address) && this.isWithheld(attachment.definition, address))
        this.fail("invariant 6", `${address} is withheld and was given to ${attachment.key}`);
      this.#hold(lease);
    }
    this.#of.set(attachment.key, leases);
  }

  /**
   * Its runtime asks for another address than it was given, for Whereabouts does not listen to that: the old one goes back (P11),
   * unless the ADD fails before.
   */
  renounced(key: string, requested: string): void {
    const before = this.#of.get(key) ?? [];
    if (requested === "" || before.some(({ address }) => address === requested)) return;
    for (const lease of before) this.#renounced.add(lease);
  }

  /** Whether what proves it need not stand any more. */
  isRenounced(name: string): boolean {
    return (this.#held.get(name) ?? []).every((lease) => this.#renounced.has(lease));
  }

  /** Its DEL was started, or its sandbox is gone. */
  ended(key: string): void {
    this.#drop(this.#of.get(key) ?? []);
    this.#of.delete(key);
    this.#ended.add(key);
  }

  addressesOf(key: string): readonly string[] {
    return (this.#of.get(key) ?? []).map(({ address }) => address);
  }

  /** The names of what proves it. */
  namesOf(key: string): readonly string[] {
    return (this.#of.get(key) ?? []).map(({ name }) => name);
  }

  /** Whether any interface of this container holds an address. */
  isContainerHolding(containerId: string): boolean {
    return [...this.#held.values()].flat().some(({ attachment }) => attachment.containerId === containerId);
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

  /** Beside Whereabouts there may be more than one. */
  leasesOf(name: string): readonly Pick<Lease, "attachment" | "address">[] {
    return this.#held.get(name) ?? [];
  }

  holderOf(name: string): string | undefined {
    return this.#held.get(name)?.[0]?.attachment.key;
  }

  #hold(lease: Lease): void {
    const others = [...(this.#held.get(lease.name) ?? []), ...this.#everywhere(lease)].filter(
      ({ attachment }) => attachment.key !== lease.attachment.key,
    );
    const other = others.find((one) => !isExcused(one, lease) && !this.#renounced.has(one));
    if (other !== undefined)
      this.fail(
        "invariant 1",
        `${lease.name} is held by ${other.attachment.key} and was given to ${lease.attachment.key}`,
      );
    if (others.length > 0) for (const one of [...others, lease]) this.#shared.add(one);
    this.#held.set(lease.name, [...others.filter(({ name }) => name === lease.name), lease]);
  }

  /** A static address is held in all of its network, whatever its pools are called (P21). */
  #everywhere({ name, address, attachment: { definition } }: Lease): readonly Lease[] {
    const isStatic = (one: SimDefinition) => one.statics.includes(address);
    return [...this.#held.values()]
      .flat()
      .filter(
        (other) =>
          other.name !== name &&
          other.address === address &&
          other.attachment.definition.network === definition.network &&
          (isStatic(definition) || isStatic(other.attachment.definition)),
      );
  }

  #drop(leases: readonly Lease[]): void {
    for (const lease of leases) {
      const left = (this.#held.get(lease.name) ?? []).filter((one) => one !== lease);
      if (left.length === 0) this.#held.delete(lease.name);
      else this.#held.set(lease.name, left);
    }
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
