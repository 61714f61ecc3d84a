/**
 * The lists of what each program may do, as manifests that are pasted: accounts, roles and what binds them.
 *
 * @module
 */
import { type AccessRule, agentRules, reconcilerRules } from "../../core/kube/rules.ts";

const home = "kube-system";
const group = "rbac.authorization.k8s.io";

type Program = { readonly name: string; readonly who: string; readonly rules: readonly AccessRule[] };

const programs = {
  agent: { name: "berth-agent", who: "an agent of Berth", rules: agentRules },
  reconciler: { name: "berth-reconciler", who: "a member of Berth's reconciler", rules: reconcilerRules },
} as const satisfies { readonly [program: string]: Program };

/** `manifests/<program>-rbac.yaml`, to the letter. */
export function formatRbacManifest(program: keyof typeof programs): string {
  const { name, who, rules } = programs[program];
  return [
    [
      `# What ${who} may do on the API server, and no more. Made from core/kube/rules.ts; a test keeps it so.`,
      `# Where the pools are elsewhere: sed s/${home}/NAMESPACE/ manifests/${program}-rbac.yaml | kubectl apply -f -`,
      "apiVersion: v1",
      "kind: ServiceAccount",
      `metadata: { name: ${name}, namespace: ${home} }`,
    ],
    role("ClusterRole", `{ name: ${name} }`, rulesOf("cluster", rules)),
    binding("ClusterRole", name, `{ name: ${name} }`),
    role("Role", `{ name: ${name}, namespace: ${home} }`, rulesOf("namespace", rules)),
    binding("Role", name, `{ name: ${name}, namespace: ${home} }`),
  ]
    .map((lines) => `${lines.join("\n")}\n`)
    .join("---\n");
}

function rulesOf(scope: AccessRule["scope"], rules: readonly AccessRule[]): readonly AccessRule[] {
  return rules.filter((rule) => rule.scope === scope);
}

function role(kind: string, metadata: string, rules: readonly AccessRule[]): readonly string[] {
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

function binding(kind: string, name: string, metadata: string): readonly string[] {
  return [
    `apiVersion: ${group}/v1`,
    `kind: ${kind}Binding`,
    `metadata: ${metadata}`,
    `roleRef: { apiGroup: ${group}, kind: ${kind}, name: ${name} }`,
    `subjects: [{ kind: ServiceAccount, name: ${name}, namespace: ${home} }]`,
  ];
}
