/**
 * The pods of a node, from one list; where that cannot be right, each is asked for by itself.
 *
 * @module
 */
import type { Pod } from "../../ports/holder.ts";
import type { PodState, Scene } from "../../ports/scene.ts";
import type { PodSight } from "../../reconcile/sight.ts";
import { podSight } from "./pod-sight.ts";

export class PodList {
  readonly #scene: Scene;
  readonly #pods: ReadonlyMap<string, PodState> | undefined;

  private constructor(scene: Scene, pods: ReadonlyMap<string, PodState> | undefined) {
    this.#scene = scene;
    this.#pods = pods;
  }

  /**
   * A list that failed is not believed, nor an empty one of a node that is there: then each pod costs a read of its own.
   *
   * @param mayBeEmpty of a node that is gone
   */
  static async read(scene: Scene, node: string, mayBeEmpty: boolean): Promise<PodList> {
    const answer = await scene.podsOf(node);
    if (answer.kind !== "pods" || (answer.pods.length === 0 && !mayBeEmpty)) return new PodList(scene, undefined);
    return new PodList(scene, new Map(answer.pods.map((pod) => [keyOf(pod), pod])));
  }

  async sight(pod: Pod | undefined): Promise<PodSight> {
    if (pod === undefined || pod.name === "") return { kind: "unnamed" };
    const found = this.#pods === undefined ? await this.#scene.pod(pod) : (this.#pods.get(keyOf(pod)) ?? "absent");
    return podSight(pod, found);
  }
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
