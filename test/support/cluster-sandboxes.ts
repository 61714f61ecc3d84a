/**
 * Network namespaces by the thousand: one real one, bound under a path of its own for each sandbox. Whoever looks sees a
 * namespace there, until the sandbox ends.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { run, runOrThrow } from "../tools/process.ts";
import { createNamespace, type Namespace } from "./namespaces.ts";

export type Sandbox = {
  /** `CNI_CONTAINERID`. */
  readonly id: string;
  /** `CNI_NETNS`. */
  readonly path: string;
  /** Takes the path away; twice is fine. */
  readonly end: () => Promise<void>;
};

export type Sandboxes = AsyncDisposable & { readonly create: () => Promise<Sandbox> };

/** Above the numbers that single namespaces have, and in the same form, so that leftovers are found. */
const firstNumber = 1_000_000;

export async function createSandboxes(): Promise<Sandboxes> {
  const real: Namespace = await createNamespace();
  const standing = new Set<Sandbox>();
  let last = firstNumber;
  const create = async (): Promise<Sandbox> => {
    last += 1;
    const number = last;
    const name = `berth-t-${process.pid}-${number}`;
    const path = `${dirname(real.path)}/${name}`;
    writeFileSync(path, "");
    await runOrThrow("mount", ["--bind", real.path, path]);
    const sandbox: Sandbox = {
      id: `${(number - firstNumber).toString(16).padStart(12, "0")}${process.pid.toString(16).padStart(52, "f")}`,
      path,
      end: async () => {
        if (!standing.delete(sandbox)) return;
        await run("ip", ["netns", "delete", name]);
      },
    };
    standing.add(sandbox);
    return sandbox;
  };
  const dispose = async () => {
    await Promise.all([...standing].map((sandbox) => sandbox.end()));
    await real[Symbol.asyncDispose]();
  };
  return { create, [Symbol.asyncDispose]: dispose };
}
