/**
 * Everything `berthctl` touches, as ports: main.ts builds the real ones.
 *
 * @module
 */
import type { AgentSettings } from "../core/config/agent.ts";
import type { Admin } from "../core/ports/admin.ts";
import type { Clock, Signal } from "../core/ports/clock.ts";
import type { Cron } from "../core/ports/cron.ts";
import type { FlatFiles } from "../core/ports/flat-files.ts";
import type { Host } from "../core/ports/host.ts";
import type { OpenedInventory } from "../core/ports/inventory.ts";
import type { KubeApi, Permission, PermissionAnswer } from "../core/ports/kube-api.ts";
import type { Namespaces } from "../core/ports/namespaces.ts";
import type { Random } from "../core/ports/random.ts";
import type { Terminal } from "./terminal/terminal.ts";

export type TextFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "unreadable"; readonly reason: string };

export type Versions = { readonly version: string; readonly protocol: number; readonly schema: number };

export type OpenedApi =
  | {
      readonly kind: "api";
      readonly api: KubeApi;
      /** Left out: nobody can be asked. */
      readonly may?: AskPermission;
      readonly close: () => void;
    }
  /** `wayOut`: what to run or look at next. */
  | { readonly kind: "fault"; readonly message: string; readonly wayOut: string };

/** Whether whoever asks may do this (SelfSubjectAccessReview). */
export type AskPermission = (permission: Permission) => Promise<PermissionAnswer>;

export type World = {
  readonly versions: Versions;
  readonly env: { readonly [name: string]: string | undefined };
  readonly hostName: string;
  /** @param wantsColours false for --no-color */
  readonly terminal: (wantsColours: boolean) => Terminal;
  /** Reads a whole file, or standard input for "-"; at most a little more than a definition may have. */
  readonly readText: (path: string) => Promise<TextFile>;
  readonly openInventory: (stateDir: string) => OpenedInventory;
  readonly admin: (socket: string) => Admin;
  readonly statePath: (stateDir: string) => string;
  /** The agent's reserve file, and how large a whole one is. */
  readonly reserve: (stateDir: string) => { readonly path: string; readonly bytes: number };
  readonly host: Host;
  readonly namespaces: Namespaces;
  readonly flatFiles: FlatFiles;
  readonly clock: Clock;
  readonly random: Random;
  /** Loaded by the commands that tell when the reconcilers run. */
  readonly cron: () => Promise<Cron>;
  /** @param kubeconfig undefined: KUBECONFIG, ~/.kube/config, or the pod's service account */
  readonly openApi: (kubeconfig: string | undefined) => Promise<OpenedApi>;
  /** Aborts at the first Ctrl-C from now on; the second one ends the program. */
  readonly interruption: () => Signal;
};

/** One start of the program, after its options were read. */
export type Session = {
  readonly world: World;
  readonly terminal: Terminal;
  readonly settings: AgentSettings;
  readonly said: Said;
};

/** What was named by options, environment or file, and is no default. */
export type Said = {
  readonly store: AgentSettings["store"] | undefined;
  /** A kubeconfig or a namespace. */
  readonly cluster: boolean;
};
