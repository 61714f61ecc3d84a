/**
 * One run of one reconciler: the real paths over simulated ports, and its death at any call.
 *
 * @module
 */
import { reconcile } from "../../core/flow/reconcile/reconcile.ts";
import { createScene } from "../../core/kube/reconcile/scene.ts";
import type { Signal } from "../../core/ports/clock.ts";
import type { Unanswered } from "../../core/ports/kube-api.ts";
import type { Scene } from "../../core/ports/scene.ts";
import { reconcileTimes } from "../../core/reconcile/sight.ts";
import { type ApiCall, createFakeApi } from "../support/fake-api.ts";
import { inWords } from "./in-words.ts";
import { defect, type Machine } from "./machine.ts";
import { Link, type Sky } from "./network.ts";
import type { World } from "./world.ts";

export type MemberRun = {
  readonly elected: boolean;
  /** It dies at the call after so many; undefined: it lives. */
  readonly calls: number | undefined;
};

const hollow: ReadonlySet<string> = new Set(["nodes", "pods"]);

/** The same server and the same count, in other weather. */
function fogOver(sky: Sky): Sky {
  return {
    weather: { ...sky.weather, late: 0.5, slow: 0.3 },
    get isServerUp() {
      return sky.isServerUp;
    },
    get inFlight() {
      return sky.inFlight;
    },
    set inFlight(count) {
      sky.inFlight = count;
    },
  };
}

type Asked<Answer> = { readonly call: ApiCall; readonly deed: () => Answer; readonly isUnlucky: () => boolean };

/** What a server that has just begun, or a proxy before it, makes of an answer. */
function through<Answer>(
  { hollow: how }: Sky,
  { call: { verb, resource }, deed, isUnlucky }: Asked<Answer>,
): () => Answer | Unanswered {
  const isEmpty = how === "empty" && verb === "list" && hollow.has(resource);
  if (isEmpty) return () => ({ ...deed(), items: [], next: undefined });
  // Every other list comes through: without those of Berth's own pods nothing would be judged.
  const isDeaf = how === "deaf" && resource === "pods" && (verb === "read" || (verb === "list" && isUnlucky()));
  return isDeaf ? () => ({ kind: "unknown", reason: "the API server answered 500", mayLand: false }) : deed;
}

/** Comes back when the run has ended, or died. */
export async function runMember(world: World, machine: Machine, { elected, calls }: MemberRun): Promise<void> {
  const { schedule, server } = world;
  const { bootId } = machine;
  if (!machine.isOn) return;
  world.memberRuns += 1;
  const mark = `member ${machine.id}.${world.memberRuns}`;
  const link = new Link(schedule, world.sky, world.chance(mark));
  const foggy = new Link(schedule, fogOver(world.sky), world.chance(`${mark} fog`));
  const luck = world.chance(`${mark} luck`);
  let left = calls;
  let die = () => undefined as void;
  const died = new Promise<void>((resolve) => (die = resolve));
  const isAlive = () => machine.bootId === bootId && machine.isOn && left !== -1;
  const guarded = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    if (left !== undefined && left >= 0) left -= 1;
    if (!isAlive()) return end();
    const answer = await call();
    return isAlive() ? answer : end();
  };
  const end = (): Promise<never> => {
    die();
    return new Promise(() => undefined);
  };
  const api = createFakeApi(server, {
    namespace: "kube-system",
    transport: (call, deed) =>
      guarded(async () => {
        link.isCut = foggy.isCut = machine.link.isCut;
        const way = world.sky.isFoggy === true && call.verb === "remove" ? foggy : link;
        const answer = await way.send(through(world.sky, { call, deed, isUnlucky: () => luck.is(0.5) }));
        world.note(() => `${mark}: ${call.verb} ${call.resource} ${call.name}: ${inWords(answer)}`);
        return answer;
      }),
  });
  const clock = {
    bootId,
    bootNs: () => machine.bootNs(),
    nowMs: () => machine.wallMs(),
    wait: (ms: number, signal?: Signal) => guarded(() => schedule.wait(ms, signal)),
  };
  const silent = () => undefined;
  const scene: Scene = createScene({
    api,
    namespace: "kube-system",
    clock,
    random: { id: () => mark, below: () => 0n },
  });
  const needs = {
    scene,
    namespaces: {
      look: (path: string) =>
        guarded(async () => {
          if (machine.isBlind) return { kind: "unreadable" as const, reason: "EACCES" };
          const inode = machine.namespaces.get(path);
          return inode === undefined ? { kind: "absent" as const } : { kind: "namespace" as const, device: "4", inode };
        }),
      voidReason: () => guarded(async () => (machine.isBlind ? "no mount propagation" : undefined)),
    },
    clock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    times: reconcileTimes,
    agentAnswers: () => guarded(async () => undefined),
    // The strictest case: every pod was seen live.
    seen: { has: () => true, note: silent },
    requests: () => 0,
  };
  const run = reconcile(
    needs,
    { own: machine.name, elected },
    {
      isDry: false,
      told: ({ lease, verdict, done }) =>
        world.note(() => `${mark}: ${lease.name} ${JSON.stringify(verdict)} ${done ?? ""}`),
      failed: (what, reason) => world.note(() => `${mark}: cannot finish ${what}: ${reason}`),
    },
  ).catch(defect);
  const ended = await Promise.race([run, died]);
  if (ended !== undefined && "kind" in ended) world.history.fail("no exceptions", ended.message);
}
