/**
 * What the API server forbids, as the rule that is missing: to be given, and to be asked for again.
 *
 * @module
 */
import { visible } from "../terminal/visible.ts";

export type MissingRule = {
  /** `list ippools.whereabouts.cni.cncf.io in the whole cluster` */
  readonly words: string;
  /** What to run or to ask for next. */
  readonly next: readonly string[];
};

/** How kube-apiserver says it, with every kind of authorizer. */
const denial =
  /cannot (?<verb>[a-z]+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)")?/;

/** @returns undefined when the message does not say it */
export function missingRule(message: string): MissingRule | undefined {
  const { verb, resource, group = "", namespace } = denial.exec(message)?.groups ?? {};
  if (verb === undefined || resource === undefined) return undefined;
  const kind = group === "" ? resource : `${resource}.${group}`;
  const where = namespace === undefined ? "in the whole cluster" : `in namespace ${namespace}`;
  const role = namespace === undefined ? "a ClusterRole" : `a Role in ${namespace}`;
  const flag = namespace === undefined ? "--all-namespaces" : `--namespace ${namespace}`;
  return {
    words: `${verb} ${kind} ${where}`,
    next: [
      `an administrator gives it, by ${role}: { apiGroups: ["${group}"], resources: ["${resource}"], verbs: ["${verb}"] }`,
      `then: kubectl auth can-i ${verb} ${kind} ${flag}`,
    ],
  };
}

/** A message that says no rule, as it is: cut late, and with nothing in it that a terminal obeys. */
export function wholeMessage(message: string): string {
  const most = 600;
  return visible(message.length > most ? `${message.slice(0, most)}…` : message);
}
