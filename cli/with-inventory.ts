/**
 * What is known of networks and leases, for as long as a command needs it: from the state file, or from the cluster.
 *
 * @module
 */
import { readInventory } from "../core/kube/inventory.ts";
import type { InventoryQuery, ClusterInventory } from "../core/kube/inventory.ts";
import type { Inventory, OpenedInventory } from "../core/ports/inventory.ts";
import { type ChosenStore, chooseStore, clusterHint } from "./choose-store.ts";
import { withJournal } from "./cluster/journal.ts";
import { refuseEmptyHome } from "./cluster/home-namespace.ts";
import { type OpenedCluster, withCluster } from "./cluster/open-cluster.ts";
import { unreadable } from "./cluster/unreadable.ts";
import { type ExitCode, exitCodes } from "./exit.ts";
import { type Refusal, refusal, startAgent, tell } from "./refusal.ts";
import type { Session } from "./world.ts";

/** What a command looks at. */
export type View = {
  readonly inventory: Inventory;
  readonly store: ChosenStore;
  /** Undefined on the embedded store. */
  readonly cluster: (OpenedCluster & Omit<ClusterInventory, "inventory">) | undefined;
};

export type Looked = InventoryQuery & {
  /** Also in a namespace without pools while another one has some: what was put there by mistake has to be taken away. */
  readonly isAnyHome?: boolean;
};

/** Says which cluster it is about, and what could not be read, on standard error. */
export async function withInventory(
  session: Session,
  query: Looked,
  body: (view: View) => Promise<ExitCode>,
): Promise<ExitCode> {
  const store = await chooseStore(session);
  if (store.kind === "refusal") return tell(session.terminal, store);
  return store.kind === "embedded" ? withStateFile(session, store, body) : withReadCluster(store, query, body);
}

async function withStateFile(
  { world, settings, terminal }: Session,
  store: ChosenStore,
  body: (view: View) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = world.openInventory(settings.stateDir);
  if (opened.kind !== "open") return tell(terminal, closedRefusal(opened));
  try {
    const code = await body({ inventory: opened.inventory, store, cluster: undefined });
    await terminal.tell(`(this machine, ${world.statePath(settings.stateDir)})\n`);
    return code;
  } finally {
    opened.close();
  }
}

function withReadCluster(
  store: Extract<ChosenStore, { kind: "kubernetes" }>,
  { isAnyHome = false, ...query }: Looked,
  body: (view: View) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { session } = store;
  const { terminal } = session;
  return withCluster(session, async (cluster) => {
    const read = await readInventory(cluster, query);
    if (read.kind === "unreadable") return tell(terminal, unreadable(read.what, read.answer));
    const stray = isAnyHome || read.pools.length > 0 ? undefined : await refuseEmptyHome(cluster);
    if (stray !== undefined) return tell(terminal, stray);
    const inventory = query.detail === "counts" ? read.inventory : withJournal(store, read.inventory, query);
    const code = await body({ inventory, store, cluster: { ...cluster, ...read } });
    await terminal.tell(storeLine(cluster.namespace, read.mode));
    for (const gap of read.gaps) await terminal.tell(`(${gap})\n`);
    return code;
  });
}

function storeLine(namespace: string, mode: ClusterInventory["mode"]): string {
  const words = { present: "beside Whereabouts", absent: "without Whereabouts" };
  return `(cluster, namespace ${namespace}, ${mode === undefined ? "mode unknown" : words[mode]})\n`;
}

export function closedRefusal(opened: Exclude<OpenedInventory, { kind: "open" }>): Refusal {
  const message = (expected: string) => `Cannot open state file "${opened.path}": expected ${expected}`;
  switch (opened.kind) {
    case "absent":
      return refusal(
        exitCodes.usage,
        message("a state file that an agent has made"),
        "if the agent has another directory, name it: --state-dir DIR, or BERTH_STATE_DIR",
        startAgent,
        clusterHint,
      );
    case "denied":
      return refusal(exitCodes.denied, message("root, who alone may read it"), "run it with: sudo berthctl");
    case "fault":
      return refusal(exitCodes.usage, opened.message, opened.wayOut);
    default:
      return opened satisfies never;
  }
}
