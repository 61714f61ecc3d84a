/**
 * Kubelets and runtimes: pods come and go, their sandboxes are made, made anew and ended, as untidily as in real clusters.
 *
 * @module
 */
import type { Canceller } from "../../core/ports/clock.ts";
import { createCanceller } from "../../core/flow/canceller.ts";
import type { Chance } from "./chance.ts";
import { definitions } from "./definitions.ts";
import type { Attachment } from "./history.ts";
import type { Interface, Machine } from "./machine.ts";
import type { World } from "./world.ts";

type Sandbox = {
  readonly id: string;
  /** Tells sandboxes apart whose container id is the same. */
  readonly key: string;
  readonly bootId: string;
  /** Among those of its pod, from 1. */
  readonly number: number;
  readonly interfaces: readonly Interface[];
  isStanding: boolean;
};

type Pod = {
  readonly name: string;
  readonly machine: Machine;
  readonly chance: Chance;
  readonly definitions: readonly number[];
  readonly requested: number;
  isWanted: boolean;
  /** The sandbox it runs in: all of its interfaces have addresses. */
  sandbox: Sandbox | undefined;
  /** Sandboxes that were ended: a late DEL may still come for them. */
  readonly past: Sandbox[];
  /** One thing at a time. */
  busy: Promise<void>;
  sandboxes: number;
};

/** How often a kubelet tries before its plan's end; then it waits for calm. */
const triesMax = 4;

export class Kubelet {
  readonly #world: World;
  readonly #pods = new Map<number, Pod>();
  #inodes = 4_026_532_000;

  constructor(world: World) {
    this.#world = world;
  }

  create(index: number, machine: Machine, wants: Pick<Pod, "definitions" | "requested">): void {
    const pod: Pod = {
      ...wants,
      name: `pod-${index}`,
      machine,
      chance: this.#world.chance(`pod ${index}`),
      isWanted: true,
      sandbox: undefined,
      past: [],
      busy: Promise.resolve(),
      sandboxes: 0,
    };
    this.#pods.set(index, pod);
    this.#world.plantPod(pod.name, machine.name);
    this.#inTurn(pod, () => this.#bringUp(pod, triesMax));
  }

  end(index: number): void {
    const pod = this.#pods.get(index);
    if (pod === undefined || !pod.isWanted) return;
    pod.isWanted = false;
    this.#inTurn(pod, async () => {
      const isFirst = pod.chance.is(0.3);
      if (isFirst) this.#world.uprootPod(pod.name);
      await this.#tearDown(pod);
      this.#world.uprootPod(pod.name);
    });
  }

  renewSandbox(index: number): void {
    const pod = this.#pods.get(index);
    if (pod === undefined) return;
    this.#inTurn(pod, async () => {
      if (pod.sandbox === undefined) return;
      await this.#tearDown(pod);
      await this.#bringUp(pod, triesMax);
    });
  }

  repeat(index: number): void {
    const pod = this.#pods.get(index);
    if (pod === undefined) return;
    this.#inTurn(pod, async () => {
      if (pod.sandbox !== undefined) await this.#addAll(pod, pod.sandbox);
    });
  }

  lateDel(index: number): void {
    const pod = this.#pods.get(index);
    const sandbox = pod?.past.at(-1);
    // No runtime ends the sandbox before once its name is in use again.
    if (pod === undefined || sandbox === undefined || sandbox.bootId !== pod.machine.bootId) return;
    if (sandbox.number !== pod.sandboxes) return;
    for (const one of sandbox.interfaces) void pod.machine.del(one, pod.chance.is(0.5), 1);
  }

  /** All sandboxes of a node are gone. Pods that are still wanted come again under their uid. */
  rebooted(machine: Machine): void {
    for (const pod of this.#pods.values()) {
      if (pod.machine !== machine) continue;
      const { sandbox } = pod;
      pod.sandbox = undefined;
      if (sandbox !== undefined) this.#vanish(machine, sandbox);
    }
  }

  bootedAgain(machine: Machine): void {
    for (const pod of this.#pods.values()) {
      if (pod.machine === machine && pod.isWanted) this.#inTurn(pod, () => this.#bringUp(pod, triesMax));
    }
  }

  /** What a GC of one definition lists. */
  valid(machine: Machine, definition: string): readonly { containerID: string; ifname: string }[] {
    return [...this.#pods.values()]
      .filter((pod) => pod.machine === machine)
      .flatMap(({ sandbox }) => sandbox?.interfaces ?? [])
      .filter((one) => one.definition.name === definition)
      .map(({ containerId, ifName }) => ({ containerID: containerId, ifname: ifName }));
  }

  /** After the plan: every pod that is wanted and has no addresses is tried once more, or given up. */
  settle(): void {
    for (const pod of this.#pods.values()) {
      if (pod.isWanted && pod.sandbox === undefined) this.#inTurn(pod, () => this.#bringUp(pod, 2));
    }
  }

  /** Nothing is under way. */
  async isQuiet(): Promise<void> {
    await Promise.all([...this.#pods.values()].map(({ busy }) => busy));
  }

  #inTurn(pod: Pod, work: () => Promise<void>): void {
    pod.busy = pod.busy.then(work);
  }

  async #bringUp(pod: Pod, tries: number): Promise<void> {
    const { chance, machine } = pod;
    for (let attempt = 0; attempt < tries && pod.isWanted; attempt += 1) {
      if (!machine.isOn || pod.sandbox !== undefined) return;
      const sandbox = this.#makeSandbox(pod);
      if (await this.#addAll(pod, sandbox)) {
        if (sandbox.isStanding) {
          pod.sandbox = sandbox;
          return;
        }
      }
      await this.#remove(pod, sandbox);
      await this.#world.schedule.wait(chance.between(200, 12_000));
    }
  }

  async #addAll(pod: Pod, sandbox: Sandbox): Promise<boolean> {
    const { chance, machine } = pod;
    for (const one of sandbox.interfaces) {
      const runtime = createCanceller();
      if (chance.is(0.05)) this.#giveUpAfter(runtime, chance.between(1, 20_000));
      const printed = await machine.add(one, runtime.signal);
      runtime.cancel();
      this.#world.note(() => `${one.containerId} ${one.ifName}: ADD ${JSON.stringify(printed)}`);
      if (printed.kind === "failed") {
        this.#world.refused(one.definition, printed);
        return false;
      }
      if (sandbox.isStanding) this.#world.history.answered(attachmentOf(pod, sandbox, one), printed.addresses);
    }
    return true;
  }

  #giveUpAfter(runtime: Canceller, ms: number): void {
    void this.#world.schedule.wait(ms, runtime.signal).then(runtime.cancel);
  }

  async #tearDown(pod: Pod): Promise<void> {
    const { sandbox } = pod;
    if (sandbox === undefined) return;
    pod.sandbox = undefined;
    await this.#remove(pod, sandbox);
  }

  /** DELs and the end of the namespace, in either order; or one without the other. */
  async #remove(pod: Pod, sandbox: Sandbox): Promise<void> {
    const { chance, machine } = pod;
    pod.past.push(sandbox);
    const way = chance.weighted({ tidy: 60, namespaceFirst: 15, noDel: 10, slowDel: 15 });
    if (way === "namespaceFirst" || way === "noDel") this.#vanish(machine, sandbox);
    if (way !== "noDel") {
      const dels = sandbox.interfaces.map((one) => {
        this.#world.history.ended(keyOf(sandbox, one));
        this.#world.note(() => `${one.containerId} ${one.ifName}: DEL`);
        return machine.del(one, chance.is(0.8), way === "slowDel" ? chance.between(1, 20_000) : 1);
      });
      if (way === "slowDel") await this.#world.schedule.wait(chance.between(0, 2_000));
      else await Promise.all(dels);
      if (chance.is(0.1)) for (const one of sandbox.interfaces) await machine.del(one, true, 1);
    }
    if (sandbox.isStanding && chance.is(0.2)) await this.#world.schedule.wait(chance.between(1, 3_000));
    this.#vanish(machine, sandbox);
  }

  #vanish(machine: Machine, sandbox: Sandbox): void {
    if (!sandbox.isStanding) return;
    sandbox.isStanding = false;
    for (const one of sandbox.interfaces) {
      this.#world.history.ended(keyOf(sandbox, one));
      if (machine.bootId === sandbox.bootId) machine.namespaces.delete(one.netns);
    }
  }

  #makeSandbox(pod: Pod): Sandbox {
    const { machine, chance, name } = pod;
    pod.sandboxes += 1;
    const last = pod.past.at(-1);
    // A runtime that names its containers itself uses the name again.
    const isAgain = last !== undefined && !last.isStanding && chance.is(0.1);
    const id = isAgain ? last.id : `${name}-c${pod.sandboxes}`;
    const netns = `/run/netns/${id}`;
    this.#inodes += 1;
    machine.namespaces.set(netns, String(this.#inodes));
    const interfaces = pod.definitions.map((index, at): Interface => {
      const definition = definitions[index];
      if (definition === undefined) throw new Error(`Cannot find definition ${index}`);
      const pick = definition.ranges[0]?.addresses[pod.requested - 1] ?? "";
      return {
        containerId: id,
        ifName: `net${at + 1}`,
        netns,
        pod: { namespace: "default", name, uid: `uid-${name}` },
        definition,
        requested: pod.requested === 0 ? "" : pick,
      };
    });
    const number = pod.sandboxes;
    return { id, key: `${id}#${number}`, number, bootId: machine.bootId, interfaces, isStanding: true };
  }
}

function attachmentOf(pod: Pod, sandbox: Sandbox, one: Interface): Attachment {
  return { key: keyOf(sandbox, one), node: pod.machine.id, pod: pod.name, definition: one.definition };
}

function keyOf(sandbox: Sandbox, one: Interface): string {
  return `${sandbox.key} ${one.ifName}`;
}
