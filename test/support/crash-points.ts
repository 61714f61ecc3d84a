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

const crashable = ["store", "journal", "namespaces", "interfaces", "spool", "flatFiles"] as const;

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
  const wrapPort = (port: (typeof crashable)[number]) => {
    const members = Object.entries(ports[port]).map(([name, member]: [string, unknown]) => {
      const isCall = typeof member === "function" && name !== "watch";
      return [name, isCall ? wrapCall(`${port}.${name}`, member as (...args: unknown[]) => unknown) : member];
    });
    return [port, Object.fromEntries(members)];
  };
  return { ...ports, ...Object.fromEntries(crashable.map(wrapPort)) } as FlowPorts;
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
