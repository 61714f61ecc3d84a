/**
 * Who may import whom (DESIGN 2), in dependency-cruiser's words. `read-imports.ts` applies it; `test/arch/imports.test.ts`
 * shows that each rule bites: `test/arch/planted/imports` is laid out as the tree is, and breaks every rule.
 *
 * @module
 */
import type { IForbiddenRuleType } from "dependency-cruiser";

/** Where packages are, for rules and for the reader, which does not look into them. */
export const npm = "(^|/)node_modules/";
/** Node's own modules are called "core" there. */
const builtins = ["core"] as const;

/** No adapter of a port, but one careful call that every directory is made with. */
const shared = "^adapters/system/make-directory\\.ts$";

/** What each adapter may load: its one library, or none. zod here is a type only: the schemas are core's. */
const libraries = {
  admin: "zod",
  cron: "cron-parser",
  kube: "@kubernetes/client-node",
  netns: "",
  observe: "pino|prom-client",
  spool: "",
  sqlite: "",
  system: "",
};

export const importRules: readonly IForbiddenRuleType[] = [
  {
    name: "core-ground",
    comment: "core/ip, core/ports and core/failure import only each other",
    from: { path: "^core/(ip|ports|failure)/", pathNot: "^core/ports/admin\\.ts$" },
    to: { pathNot: "^core/(ip|ports|failure)/" },
  },
  {
    name: "core-ground-admin",
    comment:
      "the admin port may also name the bodies of its socket, whose only declaration are the schemas in core/config",
    from: { path: "^core/ports/admin\\.ts$" },
    to: { pathNot: "^core/((ip|ports|failure)/|config/admin\\.ts$)" },
  },
  {
    name: "core-alone",
    comment: "core imports core, and zod in core/config; nothing of Node, no adapter, no program",
    from: { path: "^core/" },
    to: { pathNot: ["^core/", `${npm}zod/`] },
  },
  {
    name: "core-zod-in-config",
    comment:
      "outside text enters through core/config, and through the annotations that core/kube reads: only there are schemas",
    from: { path: "^core/", pathNot: "^core/(config|kube)/" },
    to: { path: npm },
  },
  {
    name: "core-rules-know-no-flow",
    comment: "core/flow is made of the rules, not the other way round",
    from: { path: "^core/(?!flow/)" },
    to: { path: "^core/flow/" },
  },
  {
    name: "kube-knows-no-migrate",
    comment: "the store outlives the changing over: core/migrate is made of core/kube, not the other way round",
    from: { path: "^core/kube/" },
    to: { path: "^core/migrate/" },
  },
  {
    name: "adapter-knows-no-flow",
    comment: "an adapter carries out a port, and knows nothing of the paths that use it",
    from: { path: "^adapters/" },
    to: { path: "^core/(flow|migrate)/" },
  },
  {
    name: "no-circular",
    comment: "files that import each other are one file in two halves",
    from: {},
    to: { circular: true },
  },
  {
    name: "adapter-alone",
    comment: "an adapter imports core and its own folder, never another adapter or a program",
    from: { path: "^adapters/([^/]+)/" },
    to: { pathNot: ["^core/", "^adapters/$1/", shared, npm], dependencyTypesNot: [...builtins] },
  },
  ...Object.entries(libraries).map(([adapter, library]) => ({
    name: "adapter-library",
    comment: "an adapter loads its own library and no other",
    from: { path: `^adapters/${adapter}/` },
    to: { path: npm, ...(library === "" ? {} : { pathNot: `${npm}(${library})/` }) },
  })),
  {
    name: "adapter-library",
    comment: "a new adapter names its library in scripts/import-rules.ts",
    from: { path: "^adapters/", pathNot: `^adapters/(${Object.keys(libraries).join("|")})/` },
    to: { path: npm },
  },
  {
    name: "launcher-alone",
    comment: "the launcher decides nothing: it knows the wire and the versions",
    from: { path: "^cni/launcher/" },
    to: { pathNot: ["^cni/launcher/", "^core/wire/", "^core/cni/version\\.ts$"], dependencyTypesNot: [...builtins] },
  },
  {
    name: "launcher-loads-no-package",
    comment: "a runtime starts it for every call: not even through other files does it load a package",
    from: { path: "^cni/launcher/" },
    to: { path: npm, reachable: true },
  },
  {
    name: "programs-apart",
    comment: "programs never import each other: what two need is core's",
    from: { path: "^(cni/[^/]+|cli|reconciler)/" },
    to: { path: "^(cni/[^/]+|cli|reconciler)/", pathNot: "^$1/" },
  },
  {
    name: "agent-loads-no-package",
    comment:
      "the agent and the reconciler reach libraries through adapters; a type of zod names the schemas they are handed",
    from: { path: "^(cni/agent|reconciler)/" },
    to: { path: npm, dependencyTypesNot: ["type-only"] },
  },
  {
    name: "adapters-built-in-one-place",
    comment:
      "the rest of a program gets ports: only its main.ts (for the agent build-agent.ts and open-store.ts, which the crash suite shares; for the reconciler build-reconciler.ts) knows adapters",
    from: {
      path: "^(cni|cli|reconciler)/",
      pathNot: "^(cni/agent/(main|build-agent|open-store)|cli/main|reconciler/build-reconciler)\\.ts$",
    },
    to: { path: "^adapters/", pathNot: shared },
  },
  {
    name: "nothing-needs-tests",
    comment: "no program imports test/ or scripts/",
    from: { path: "^(core|adapters|cni|cli|reconciler)/" },
    to: { path: "^(test|scripts|bench)/" },
  },
  {
    name: "programs-need-no-dev-package",
    comment: "what a program loads stands under dependencies",
    from: { path: "^(core|adapters|cni|cli|reconciler)/" },
    to: { dependencyTypes: ["npm-dev", "npm-optional", "npm-no-pkg", "npm-unknown"] },
  },
  {
    name: "resolvable",
    comment: "an import that cannot be found is read as nothing",
    from: {},
    to: { couldNotResolve: true },
  },
];
