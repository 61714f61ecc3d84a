/**
 * What is seen of pods in one sweep: one list for all, and an uncached read of those that count (P17, F35).
 *
 * @module
 */
import type { Cluster, LivingPods, NodeHealth } from "../ports/cluster.ts";
import type { KnownPod } from "./staleness.ts";

/** `missing`: it seems gone. `unknown`: nobody could be asked. */
export type PodSight = "lives" | "missing" | "unknown";

/** Where a list proves itself wrong, at most so many pods are read one by one instead. */
const firstReadsMax = 20;
/** After so many reads without an answer the API server is left alone until the next sweep. */
const failuresMax = 3;

export class PodSights {
  readonly #cluster: Cluster;
  readonly #standing: ReadonlySet<string>;
  #list: Promise<ReadonlySet<string> | "failed" | "impossible"> | undefined;
  #node: Promise<NodeHealth> | undefined;
  /** By uid: the interfaces of a pod share what is read of it. */
  readonly #reads = new Map<string, Promise<PodSight>>();
  #firstReads = 0;
  #failures = 0;

  /** @param standing uids of pods whose namespaces stand: they live, whatever a list says */
  constructor(cluster: Cluster, standing: ReadonlySet<string>) {
    this.#cluster = cluster;
    this.#standing = standing;
  }

  /** Whether anything could not be asked. */
  get isShort(): boolean {
    return this.#failures > 0;
  }

  /** By a list that may be old: good enough to make a suspect, and to clear one. */
  async first(pod: KnownPod): Promise<PodSight> {
    this.#list ??= this.#cluster.livingPods().then((answer) => this.#believed(answer));
    const uids = await this.#list;
    if (uids === "failed") return "unknown";
    if (uids !== "impossible") return uids.has(pod.uid) ? "lives" : "missing";
    this.#firstReads += 1;
    return this.#firstReads > firstReadsMax ? "unknown" : this.second(pod);
  }

  /** As it is now. */
  second(pod: KnownPod): Promise<PodSight> {
    const known = this.#reads.get(pod.uid);
    if (known !== undefined) return known;
    if (this.#failures >= failuresMax) return Promise.resolve("unknown");
    const reading = this.#read(pod);
    this.#reads.set(pod.uid, reading);
    return reading;
  }

  /** This node's Node, read once. */
  async node(): Promise<NodeHealth> {
    this.#node ??= this.#cluster.nodeHealth();
    const health = await this.#node;
    if (health.kind === "unknown") this.#failures += 1;
    return health;
  }

  /** A list without any of those that live here is none of this node's, or comes from a cache that has not begun (P17). */
  #believed(answer: LivingPods): ReadonlySet<string> | "failed" | "impossible" {
    if (answer.kind === "unknown") {
      this.#failures += 1;
      return "failed";
    }
    const isPossible = this.#standing.size === 0 || [...this.#standing].some((uid) => answer.uids.has(uid));
    return isPossible ? answer.uids : "impossible";
  }

  async #read(pod: KnownPod): Promise<PodSight> {
    const lives = await this.#cluster.podLives(pod);
    if (lives !== undefined) return lives ? "lives" : "missing";
    this.#failures += 1;
    return "unknown";
  }
}
