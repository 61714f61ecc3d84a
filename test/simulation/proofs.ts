/**
 * What proves a lease stands as long as the lease does (exclusive mode): it stands when the address is answered, nobody removes
 * it while its sandbox lives, and nobody makes it anew for a sandbox that has gone. What a lost journal, or a copy of etcd that
 * was put back, costs is not asked for.
 *
 * @module
 */
import { annotations } from "../../core/kube/labels.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import type { Attachment, History } from "./history.ts";

/** What a call that outlives its ADD takes at most where no request is late, ms. */
const slowMs = 10_000;
/** No request lands later, ms (PROTOCOL, assumptions). */
const lateMs = 91_000;

/** One container's life, as far as it matters to what may be made in its name. */
type Life = { adds: number; lastAddMs: number; goneMs: number | undefined };

export type ProofsNeeds = {
  readonly nowMs: () => number;
  readonly history: History;
  readonly isLate: boolean;
  /** Whether what is kept of this node, or of the cluster, is the truth. */
  readonly isSound: (node: string) => boolean;
  /** Whether this reservation may be made though its sandbox has gone. */
  readonly isKept: (object: KubeObject) => boolean;
};

export class Proofs {
  readonly #needs: ProofsNeeds;
  readonly #lives = new Map<string, Life>();
  /** The container of each reservation that stands, by its name. */
  readonly #standing = new Map<string, string>();

  constructor(needs: ProofsNeeds) {
    this.#needs = needs;
  }

  addBegan(containerId: string): void {
    this.#lifeOf(containerId).adds += 1;
  }

  addEnded(containerId: string): void {
    const life = this.#lifeOf(containerId);
    life.adds -= 1;
    life.lastAddMs = this.#needs.nowMs();
  }

  isAdding(containerId: string): boolean {
    return this.#lifeOf(containerId).adds > 0;
  }

  /** Its namespace stands, perhaps again under this id. */
  made(containerId: string): void {
    this.#lifeOf(containerId).goneMs = undefined;
  }

  gone(containerId: string): void {
    this.#lifeOf(containerId).goneMs = this.#needs.nowMs();
  }

  /** @param object undefined: removed */
  wrote(name: string, object: KubeObject | undefined): void {
    const before = this.#standing.get(name);
    if (object === undefined) {
      this.#standing.delete(name);
      this.#removed(name);
      return;
    }
    const { containerid } = object["spec"] as { readonly containerid: string };
    this.#standing.set(name, containerid);
    // A further reservation comes with its first, as long as that stands (P21).
    const first = object.metadata.annotations?.[annotations.twinOf];
    const isAlone = first === undefined || !this.#standing.has(first);
    if (before === undefined && isAlone && !this.#needs.isKept(object)) this.#created(name, containerid);
  }

  /** Everything may have changed. */
  restored(standing: readonly KubeObject[]): void {
    this.#standing.clear();
    for (const { metadata, spec } of standing)
      this.#standing.set(metadata.name, (spec as { readonly containerid: string }).containerid);
  }

  answered({ key, containerId, node }: Attachment, names: readonly string[]): void {
    if (!this.#needs.isSound(node)) return;
    for (const name of names) {
      const standing = this.#standing.get(name);
      if (standing !== containerId)
        this.#fail("invariant 4", `${key} was answered ${name}, which is ${standing ?? "nobody"}'s`);
    }
  }

  #removed(name: string): void {
    for (const { attachment } of this.#needs.history.leasesOf(name)) {
      if (this.#needs.isSound(attachment.node) && this.#lifeOf(attachment.containerId).goneMs === undefined)
        this.#fail("invariant 5", `${name} was removed while ${attachment.key} holds it`);
    }
  }

  #created(name: string, containerId: string): void {
    const life = this.#lives.get(containerId);
    if (life?.goneMs === undefined || life.adds > 0) return;
    const endMs = Math.max(life.goneMs, life.lastAddMs) + (this.#needs.isLate ? lateMs : slowMs);
    if (this.#needs.nowMs() > endMs) this.#fail("invariant 4", `${name} was made for ${containerId}, which has gone`);
  }

  #lifeOf(containerId: string): Life {
    const life = this.#lives.get(containerId) ?? { adds: 0, lastAddMs: 0, goneMs: undefined };
    this.#lives.set(containerId, life);
    return life;
  }

  #fail(rule: string, what: string): void {
    this.#needs.history.fail(rule, what);
  }
}
