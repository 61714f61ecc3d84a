/**
 * Whose leases a command is about: those of this machine's agent alone, or those of the cluster.
 *
 * @module
 */
import type { AgentSettings } from "../core/config/agent.ts";
import type { Status } from "./agent.ts";
import { noAgent, type Refusal } from "./refusal.ts";
import type { Session } from "./world.ts";

export type ChosenStore =
  | { readonly kind: "embedded"; readonly status: Status | undefined }
  | {
      readonly kind: "kubernetes";
      /** Of this machine's agent; undefined when none answers, or it has another store. */
      readonly status: Status | undefined;
      /** The session with the agent's kubeconfig and namespace, where nothing else was said. */
      readonly session: Session;
    };

/**
 * First of: `--store`; a kubeconfig or namespace that was named; the store of this machine's agent; the state file of one that
 * does not run; a kubeconfig where kubectl would find it. Cost: a question to the agent, and at the end the kubeconfig is read.
 */
export async function chooseStore(session: Session): Promise<ChosenStore | Refusal> {
  const { world, settings, said } = session;
  const reached = await world.admin(settings.adminSocket).status();
  const status = reached.kind === "answer" && reached.answer.kind === "done" ? reached.answer : undefined;
  const wanted = said.store ?? (said.cluster ? "kubernetes" : status?.store);
  if (wanted !== undefined) return chosen(session, wanted, status);
  const opened = world.openInventory(settings.stateDir);
  if (opened.kind === "open") {
    opened.close();
    return chosen(session, opened.store, status);
  }
  const isDenied = reached.kind === "unreachable" && reached.why === "denied";
  if (isDenied) {
    const refused = noAgent(settings.adminSocket, "denied", reached.reason);
    return { ...refused, next: [...refused.next, clusterHint] };
  }
  if (opened.kind !== "absent") return { kind: "embedded", status };
  const api = await world.openApi(undefined);
  if (api.kind === "fault") return { kind: "embedded", status };
  // Read once: the command goes on with it.
  return { kind: "kubernetes", status, session: { ...session, world: { ...world, openApi: async () => api } } };
}

/** For who looks from another machine. */
export const clusterHint = "to look at a cluster from here, name its kubeconfig: --kubeconfig FILE";

function chosen(session: Session, store: AgentSettings["store"], status: Status | undefined): ChosenStore {
  if (store === "embedded") return { kind: "embedded", status: status?.store === "embedded" ? status : undefined };
  const own = status?.store === "kubernetes" ? status : undefined;
  const settings = completed(session.settings, own?.cluster);
  return { kind: "kubernetes", status: own, session: { ...session, settings } };
}

/** What was said goes before what the agent says. */
function completed(settings: AgentSettings, cluster: Status["cluster"]): AgentSettings {
  if (cluster === undefined) return settings;
  const { kubeconfig = cluster.kubeconfig ?? undefined, namespace = cluster.namespace } = settings;
  return { ...settings, kubeconfig, namespace };
}
