/**
 * The one list of what an agent may do, as the manifest that is pasted: accounts, roles and what binds them.
 *
 * @module
 */
import { type AccessRule, agentRules } from "../../core/kube/rules.ts";

const home = "kube-system";
const group = "rbac.authorization.k8s.io";
const name = "berth-agent";

/** `manifests/agent-rbac.yaml`, to the letter. */
export function formatRbacManifest(): string {
  return [
    [
      "# What an agent of Berth may do on the API server, and no more. Made from core/kube/rules.ts; a test keeps it so.",
      `# Where the pools are elsewhere: sed s/${home}/NAMESPACE/ manifests/agent-rbac.yaml | kubectl apply -f -`,
      "apiVersion: v1",
      "kind: ServiceAccount",
      `metadata: { name: ${name}, namespace: ${home} }`,
    ],
    role("ClusterRole", `{ name: ${name} }`, "cluster"),
    binding("ClusterRole", `{ name: ${name} }`),
    role("Role", `{ name: ${name}, namespace: ${home} }`, "namespace"),
    binding("Role", `{ name: ${name}, namespace: ${home} }`),
  ]
    .map((lines) => `${lines.join("\n")}\n`)
    .join("---\n");
}

function role(kind: string, metadata: string, scope: AccessRule["scope"]): readonly string[] {
  const rules = agentRules.filter((rule) => rule.scope === scope);
  return [`apiVersion: ${group}/v1`, `kind: ${kind}`, `metadata: ${metadata}`, "rules:", ...rules.flatMap(ruleLines)];
}

function ruleLines({ resource, verbs, name: only, why }: AccessRule): readonly string[] {
  return [
    `  # ${why}`,
    `  - apiGroups: ["${resource.group}"]`,
    `    resources: ["${resource.plural}"]`,
    ...(only === undefined ? [] : [`    resourceNames: ["${only}"]`]),
    `    verbs: [${verbs.map((verb) => `"${verb}"`).join(", ")}]`,
  ];
}

function binding(kind: string, metadata: string): readonly string[] {
  return [
    `apiVersion: ${group}/v1`,
    `kind: ${kind}Binding`,
    `metadata: ${metadata}`,
    `roleRef: { apiGroup: ${group}, kind: ${kind}, name: ${name} }`,
    `subjects: [{ kind: ServiceAccount, name: ${name}, namespace: ${home} }]`,
  ];
}
