/**
 * What the simulated API server keeps: objects under their keys, one number that rises with every write, and enough of
 * the past to answer from a cache that lags, to go on with a list, and to be restored.
 *
 * @module
 */
import type { KubeObject, Resource } from "../../core/ports/kube-api.ts";

/** Everything at one moment: what a backup of etcd holds. */
export type Backup = { readonly revision: number; readonly collections: Collections };

type Collections = ReadonlyMap<string, ReadonlyMap<string, KubeObject>>;

export type Written = {
  readonly revision: number;
  readonly collection: string;
  readonly key: string;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
};

/** How many writes are remembered: a list that goes on from before them has expired. */
const pastMax = 2000;

export class FakeApiStore {
  #collections = new Map<string, Map<string, KubeObject>>();
  #revision = 1;
  #past: Written[] = [];
  readonly #told = new Set<(written: Written) => void>();

  get revision(): number {
    return this.#revision;
  }

  get(resource: Resource, key: string): KubeObject | undefined {
    return this.#collections.get(collectionOf(resource))?.get(key);
  }

  /** Writes or, with undefined, removes. The caller has put `revision + 1` into the object. */
  put(resource: Resource, key: string, object: KubeObject | undefined): void {
    const name = collectionOf(resource);
    const collection = this.#collections.get(name) ?? new Map<string, KubeObject>();
    this.#collections.set(name, collection);
    this.#revision += 1;
    const written = { revision: this.#revision, collection: name, key, before: collection.get(key), after: object };
    this.#past.push(written);
    if (this.#past.length > 2 * pastMax) this.#past = this.#past.slice(-pastMax);
    if (object === undefined) collection.delete(key);
    else collection.set(key, object);
    for (const tell of this.#told) tell(written);
  }

  /** Tells all that was written to a kind after `revision`, and goes on; undefined when that is forgotten. */
  follow(resource: Resource, revision: number, tell: (written: Written) => void): (() => void) | undefined {
    const name = collectionOf(resource);
    if (revision < (this.#past[0]?.revision ?? this.#revision + 1) - 1) return undefined;
    const tellOwn = (written: Written) => {
      if (written.collection === name) tell(written);
    };
    for (const written of this.#past) if (written.revision > revision) tellOwn(written);
    this.#told.add(tellOwn);
    return () => this.#told.delete(tellOwn);
  }

  /** All objects of a kind as they were at `revision`, in the order of keys; undefined when that is forgotten. */
  list(resource: Resource, revision = this.#revision): readonly (readonly [string, KubeObject])[] | undefined {
    const name = collectionOf(resource);
    const now = this.#collections.get(name) ?? new Map<string, KubeObject>();
    const then = revision >= this.#revision ? now : this.#asOf(name, now, revision);
    return then === undefined ? undefined : [...then].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Writes of others that nobody here looks at. */
  advance(by: number): void {
    this.#revision += by;
  }

  backup(): Backup {
    return {
      revision: this.#revision,
      collections: new Map([...this.#collections].map(([name, objects]) => [name, new Map(objects)])),
    };
  }

  /** Goes back in time: also the revision does (P16). */
  restore({ revision, collections }: Backup): void {
    this.#revision = revision;
    this.#collections = new Map([...collections].map(([name, objects]) => [name, new Map(objects)]));
    this.#past = [];
  }

  /** Forgets the past: lists that are under way have expired. */
  forget(): void {
    this.#past = [];
  }

  #asOf(name: string, now: ReadonlyMap<string, KubeObject>, revision: number) {
    const oldest = this.#past[0]?.revision ?? this.#revision + 1;
    if (revision < oldest - 1) return undefined;
    const then = new Map(now);
    for (let at = this.#past.length - 1; at >= 0; at -= 1) {
      const written = this.#past[at];
      if (written === undefined || written.revision <= revision) break;
      if (written.collection !== name) continue;
      if (written.before === undefined) then.delete(written.key);
      else then.set(written.key, written.before);
    }
    return then;
  }
}

function collectionOf({ group, plural }: Resource): string {
  return `${plural}.${group}`;
}
