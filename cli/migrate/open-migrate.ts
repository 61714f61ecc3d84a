/**
 * What `berthctl migrate` and `import` work with.
 *
 * @module
 */
import { defaultMigrateLimits } from "../../core/migrate/limits.ts";
import type { MigrateNeeds, Unreachable } from "../../core/migrate/needs.ts";
import { type OpenedCluster, withCluster } from "../cluster/open-cluster.ts";
import { unreadable } from "../cluster/unreadable.ts";
import type { ExitCode } from "../exit.ts";
import { tell } from "../refusal.ts";
import type { Session } from "../world.ts";

export function withMigrate(session: Session, body: (needs: MigrateNeeds) => Promise<ExitCode>): Promise<ExitCode> {
  return withCluster(session, (cluster) => body(needsOf(session, cluster)));
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
