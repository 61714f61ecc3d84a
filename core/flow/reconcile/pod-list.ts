/**
 * The pods of a node, from one list; where that cannot be right, a few are asked for one by one.
 *
 * @module
 */
import type { Pod } from "../../ports/holder.ts";
import type { PodState, Scene } from "../../ports/scene.ts";
import type { PodSight } from "../../reconcile/sight.ts";
import { podSight } from "./pod-sight.ts";

/** So many are read one by one: a server that could not list is not asked for hundreds of pods instead. */
const readsMax = 20;
/** After so many without an answer, one after the other, it is left alone until the next run. */
const failuresMax = 3;

type Found = Awaited<ReturnType<Scene["pod"]>>;

type Asked = Pick<Scene, "podsOf" | "pod">;

export class PodList {
  readonly #scene: Asked;
  readonly #pods: ReadonlyMap<string, PodState> | undefined;
  /** By name: the interfaces of a pod share what is read of it. */
  readonly #read = new Map<string, Found>();
  #failures = 0;

  private constructor(scene: Asked, pods: ReadonlyMap<string, PodState> | undefined) {
    this.#scene = scene;
    this.#pods = pods;
  }

  /**
   * A list that failed is not believed, nor an empty one of a node that is there: then a pod costs a read of its own.
   *
   * @param mayBeEmpty of a node that is gone
   */
  static async read(scene: Asked, node: string, mayBeEmpty: boolean): Promise<PodList> {
    const answer = await scene.podsOf(node);
    if (answer.kind !== "pods" || (answer.pods.length === 0 && !mayBeEmpty)) return new PodList(scene, undefined);
    return new PodList(scene, new Map(answer.pods.map((pod) => [keyOf(pod), pod])));
  }

  /** To be asked about one pod after the other. */
  async sight(pod: Pod | undefined): Promise<PodSight> {
    if (pod === undefined || pod.name === "") return { kind: "unnamed" };
    const found = this.#pods === undefined ? await this.#one(pod) : (this.#pods.get(keyOf(pod)) ?? "absent");
    return podSight(pod, found);
  }

  async #one(pod: Pod): Promise<Found> {
    const known = this.#read.get(keyOf(pod));
    if (known !== undefined) return known;
    if (this.#failures >= failuresMax || this.#read.size >= readsMax)
      return {
        kind: "unknown",
        reason: "the pods of its node cannot be listed, and too many are left to ask for each",
      };
    const found = await this.#scene.pod(pod);
    this.#read.set(keyOf(pod), found);
    this.#failures = isUnread(found) ? this.#failures + 1 : 0;
    return found;
  }
}

function isUnread(found: Found): boolean {
  return found !== "absent" && "kind" in found;
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
