/**
 * What `berthctl migrate` and `import` work with.
 *
 * @module
 */
import { defaultMigrateLimits } from "../../core/migrate/limits.ts";
import type { MigrateNeeds, Unreachable } from "../../core/migrate/needs.ts";
import { chooseStore } from "../choose-store.ts";
import { refuseEmptyHome } from "../cluster/home-namespace.ts";
import { type OpenedCluster, withCluster } from "../cluster/open-cluster.ts";
import { unreadable } from "../cluster/unreadable.ts";
import type { ExitCode } from "../exit.ts";
import { tell } from "../refusal.ts";
import type { Session } from "../world.ts";

export async function withMigrate(
  session: Session,
  body: (needs: MigrateNeeds) => Promise<ExitCode>,
): Promise<ExitCode> {
  // On a node: with its agent's kubeconfig and namespace, where nothing else was said.
  const store = await chooseStore(session);
  const chosen = store.kind === "kubernetes" ? store.session : session;
  return withCluster(chosen, async (cluster) => {
    // The first request, and not asked again: who waits here would like to know soon that nobody answers.
    const stray = await refuseEmptyHome(cluster);
    return stray === undefined ? body(needsOf(session, cluster)) : tell(session.terminal, stray);
  });
}

function needsOf({ world }: Session, { api, namespace }: OpenedCluster): MigrateNeeds {
  return {
    api,
    namespace,
    clock: world.clock,
    limits: defaultMigrateLimits,
    formatTime: (ms) => new Date(ms).toISOString(),
    parseTime: (text) => {
      const ms = Date.parse(text);
      return Number.isNaN(ms) ? undefined : ms;
    },
  };
}

export function tellUnreachable({ terminal }: Session, { what, answer }: Unreachable): Promise<ExitCode> {
  return tell(terminal, unreadable(what, answer));
}
