/**
 * `npm run build`: everything that is installed, in `dist/` or the folder that is given.
 *
 * Each file is made aside and then renamed, so that two builds at once, or a program that is being started, never see
 * half a file.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import manifest from "../package.json" with { type: "json" };
import { bundle } from "./build-bundle.ts";
import { bundleLauncher, compileLauncher, findCompiler } from "./build-launcher.ts";

const root = new URL("..", import.meta.url).pathname;
const dist = resolve(process.argv[2] ?? join(root, "dist"));
const { version } = manifest;

/** Programs that are one bundled file each. */
const programs = [
  { entry: "cni/agent/main.ts", out: "agent/main.mjs", name: "the agent" },
  { entry: "reconciler/main.ts", out: "reconciler/main.mjs", name: "the reconciler" },
  { entry: "cli/main.ts", out: "cli/main.mjs", name: "berthctl" },
  { entry: "adapters/kube/access-program.ts", out: "kube/access-program.mjs", name: "the reader of kubeconfigs" },
];

const begun = performance.now();
await mkdir(dist, { recursive: true });
const scratch = await mkdtemp(join(dist, ".build-"));
try {
  const made = await Promise.all([
    make("cni/berth", makeLauncher),
    make("cni/berth.mjs", (out) => bundleLauncher({ out, version, format: "esm" })),
    ...programs.filter(hasEntry).map(({ entry, out, name }) => {
      const make24 = (to: string): Promise<void> =>
        bundle({ entry: join(root, entry), out: to, version, format: "esm", target: "node24", name });
      return make(out, make24);
    }),
  ]);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`Built ${made.map((out) => join(relative("", dist), out)).join(", ")} in ${seconds} s`);
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function make(out: string, write: (path: string) => Promise<void>): Promise<string> {
  const aside = join(scratch, out.replaceAll("/", "-"));
  await write(aside);
  await install(aside, out);
  return out;
}

async function install(aside: string, out: string): Promise<void> {
  const path = join(dist, out);
  await mkdir(dirname(path), { recursive: true });
  await rename(aside, path);
}

/** The C program, or the TypeScript one in its place. */
async function makeLauncher(out: string): Promise<void> {
  const compiler = await findCompiler();
  if (compiler !== undefined) return compileLauncher({ out, version, compiler });
  console.warn(
    "Notice: no C compiler that can link statically, so cni/berth is the TypeScript launcher, which needs Node 20 " +
      "on the host and takes 30 ms a call. For the small one: apt-get install musl-tools",
  );
  await bundleLauncher({ out, version, format: "cjs" });
  // The tree's package.json would make Node take a file without an extension for a module.
  const scope = join(scratch, "package.json");
  await writeFile(scope, '{ "type": "commonjs" }\n');
  await install(scope, "cni/package.json");
}

function hasEntry({ entry, out }: { readonly entry: string; readonly out: string }): boolean {
  const isThere = existsSync(join(root, entry));
  if (!isThere) console.warn(`Notice: ${entry} is not written yet: no ${out}`);
  return isThere;
}
