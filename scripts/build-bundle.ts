/**
 * One program as one executable JavaScript file.
 *
 * @module
 */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { build, type Plugin } from "esbuild";

export type BundleOptions = {
  readonly entry: string;
  readonly out: string;
  /** What the source finds as `BERTH_VERSION`. */
  readonly version: string;
  readonly format: "esm" | "cjs";
  /** The least Node it runs on. Told by the program itself for 24, which has modules that 20 has not. */
  readonly target: "node20" | "node24";
  /** What a person calls it, for when Node is too old. */
  readonly name: string;
};

/** Some packages are CommonJS and ask for Node's modules by `require`, which a module does not have. */
const requireInModule = `import { createRequire as berthCreateRequire } from "node:module";
const require = berthCreateRequire(import.meta.url);
`;

/** Runs before anything else of the program; needs nothing that Node 20 does not have. */
const refuseOldNode = (name: string): string => `if (Number(process.versions.node.split(".")[0]) < 24) {
  const expected = "Node 24 or later (an installed Berth has its own: /usr/lib/berth/node)";
  process.stderr.write(\`Cannot run ${name} on Node "\${process.versions.node}": expected \${expected}\\n\`);
  process.exit(2);
}
`;

/** Imports are loaded before anything runs, and Node 20 has no such module: then nobody could say what is wrong. */
const lateSqlite: Plugin = {
  name: "late-sqlite",
  setup(hooks) {
    const [path, namespace] = ["node:sqlite", "late"];
    hooks.onResolve({ filter: /^node:sqlite$/ }, () => ({ path, namespace }));
    hooks.onLoad({ filter: /^node:sqlite$/, namespace }, () => ({
      contents: `export const { DatabaseSync } = process.getBuiltinModule("${path}");`,
    }));
  },
};

/** Writes the bundle to `out`, executable; its folder is made where it is missing. */
export async function bundle(options: BundleOptions): Promise<void> {
  const isNode24 = options.target === "node24";
  const { outputFiles } = await build({
    entryPoints: [options.entry],
    bundle: true,
    write: false,
    platform: "node",
    format: options.format,
    // Node 20 has to understand a program to the end before it says that it is too old for it.
    target: "node20",
    plugins: isNode24 ? [lateSqlite] : [],
    define: { BERTH_VERSION: JSON.stringify(options.version) },
    legalComments: "none",
    logLevel: "error",
  });
  const text = outputFiles[0]?.text ?? "";
  const body = text.replace(/^#!.*\n/, "");
  const needsRequire = options.format === "esm" && body.includes("__require(");
  const head = `${isNode24 ? refuseOldNode(options.name) : ""}${needsRequire ? requireInModule : ""}`;
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, `#!/usr/bin/env node\n${head}${body}`);
  await chmod(options.out, 0o755);
}
