/**
 * May whoever asks do all that an agent has to?
 *
 * @module
 */
import { type AccessRule, agentRules } from "../../../core/kube/rules.ts";
import type { PermissionAnswer } from "../../../core/ports/kube-api.ts";
import { fail, type Finding, ok, warn } from "../finding.ts";
import { blocked, type ClusterPatient } from "./patient.ts";

const what = "permissions";

export async function checkPermissions(patient: ClusterPatient): Promise<readonly Finding[]> {
  const { may } = patient;
  if (may === undefined) return [];
  const findings: Finding[] = [];
  let count = 0;
  for (const rule of agentRules) {
    const answers = await Promise.all(
      rule.verbs.map(async (verb) => ({ verb, answer: await may(permissionOf(patient, rule, verb)) })),
    );
    count += answers.length;
    const unknown = answers.find(({ answer }) => answer.kind !== "may")?.answer;
    if (unknown !== undefined && unknown.kind !== "may") return [blocked(what, "the permissions", unknown)];
    const missing = answers.filter(({ answer }) => isDenied(answer)).map(({ verb }) => verb);
    if (missing.length > 0) findings.push(missingRule(patient, rule, missing));
  }
  return findings.length > 0 ? findings : [ok(what, `all ${count} that an agent needs`)];
}

function permissionOf({ cluster }: ClusterPatient, { resource, scope, name }: AccessRule, verb: string) {
  return { verb, resource, namespace: scope === "namespace" ? cluster.namespace : undefined, name };
}

function isDenied(answer: PermissionAnswer): boolean {
  return answer.kind === "may" && !answer.allowed;
}

/** On a node it is the agent's own kubeconfig that is asked with; elsewhere some person's. */
function missingRule(
  { status, cluster }: ClusterPatient,
  { resource, scope, name, why }: AccessRule,
  verbs: readonly string[],
): Finding {
  const kind = resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
  const where = scope === "namespace" ? `in namespace ${cluster.namespace}` : "in all namespaces";
  const object = name === undefined ? kind : `${kind} "${name}"`;
  const flag = scope === "namespace" ? `--namespace ${cluster.namespace}` : "--all-namespaces";
  const next = `give it by RBAC (manifests/agent-rbac.yaml), then run: kubectl auth can-i ${verbs[0]} ${kind}${name === undefined ? "" : `/${name}`} ${flag}`;
  const text = `may not ${verbs.join(", ")} ${object} ${where}: ${why}`;
  return status === undefined ? warn(what, `this user ${text}`, next) : fail(what, text, next);
}
