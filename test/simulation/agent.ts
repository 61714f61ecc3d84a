/**
 * One life of one agent: the real paths over simulated ports. When it is killed nothing it waits for ever comes, and what it
 * has sent is on its way.
 *
 * @module
 */
import { createKubeCluster } from "../../core/kube/cluster.ts";
import { Entries } from "../../core/kube/entries.ts";
import { createKubeStore } from "../../core/kube/store.ts";
import type { Mixed } from "../../core/kube/needs.ts";
import { Tide } from "../../core/kube/tide.ts";
import { Flow } from "../../core/flow/flow.ts";
import { defaultLimits, type FlowPorts } from "../../core/flow/ports.ts";
import type { Signal } from "../../core/ports/clock.ts";
import { createFakeApi } from "../support/fake-api.ts";
import { inWords } from "./in-words.ts";
import type { Machine } from "./machine.ts";
import type { World } from "./world.ts";

/** How often an agent looks at its leases, ms. */
const sweepMs = 60_000;

export class Agent {
  readonly flow: Flow;
  readonly died: Promise<"died">;
  readonly #machine: Machine;
  readonly #world: World;
  readonly #mark: string;
  #isAlive = true;
  #listens = false;
  #die: () => void = () => undefined;
  /** Dies at the port call after so many; undefined: lives on. */
  #callsLeft: number | undefined;
  #ids = 0;

  constructor(world: World, machine: Machine, life: number) {
    this.#world = world;
    this.#machine = machine;
    this.#mark = `${machine.id}.${life}`;
    this.died = new Promise((resolve) => {
      this.#die = () => resolve("died");
    });
    this.flow = new Flow(this.#ports());
    void this.#start();
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** It has taken up what the last one left, and answers. */
  get listens(): boolean {
    return this.#isAlive && this.#listens;
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#world.note(() => `${this.#mark}: killed`);
    this.#die();
  }

  killAfter(calls: number): void {
    this.#callsLeft = calls;
  }

  async #start(): Promise<void> {
    for (;;) {
      try {
        await this.flow.start();
        break;
      } catch (error) {
        this.#world.note(() => `${this.#mark}: cannot start: ${String(error)}`);
        await this.#guarded(() => this.#world.schedule.wait(5_000));
      }
    }
    this.#listens = true;
    this.#machine.listen((call) => this.flow.accept(call));
    void this.#sweep();
  }

  async #sweep(): Promise<void> {
    for (;;) {
      await this.#guarded(() => this.#world.schedule.wait(this.flow.reclaiming.pauseMs(sweepMs)));
      try {
        await this.flow.sweep();
      } catch (error) {
        this.#world.note(() => `${this.#mark}: cannot sweep: ${String(error)}`);
      }
    }
  }

  /** One call of the world: a crash point before it and after it. */
  async #guarded<Answer>(call: () => Answer | Promise<Answer>): Promise<Answer> {
    if (!this.#goesOn()) return new Promise(() => undefined);
    const answer = await call();
    return this.#goesOn() ? answer : new Promise(() => undefined);
  }

  #goesOn(): boolean {
    if (this.#isAlive && this.#callsLeft !== undefined) {
      if (this.#callsLeft === 0) this.#machine.killAgent();
      this.#callsLeft -= 1;
    }
    return this.#isAlive;
  }

  #ports(): FlowPorts {
    const { schedule, server } = this.#world;
    const machine = this.#machine;
    const { journal, namespaces, link } = machine;
    const chance = this.#world.chance(`agent ${this.#mark}`);
    const guard =
      <Arguments extends unknown[], Answer>(call: (...args: Arguments) => Promise<Answer>) =>
      (...args: Arguments): Promise<Answer> =>
        this.#guarded(() => call(...args));
    const api = createFakeApi(server, {
      namespace: "kube-system",
      connections: () => link.connections,
      transport: (call, deed) =>
        this.#guarded(async () => {
          this.#world.note(() => `${this.#mark}: ${call.verb} ${call.resource} ${call.name}`);
          const answer = await link.send(deed);
          this.#world.note(() => `${this.#mark}: ${call.verb} ${call.name}: ${inWords(answer)}`);
          return answer;
        }),
    });
    const say = (level: string) => (message: string, fields?: object) =>
      this.#world.note(
        () => `${this.#mark} ${level}: ${message} ${fields === undefined ? "" : JSON.stringify(fields)}`,
      );
    const clock = {
      bootId: machine.bootId,
      bootNs: () => machine.bootNs(),
      nowMs: () => machine.wallMs(),
      wait: (ms: number, signal?: Signal) => this.#guarded(() => schedule.wait(ms, signal)),
    };
    const random = {
      below: (below: bigint) => BigInt(chance.below(Number(below))),
      id: () => `${this.#mark}-${(this.#ids += 1)}`,
    };
    const where = { api, namespace: "kube-system" };
    const mixed: Mixed = { entries: new Entries({ ...where, clock, random }), mode: undefined };
    const kube = { ...where, journal: journal.id, tide: new Tide(), mixed };
    return {
      store: createKubeStore(kube),
      cluster: createKubeCluster({
        ...kube,
        node: machine.name,
        nowMs: clock.nowMs,
        bootId: clock.bootId,
        newAttempt: random.id,
        timestamp: (ms) => new Date(ms).toISOString(),
      }),
      journal: {
        id: journal.id,
        commit: (changes, options) => this.#guarded(() => journal.commit(changes, options)),
        row: guard(journal.row),
        rowsOf: guard(journal.rowsOf),
        rowsOfPod: guard(journal.rowsOfPod),
        rowAt: guard(journal.rowAt),
        page: guard(journal.page),
        count: guard(journal.count),
        resting: guard(journal.resting),
        finished: guard(journal.finished),
        note: guard(journal.note),
        deleted: guard(journal.deleted),
      },
      namespaces: {
        look: guard(async (path: string) => {
          if (machine.isBlind) return { kind: "unreadable", reason: "EACCES" };
          const inode = namespaces.get(path);
          return inode === undefined ? { kind: "absent" } : { kind: "namespace", device: "4", inode };
        }),
        voidReason: guard(async () => (machine.isBlind ? "no mount propagation" : undefined)),
      },
      interfaces: { read: guard(async () => ({ kind: "absent" })) },
      spool: {
        drain: guard(async () => [...machine.spool]),
        take: guard(async (containerId: string, ifName: string) =>
          machine.spool.filter(
            ({ request: { env } }) => env.get("CNI_CONTAINERID") === containerId && env.get("CNI_IFNAME") === ifName,
          ),
        ),
        done: guard(async (call) => machine.unspool(call)),
        watch: () => ({ stop: async () => undefined }),
      },
      flatFiles: { read: guard(async () => undefined) },
      clock,
      random,
      log: { debug: () => undefined, info: say("info"), warn: say("warn"), error: say("error") },
      metrics: { count: () => undefined, set: () => undefined, observe: () => undefined },
      node: machine.name,
      choice: "random",
      limits: defaultLimits,
    };
  }
}
