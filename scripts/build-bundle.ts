/**
 * One program as one executable JavaScript file.
 *
 * @module
 */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { build } from "esbuild";

export type BundleOptions = {
  readonly entry: string;
  readonly out: string;
  /** What the source finds as `BERTH_VERSION`. */
  readonly version: string;
  readonly format: "esm" | "cjs";
  readonly target: "node20" | "node24";
};

/** Some packages are CommonJS and ask for Node's modules by `require`, which a module does not have. */
const requireInModule = `import { createRequire as berthCreateRequire } from "node:module";
const require = berthCreateRequire(import.meta.url);
`;

/** Writes the bundle to `out`, executable; its folder is made where it is missing. */
export async function bundle(options: BundleOptions): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [options.entry],
    bundle: true,
    write: false,
    platform: "node",
    format: options.format,
    target: options.target,
    define: { BERTH_VERSION: JSON.stringify(options.version) },
    legalComments: "none",
    logLevel: "error",
  });
  const text = outputFiles[0]?.text ?? "";
  const body = text.replace(/^#!.*\n/, "");
  const needsRequire = options.format === "esm" && body.includes("__require(");
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, `#!/usr/bin/env node\n${needsRequire ? requireInModule : ""}${body}`);
  await chmod(options.out, 0o755);
}
