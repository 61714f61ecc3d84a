/**
 * Kubelets and runtimes: pods come and go, their sandboxes are made, made anew and ended, as untidily as in real clusters.
 *
 * @module
 */
import type { Canceller } from "../../core/ports/clock.ts";
import { createCanceller } from "../../core/flow/canceller.ts";
import type { Interface, Machine, Printed } from "./machine.ts";
import { attachmentOf, keyOf, makeSandbox, type Pod, type Sandbox, type Wants } from "./sandbox.ts";
import { podIsGone } from "./whereabouts-controllers.ts";
import { check, release } from "./orders.ts";
import type { World } from "./world.ts";

/** How often a kubelet tries before its plan's end; then it waits for calm. */
const triesMax = 4;

const abandoned: Printed = { kind: "failed", name: "Abandoned", message: "the runtime waits no longer" };

export class Kubelet {
  readonly #world: World;
  readonly #pods = new Map<number, Pod>();
  /** By the names of pods. */
  readonly machines = new Map<string, Machine>();
  #inodes = 4_026_532_000;

  constructor(world: World) {
    this.#world = world;
  }

  /** @param name of a pod that it comes in place of */
  create(index: number, machine: Machine, wants: Wants, name = `pod-${index}`): void {
    const { definitions: wanted, requested, hasteMs, again } = wants;
    const pod: Pod = {
      definitions: wanted,
      requested,
      hasteMs,
      again,
      name,
      uid: `uid-${index}`,
      stem: `pod-${index}`,
      machine,
      chance: this.#world.chance(`pod ${index}`),
      isWanted: true,
      sandbox: undefined,
      past: [],
      busy: Promise.resolve(),
      sandboxes: 0,
    };
    this.#pods.set(index, pod);
    this.machines.set(name, machine);
    this.#world.plantPod(pod.name, pod.uid, machine.name);
    this.#inTurn(pod, () => this.#bringUp(pod, triesMax));
  }

  end(index: number): void {
    const pod = this.#pods.get(index);
    if (pod === undefined || !pod.isWanted) return;
    pod.isWanted = false;
    this.#inTurn(pod, async () => {
      // Beside Whereabouts the pod's object goes last: its controllers take what they find without one.
      const isFirst = pod.chance.is(0.3) && this.#world.plan.mode === "exclusive";
      if (isFirst) this.#world.uprootPod(pod.name, pod.uid);
      await this.#tearDown(pod);
      this.#world.uprootPod(pod.name, pod.uid);
      if (pod.machine.plugin === "whereabouts") void podIsGone(this.#world, pod.machine, pod.name);
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

  /** CHECK of what it holds finds its leases. */
  check(index: number): void {
    const pod = this.#pods.get(index);
    if (pod === undefined) return;
    this.#inTurn(pod, async () => {
      for (const one of pod.sandbox?.interfaces ?? []) {
        const wasDoubtful = this.#isDoubtful(pod, one);
        const faults = await check(pod.machine, one);
        const isKnown = pod.sandbox !== undefined && !wasDoubtful && !this.#isDoubtful(pod, one);
        const isLost = faults.includes("LeaseMissing") && isKnown && !this.#mayLose(pod);
        if (isLost) this.#world.history.fail("CHECK", `the lease of ${one.containerId} is missing`);
      }
    });
  }

  /** Its object goes by force, its containers stay, and another of its name comes on the next node. */
  replace(index: number, next: number): void {
    const pod = this.#pods.get(index);
    if (pod === undefined || !pod.isWanted) return;
    this.#world.uprootPod(pod.name, pod.uid);
    this.create(next, this.#world.machine(Number(pod.machine.id) + 1), pod, pod.name);
  }

  /** An operator who releases without force never takes what is in use. */
  release(index: number): void {
    const pod = this.#pods.get(index);
    const { sandbox, machine } = pod ?? {};
    const one = sandbox?.interfaces[0];
    if (pod === undefined || machine === undefined || sandbox === undefined || one === undefined) return;
    const [address] = this.#world.history.addressesOf(keyOf(sandbox, one));
    if (address === undefined) return;
    void release(machine, one.definition, address).then((isReleased) => {
      const isUsed = sandbox.isStanding && this.#world.history.addressesOf(keyOf(sandbox, one)).includes(address);
      const isProven = !machine.isBlind && !sandbox.isUnseen;
      if (isReleased && isUsed && isProven)
        this.#world.history.fail("invariant 5", `${address} was released, but ${one.containerId} lives`);
      if (!isReleased) return;
      this.#world.history.ended(keyOf(sandbox, one));
      this.end(index);
    });
  }

  /** An ADD that its runtime no longer waits for may be renewing it; another lease may contest it, as CHECK tells (P15). */
  #isDoubtful({ sandbox }: Pod, one: Interface): boolean {
    const names = sandbox === undefined ? [] : this.#world.history.namesOf(keyOf(sandbox, one));
    return this.#world.proofs.isAdding(one.containerId) || this.#world.contested().some((name) => names.includes(name));
  }

  #mayLose({ machine }: Pod): boolean {
    return this.#world.wasRestored || machine.lostJournal || this.#world.plan.mode === "mixed";
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

  /** Its machine is off and stays so, for all that Kubernetes knows: its pods go from the API. */
  lost(machine: Machine): void {
    this.rebooted(machine);
    for (const [index, pod] of this.#pods) if (pod.machine === machine) this.end(index);
  }

  get pods(): ReadonlyMap<number, Pod> {
    return this.#pods;
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
      this.#inodes += 1;
      const sandbox = makeSandbox(pod, String(this.#inodes), this.#world.mayRepeatIds);
      this.#world.proofs.made(sandbox.id);
      const isUp = (await this.#addAll(pod, sandbox)) || (await this.#tryAgain(pod, sandbox));
      if (isUp && sandbox.isStanding) {
        pod.sandbox = sandbox;
        return;
      }
      await this.#remove(pod, sandbox);
      await this.#world.schedule.wait(chance.between(200, 12_000));
    }
  }

  /** Some try again in the same sandbox first. */
  async #tryAgain(pod: Pod, sandbox: Sandbox): Promise<boolean> {
    if (pod.again === undefined) return sandbox.isStanding && pod.chance.is(0.3) && this.#addAll(pod, sandbox);
    for (let tries = 0; tries < pod.again && sandbox.isStanding; tries += 1) {
      if (await this.#addAll(pod, sandbox)) return true;
      await this.#world.schedule.wait(pod.chance.between(500, 5_000));
    }
    return false;
  }

  async #addAll(pod: Pod, sandbox: Sandbox): Promise<boolean> {
    const { chance, machine } = pod;
    for (const one of sandbox.interfaces) {
      const runtime = createCanceller();
      if (chance.is(0.05)) this.#giveUpAfter(runtime, chance.between(1, 20_000));
      const sinceMs = this.#world.schedule.nowMs;
      sandbox.isUnseen ||= machine.isBlind;
      const { plugin } = machine;
      if (plugin === "berth") this.#world.history.renounced(keyOf(sandbox, one), one.requested);
      const asked = machine.add(one, runtime.signal);
      // A runtime that waits no longer, and lets its plugin live: the DEL comes while the ADD runs.
      const leavesMs = chance.is(0.05) ? chance.between(1, 8_000) : pod.hasteMs;
      const left = leavesMs === undefined ? asked : this.#world.schedule.wait(leavesMs).then(() => abandoned);
      const printed = await Promise.race([asked, left]);
      sandbox.isUnseen ||= machine.isBlind;
      // Where it walked away the plugin lives on, and its answer is read by nobody.
      if (printed !== abandoned) runtime.cancel();
      this.#world.note(() => `${one.containerId} ${one.ifName}: ADD ${JSON.stringify(printed)}`);
      if (printed.kind === "failed") {
        await this.#world.refused(machine, one.definition, { ...printed, sinceMs });
        return false;
      }
      const { addresses } = printed;
      const isProven = plugin === "berth" || this.#world.whereabouts.isProven(one, addresses);
      const attachment = { ...attachmentOf(pod, sandbox, one), plugin, isProven };
      if (sandbox.isStanding) this.#world.answered(attachment, addresses);
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
    const drawn = chance.weighted({ tidy: 60, namespaceFirst: 15, noDel: 10, slowDel: 15 });
    const needsDel = sandbox.isUnseen || this.#world.plan.mode === "mixed";
    const way = drawn === "noDel" && needsDel ? "tidy" : drawn;
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
    if (!sandbox.isUnseen) this.#world.proofs.gone(sandbox.id);
    for (const one of sandbox.interfaces) {
      this.#world.history.ended(keyOf(sandbox, one));
      if (machine.bootId === sandbox.bootId) machine.namespaces.delete(one.netns);
    }
  }
}
