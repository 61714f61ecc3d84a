/**
 * The DaemonSet's member, from its start to its orderly stop.
 *
 * @module
 */
import type { ReconcilerSettings } from "../core/config/reconciler.ts";
import type { Signal } from "../core/ports/clock.ts";
import { buildMember } from "./build-member.ts";
import type { World } from "./build-reconciler.ts";
import { serveProbes } from "./serve-probes.ts";

/** Any file below it: whether new namespaces of the machine are seen there (P18). */
const namespacePath = "/run/netns/any";

/** Rejects in words when it cannot listen. */
export async function runDaemon(world: World, settings: ReconcilerSettings, end: Signal): Promise<void> {
  const { needs, namespace, metricsText } = world;
  const { log, namespaces } = needs;
  const { member, watch } = buildMember(world, settings);
  const probes = await serveProbes({
    http: settings.http,
    metricsText,
    unhealthy: () => watch.unhealthy,
    notReady: async () => {
      const isVoid = await namespaces.voidReason(namespacePath);
      return [...member.notReady, ...(isVoid === undefined ? [] : [isVoid])];
    },
  });
  const { nodeName: node, configMap } = settings;
  log.info("The reconciler runs", { node, namespace, "config-map": configMap, http: probes.http });
  const isVoid = await namespaces.voidReason(namespacePath);
  if (isVoid !== undefined)
    log.error("Cannot prove that namespaces are gone: leases of this node are kept", { isVoid });
  await member.run(end);
  probes.stop();
  log.info("The reconciler has stopped");
}
