/**
 * Events on definitions: one for each state of a definition and each thing that is wrong with it, by whichever member.
 *
 * @module
 */
import type { KubeApi } from "../../ports/kube-api.ts";
import type { Log } from "../../ports/log.ts";
import { eventKey, formatEvent, type Teller, type Telling } from "../event.ts";
import { memberOf } from "../member-of.ts";
import { reasonOf } from "../reason.ts";
import { definitions, events } from "../resources.ts";
import type { DefinitionFault } from "./definition-faults.ts";

export type DefinitionEventsNeeds = {
  readonly api: Pick<KubeApi, "create" | "read" | "patch">;
  readonly log: Log;
  readonly teller: Teller;
};

/** So many are remembered as told; 16 characters each. */
const rememberedMax = 10_000;

const reasons = { refused: "BerthRefused", disagrees: "BerthDisagrees" } as const;

/** One for the life of a member. */
export class DefinitionEvents {
  readonly #needs: DefinitionEventsNeeds;
  readonly #told = new Set<string>();

  constructor(needs: DefinitionEventsNeeds) {
    this.#needs = needs;
  }

  /** Never throws. What nobody answered is told when something changes again. */
  async tell(
    { kind, definition, text }: DefinitionFault,
    { uid, resourceVersion }: { readonly uid: string; readonly resourceVersion: string },
  ): Promise<void> {
    const [namespace = "", name = ""] = definition.split("/");
    const key = eventKey(uid, resourceVersion, text);
    if (this.#told.has(key)) return;
    const { api, teller, log } = this.#needs;
    const about = {
      apiVersion: `${definitions.group}/${definitions.version}`,
      kind: definitions.kind,
      namespace,
      name,
      uid,
    };
    const telling: Telling = { type: "Warning", reason: reasons[kind], message: text, about, key };
    const object = formatEvent(telling, teller);
    const answer = await api.create(events, object);
    if (answer.kind === "refused" && answer.reason === "AlreadyExists")
      await this.#again(namespace, object.metadata.name);
    else if (answer.kind !== "object") {
      log.info("Cannot tell of a network definition", { definition, reason: reasonOf(answer) });
      // Who may not make Events there is not asked again and again.
      if (answer.kind === "unknown") return;
    }
    if (this.#told.size >= rememberedMax) this.#told.clear();
    this.#told.add(key);
  }

  /** An earlier member told it: it still stands. */
  async #again(namespace: string, name: string): Promise<void> {
    const { api, teller } = this.#needs;
    const at = { resource: events, namespace, name };
    const found = await api.read(at);
    const count = found.kind === "object" ? memberOf(found.object, "count") : undefined;
    if (typeof count !== "number" || !Number.isSafeInteger(count)) return;
    await api.patch(at, [
      { op: "test", path: "/count", value: count },
      { op: "replace", path: "/count", value: count + 1 },
      { op: "add", path: "/lastTimestamp", value: teller.timestamp(teller.nowMs()) },
    ]);
  }
}
