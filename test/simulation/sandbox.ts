/**
 * Pods and their sandboxes.
 *
 * @module
 */
import type { Chance } from "./chance.ts";
import { definitions } from "./definitions.ts";
import type { Attachment } from "./history.ts";
import type { Interface, Machine } from "./machine.ts";

export type Sandbox = {
  readonly id: string;
  /** Tells sandboxes apart whose container id is the same. */
  readonly key: string;
  readonly bootId: string;
  /** Among those of its pod, from 1. */
  readonly number: number;
  readonly interfaces: readonly Interface[];
  isStanding: boolean;
  /** An ADD of it was made while its namespace could not be opened: only its DEL frees it (P18). */
  isUnseen: boolean;
};

export type Pod = {
  readonly name: string;
  readonly uid: string;
  /** Begins the ids of its containers. */
  readonly stem: string;
  readonly machine: Machine;
  readonly chance: Chance;
  readonly definitions: readonly number[];
  readonly requested: number;
  /** How long its runtime waits for an ADD, ms; undefined: mostly until it ends. */
  readonly hasteMs: number | undefined;
  /** So often its runtime tries again in the same sandbox; undefined: seldom, and once. */
  readonly again: number | undefined;
  isWanted: boolean;
  /** The sandbox it runs in: all of its interfaces have addresses. */
  sandbox: Sandbox | undefined;
  /** Sandboxes that were ended: a late DEL may still come for them. */
  readonly past: Sandbox[];
  /** One thing at a time. */
  busy: Promise<void>;
  sandboxes: number;
};

/** What a plan says of a pod. */
export type Wants = Pick<Pod, "definitions" | "requested"> & Partial<Pick<Pod, "hasteMs" | "again">>;

/**
 * Of one more sandbox of the pod. Its namespace stands from now on.
 *
 * @param mayRepeat whether its container's id may be one that was used before
 */
export function makeSandbox(pod: Pod, inode: string, mayRepeat: boolean): Sandbox {
  const { machine, chance, name, stem, uid } = pod;
  pod.sandboxes += 1;
  const last = pod.past.at(-1);
  // A runtime that names its containers itself uses the name again.
  const isAgain = last !== undefined && !last.isStanding && chance.is(0.1) && mayRepeat;
  const id = isAgain ? last.id : `${stem}-c${pod.sandboxes}`;
  const netns = `/run/netns/${id}`;
  machine.namespaces.set(netns, inode);
  const interfaces = pod.definitions.map((index, at): Interface => {
    const definition = definitions[index];
    if (definition === undefined) throw new Error(`Cannot find definition ${index}`);
    const pick = definition.ranges[0]?.addresses[pod.requested - 1] ?? "";
    return {
      containerId: id,
      ifName: `net${at + 1}`,
      netns,
      pod: { namespace: "default", name, uid },
      definition,
      requested: pod.requested === 0 ? "" : pick,
    };
  });
  const number = pod.sandboxes;
  return {
    id,
    key: `${id}#${number}`,
    number,
    bootId: machine.bootId,
    interfaces,
    isStanding: true,
    isUnseen: false,
  };
}

export function attachmentOf(pod: Pod, sandbox: Sandbox, one: Interface): Omit<Attachment, "plugin" | "isProven"> {
  const { containerId, definition, requested } = one;
  return { key: keyOf(sandbox, one), containerId, node: pod.machine.id, pod: pod.name, definition, requested };
}

export function keyOf(sandbox: Sandbox, one: Interface): string {
  return `${sandbox.key} ${one.ifName}`;
}
