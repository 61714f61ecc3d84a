/**
 * What an agent is allowed on a test's API server: exactly the one list, each rule where it applies and no further.
 *
 * @module
 */
import { type AccessRule, agentRules } from "../../core/kube/rules.ts";
import type { PolicyRule } from "./api-server-access.ts";

export const agentPolicy: { readonly rules: readonly PolicyRule[]; readonly rulesHere: readonly PolicyRule[] } = {
  rules: agentRules.filter(({ scope }) => scope === "cluster").map(policyOf),
  rulesHere: agentRules.filter(({ scope }) => scope === "namespace").map(policyOf),
};

function policyOf({ resource, verbs, name }: AccessRule): PolicyRule {
  return {
    apiGroups: [resource.group],
    resources: [resource.plural],
    verbs,
    ...(name === undefined ? {} : { resourceNames: [name] }),
  };
}
