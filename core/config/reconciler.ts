/**
 * The reconciler's settings: flags win over the environment, which wins over the defaults.
 *
 * @module
 */
import type { Fault } from "./definition.ts";
import { faultList, type Note } from "./fault-list.ts";
import { readShape } from "./read-shape.ts";
import {
  type ReconcilerFile,
  type ReconcilerOptionKey,
  reconcilerOptions,
  reconcilerSchema,
  type ReconcilerSwitchKey,
} from "./reconciler-schema.ts";

export type ReconcilerSettings = Omit<ReconcilerFile, "nodeName"> & {
  /** This machine's Node. */
  readonly nodeName: string;
};

export type ReconcilerInput = {
  readonly flags: { readonly [key in ReconcilerOptionKey]?: string | undefined } & {
    readonly [key in ReconcilerSwitchKey]?: boolean | undefined;
  };
  /** The whole environment. An empty variable counts as not set. */
  readonly env: { readonly [name: string]: string | undefined };
  readonly hostName: string;
};

export type LoadedReconciler =
  | { readonly kind: "settings"; readonly settings: ReconcilerSettings }
  | { readonly kind: "faults"; readonly faults: readonly Fault[] };

/** Faults say where they stand: `--grace` or `BERTH_GRACE`. */
export function loadReconcilerSettings(input: ReconcilerInput): LoadedReconciler {
  const { faults, note } = faultList();
  const given = read(input, note);
  checkByHand(input.flags, note);
  if (faults.length > 0) return { kind: "faults", faults };
  const settings = reconcilerSchema.parse(given);
  const { node = "", nodeName = input.hostName.toLowerCase() } = settings;
  for (const [at, name] of [["--node-name", nodeName] as const, ["--node", node] as const]) {
    // No Node has such a name: nothing of it would be found.
    if (name !== name.toLowerCase()) note([at], name, `lower case, as Kubernetes calls a node: ${name.toLowerCase()}`);
  }
  return faults.length > 0 ? { kind: "faults", faults } : { kind: "settings", settings: { ...settings, nodeName } };
}

function read({ flags, env }: ReconcilerInput, note: Note): object {
  const { once, dryRun, all } = flags;
  const given = new Map<string, unknown>(Object.entries({ once, dryRun, all }));
  for (const { key, flag, variables } of reconcilerOptions) {
    const name = variables.find((variable) => (env[variable] ?? "") !== "") ?? "";
    for (const [at, value] of [[name, env[name]] as const, [flag, flags[key]] as const]) {
      if (value === undefined) continue;
      readShape(reconcilerSchema.shape[key], value, { at: [at], note });
      given.set(key, value);
    }
  }
  return Object.fromEntries(given);
}

/** What a run by hand has, and the schedule's has not. */
function checkByHand({ once, dryRun, all, node, output }: ReconcilerInput["flags"], note: Note): void {
  if (node !== undefined && all === true) note(["--node"], node, "no --all beside it");
  if (once === true || dryRun === true) return;
  const said = { "--node": node, "--output": output, "--all": all === true ? "" : undefined };
  for (const [flag, value] of Object.entries(said))
    if (value !== undefined) note([flag], value, "--once or --dry-run beside it");
}
