/**
 * What each program is allowed on a test's API server: exactly its one list, each rule where it applies and no further.
 *
 * @module
 */
import { type AccessRule, agentRules, reconcilerRules } from "../../core/kube/rules.ts";
import type { PolicyRule } from "./api-server-access.ts";

type Policy = { readonly rules: readonly PolicyRule[]; readonly rulesHere: readonly PolicyRule[] };

export const agentPolicy: Policy = policyFrom(agentRules);
export const reconcilerPolicy: Policy = policyFrom(reconcilerRules);

function policyFrom(rules: readonly AccessRule[]): Policy {
  const of = (wanted: AccessRule["scope"]) => rules.filter(({ scope }) => scope === wanted).map(policyOf);
  return { rules: of("cluster"), rulesHere: of("namespace") };
}

function policyOf({ resource, verbs, name }: AccessRule): PolicyRule {
  return {
    apiGroups: [resource.group],
    resources: [resource.plural],
    verbs,
    ...(name === undefined ? {} : { resourceNames: [name] }),
  };
}
