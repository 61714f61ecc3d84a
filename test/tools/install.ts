/**
 * Makes sure the machine has what the demo or the tests need: finds it, or installs it and says so first.
 *
 * @module
 */

import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { installPackages, isDebian, missingPackages, type Purpose } from "./debian.ts";
import { fetchGo, findGo } from "./go.ts";
import { buildPrograms, missingPrograms } from "./go-programs.ts";
import { toolCache } from "./places.ts";

export type Outcome =
  /** Everything is here. */
  | { readonly kind: "ready" }
  /** Only somebody else may install here: `command` is the one command to run. */
  | { readonly kind: "refused"; readonly message: string; readonly command: string }
  | { readonly kind: "failed"; readonly message: string };

/**
 * Finds or installs what `purpose` needs. Costs a few milliseconds when everything is here.
 *
 * @param say - Gets one line before each thing that changes the machine or takes long.
 */
export async function ensureTools(purpose: Purpose, say: (line: string) => void): Promise<Outcome> {
  const packages = await ensurePackages(purpose, say);
  return packages.kind === "ready" && purpose === "test" ? ensurePrograms(say) : packages;
}

async function ensurePackages(purpose: Purpose, say: (line: string) => void): Promise<Outcome> {
  const missing = missingPackages(purpose);
  if (missing.length === 0) return { kind: "ready" };
  const names = missing.map(({ name }) => name);
  const whose = purpose === "demo" ? "the demo" : "the tests";
  if (process.getuid?.() !== 0 || !isDebian()) {
    return {
      kind: "refused",
      message: `Cannot install "${names.join(" ")}" for ${whose}: expected to run as root on Debian`,
      command: `sudo apt-get install -y ${names.join(" ")}`,
    };
  }
  const reasons = missing.map(({ name, why }) => `${name} (${why})`);
  say(`Installing with apt-get what ${whose} need${purpose === "demo" ? "s" : ""}: ${reasons.join(", ")}`);
  const problem = await installPackages(names);
  if (problem !== undefined) {
    return { kind: "failed", message: `Cannot install "${names.join(" ")}": expected apt-get to succeed\n${problem}` };
  }
  const still = missingPackages(purpose).map(({ name }) => name);
  if (still.length === 0) return { kind: "ready" };
  return { kind: "failed", message: `Cannot find "${still.join(" ")}": expected it after its package was installed` };
}

async function ensurePrograms(say: (line: string) => void): Promise<Outcome> {
  const missing = missingPrograms();
  if (missing.length === 0) return { kind: "ready" };
  prepareCache();
  try {
    let go = await findGo();
    if (go === undefined && !isDebian()) {
      const message = "Cannot fetch Go for the tests: expected Go 1.26 or newer here, or Debian to fetch it with";
      return { kind: "refused", message, command: "sudo apt-get install -y golang-go" };
    }
    if (go === undefined) {
      say("Fetching Go into .cache/tools: the tests build pinned programs, and this machine has no recent Go");
      go = await fetchGo();
    }
    say(`Building for the tests, once, from pinned Go modules into .cache/tools (minutes): ${missing.join(", ")}`);
    await buildPrograms(go);
    return { kind: "ready" };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

const anHour = 3_600_000;

/** Makes the tool cache and removes what runs that were killed have left in it; a younger one may still be at work. */
function prepareCache(): void {
  mkdirSync(toolCache, { recursive: true });
  for (const entry of readdirSync(toolCache).filter((name) => name.startsWith("."))) {
    const path = join(toolCache, entry);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > anHour) rmSync(path, { recursive: true, force: true });
  }
}
