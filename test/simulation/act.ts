/**
 * Makes an operation of the plan happen.
 *
 * @module
 */
import type { Backup } from "../support/fake-api-store.ts";
import type { JournalCopy } from "../support/memory-journal.ts";
import { finish, goBack } from "./change-over.ts";
import { definitions } from "./definitions.ts";
import type { Deed, Operation } from "./deeds.ts";
import * as orders from "./orders.ts";
import { validOf } from "./shown.ts";
import { runMember } from "./member.ts";
import type { World } from "./world.ts";

type Of<Kind extends Deed["kind"]> = Extract<Deed, { kind: Kind }>;

/** Revisions that others write between a copy of etcd and its return. */
const othersWrite = 100_000;

export function order(world: World, { atMs, deed }: Operation): void {
  const { schedule } = world;
  const tell = () => world.note(() => `--- ${JSON.stringify(deed)}`);
  if (deed.kind === "restore") {
    let backup: Backup | undefined;
    schedule.after(atMs - deed.ageMs, () => {
      backup = world.server.backup();
      world.server.advance(othersWrite);
    });
    schedule.after(atMs, () => {
      tell();
      if (backup !== undefined) world.restore(backup);
    });
  } else if (deed.kind === "journal") {
    let copy: JournalCopy | undefined;
    schedule.after(Math.max(0, atMs - deed.ageMs), () => {
      copy = world.machine(deed.node).journal.copy();
    });
    schedule.after(atMs, () => {
      tell();
      world.machine(deed.node).putJournal(deed.isLost ? undefined : copy);
    });
  } else
    schedule.after(atMs, () => {
      tell();
      act(world, deed);
    });
}

// A table of kinds would hide which fields each has.
function act(world: World, deed: Exclude<Deed, Of<"restore" | "journal">>): void {
  const { kubelet } = world;
  switch (deed.kind) {
    case "pod":
      return kubelet.create(deed.pod, world.machine(deed.node), deed);
    case "end":
      return kubelet.end(deed.pod);
    case "sandbox":
      return kubelet.renewSandbox(deed.pod);
    case "repeat":
      return kubelet.repeat(deed.pod);
    case "lateDel":
      return kubelet.lateDel(deed.pod);
    case "check":
      return kubelet.check(deed.pod);
    case "forced":
      return kubelet.replace(deed.pod, deed.next);
    case "release":
      return kubelet.release(deed.pod);
    case "withhold":
      return void withhold(world, deed);
    case "switch":
      return world.machine(deed.node).turnPlugin();
    case "reconcile":
      return world.reconcile();
    case "member":
      return void runMember(world, world.machine(deed.node), deed);
    case "lose":
      return lose(world, deed);
    case "unlist":
      return unlist(world, deed);
    case "fog":
      world.sky.isFoggy = true;
      void world.schedule.wait(deed.forMs).then(() => (world.sky.isFoggy = false));
      return undefined;
    case "hollow":
      world.sky.hollow = deed.isDeaf ? "deaf" : "empty";
      void world.schedule.wait(deed.forMs).then(() => (world.sky.hollow = undefined));
      return undefined;
    case "finish":
      return void finish(world);
    case "back":
      return void goBack(world);
    default:
      return trouble(world, deed);
  }
}

type Trouble = Of<"kill" | "reboot" | "cut" | "outage" | "wallClock" | "gc" | "blind">;

function trouble(world: World, deed: Trouble): void {
  const { schedule } = world;
  switch (deed.kind) {
    case "kill": {
      const machine = world.machine(deed.node);
      const { agent } = machine;
      agent?.killAfter(deed.calls);
      // Whether or not it made so many calls by then.
      void schedule.wait(5_000 + deed.downMs).then(() => {
        if (machine.agent === agent) machine.killAgent();
        machine.startAgent();
      });
      return undefined;
    }
    case "reboot":
      return reboot(world, deed);
    case "cut": {
      const { link } = world.machine(deed.node);
      link.isCut = true;
      void schedule.wait(deed.forMs).then(() => (link.isCut = false));
      return undefined;
    }
    case "outage":
      world.sky.isServerUp = false;
      void schedule.wait(deed.forMs).then(() => (world.sky.isServerUp = true));
      return undefined;
    case "wallClock":
      return world.machine(deed.node).turnWallClock(deed.byMs);
    case "gc":
      return collectGarbage(world, deed.node);
    case "blind": {
      const machine = world.machine(deed.node);
      machine.isBlind = true;
      void schedule.wait(deed.forMs).then(() => (machine.isBlind = false));
      return undefined;
    }
    default:
      return deed satisfies never;
  }
}

function reboot(world: World, { node, downMs }: Of<"reboot">): void {
  const machine = world.machine(node);
  if (!machine.isOn) return;
  machine.turnOff();
  world.kubelet.rebooted(machine);
  void world.schedule.wait(downMs).then(() => {
    machine.turnOn();
    world.kubelet.bootedAgain(machine);
  });
}

/** Kubernetes takes its pods away when somebody says that it is gone. */
function lose(world: World, { node, isDeleted, backMs }: Of<"lose">): void {
  const machine = world.machine(node);
  if (!machine.isOn) return;
  machine.turnOff();
  world.kubelet.lost(machine);
  world.loseNode(machine, isDeleted);
  if (backMs === undefined) return;
  void world.schedule.wait(backMs).then(() => {
    machine.turnOn();
    world.plantNode(machine);
  });
}

function unlist(world: World, { node, forMs }: Of<"unlist">): void {
  const machine = world.machine(node);
  world.loseNode(machine, true);
  void world.schedule.wait(forMs).then(() => world.plantNode(machine));
}

function collectGarbage(world: World, node: number): void {
  const machine = world.machine(node);
  for (const { name } of definitions) {
    const valid = validOf(world.kubelet.pods, machine, name);
    const config = { cniVersion: "1.1.0", name, type: "bridge", "cni.dev/valid-attachments": valid };
    void orders.collectGarbage(machine, JSON.stringify(config));
  }
}

/** Until it is given back no ADD is answered this address. */
async function withhold(world: World, { node, definition, pick, forMs }: Of<"withhold">): Promise<void> {
  const chosen = definitions[definition];
  const address = chosen?.ranges[0]?.addresses[pick];
  if (chosen === undefined || address === undefined) return;
  const machine = world.machine(node);
  const answer = await orders.withhold(machine, chosen, address);
  if (answer === "refused") return;
  if (answer === "done") {
    world.history.withheld(chosen, address);
    await world.schedule.wait(forMs);
    world.history.givenBack(chosen, address);
  }
  // What was ordered in vain may land late.
  else await world.schedule.wait(95_000);
  for (let isFree = false; !isFree; ) {
    // Any node's agent will do when this one is lost.
    const other = world.machines.find(({ isOn }) => isOn) ?? machine;
    isFree = await orders.unwithhold(machine.isOn ? machine : other, chosen, address);
    if (!isFree) await world.schedule.wait(5_000);
  }
}
