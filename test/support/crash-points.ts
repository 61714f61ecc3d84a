/**
 * Numbers every call that the paths make of the world, so that a crash can be put before and after each one. The list is
 * made by the code: a new port call is a new crash point.
 *
 * @module
 */
import type { FlowPorts } from "../../core/flow/ports.ts";

export type CrashPoint = {
  readonly number: number;
  /** `store.claim`, `journal.commit`, … */
  readonly call: string;
  readonly when: "before" | "after";
};

/** Called at each point; a crash is whatever never comes back from here. */
export type AtPoint = (point: CrashPoint) => void | Promise<void>;

/**
 * The ports behind which the world is, and what each of them answers from memory, at once: there nothing can be cut off. Time,
 * chance, logs and metrics are not the world: nothing that anybody relies on is changed by them.
 */
const crashable: {
  readonly [Port in Exclude<
    keyof FlowPorts,
    "clock" | "random" | "log" | "metrics" | "node" | "choice" | "limits"
  >]: readonly (keyof NonNullable<FlowPorts[Port]>)[];
} = {
  store: ["readsFirst", "lateMs"],
  cluster: ["seen", "resume", "falls", "answers", "connections", "tell"],
  journal: ["id"],
  namespaces: [],
  interfaces: [],
  spool: ["watch"],
  flatFiles: [],
};

export function withCrashPoints(ports: FlowPorts, atPoint: AtPoint): FlowPorts {
  let number = 0;
  const wrapCall = (name: string, call: (...args: unknown[]) => unknown) => {
    return async (...args: unknown[]) => {
      await atPoint({ number: ++number, call: name, when: "before" });
      const answer = await call(...args);
      await atPoint({ number: ++number, call: name, when: "after" });
      return answer;
    };
  };
  const wrapPort = (name: string, atOnce: readonly string[]) => {
    const port: object | undefined = Reflect.get(ports, name);
    if (port === undefined) return [name, undefined];
    const members = Object.entries(port).map(([member, value]: [string, unknown]) => {
      const isCall = typeof value === "function" && !atOnce.includes(member);
      return [member, isCall ? wrapCall(`${name}.${member}`, value as (...args: unknown[]) => unknown) : value];
    });
    return [name, Object.fromEntries(members)];
  };
  const wrapped = Object.entries(crashable).map(([name, atOnce]) => wrapPort(name, atOnce));
  return { ...ports, ...Object.fromEntries(wrapped) } as FlowPorts;
}

/** Dies at one point: that call, and every later one, never returns. */
export function dyingAt(number: number): { atPoint: AtPoint; seen: CrashPoint[] } {
  const seen: CrashPoint[] = [];
  const atPoint = (point: CrashPoint) => {
    seen.push(point);
    return point.number >= number ? new Promise<void>(() => undefined) : undefined;
  };
  return { atPoint, seen };
}
