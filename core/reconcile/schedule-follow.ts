/**
 * Keeps the schedule in force up to date: a watch on the one ConfigMap decides; its mounted file counts only while the API server cannot
 * be read, and not when it shows what the server has already replaced.
 *
 * @module
 */
import { configMaps } from "../kube/resources.ts";
import type { Signal } from "../ports/clock.ts";
import type { Cron } from "../ports/cron.ts";
import type { KubeObject, Refused, Unanswered } from "../ports/kube-api.ts";
import { findScheduleText } from "./config-key.ts";
import { readSchedule } from "./expression.ts";
import { type FollowNeeds, followObjects } from "./follow-objects.ts";
import { afterConfigMap, afterFile, type InForce, unseen } from "./in-force.ts";

export type ScheduleFollowNeeds = FollowNeeds & {
  readonly cron: Cron;
  readonly namespace: string;
  /** Of the ConfigMap. */
  readonly name: string;
  /** The text of the mounted file; undefined: there is none, or it cannot be read. Never throws. */
  readonly readFile: () => Promise<string | undefined>;
};

/** For who reports. Nothing here may throw. */
export type ScheduleHooks = {
  /** Another schedule, another trouble, or trouble that is over. */
  readonly changed: (inForce: InForce) => void;
  /** The ConfigMap cannot be read or watched (told each time), or can again (undefined). */
  readonly reach: (why: Refused | Unanswered | undefined) => void;
};

/** So often the file is looked at while the API server cannot be read. */
const fileMs = 2_000;
/** Texts that the server has shown and replaced; the kubelet brings them late. */
const replacedMax = 16;

export class ScheduleFollow {
  readonly #needs: ScheduleFollowNeeds;
  readonly #hooks: ScheduleHooks;
  #inForce: InForce = unseen;
  #listed: KubeObject | undefined;
  #isListing = false;
  #isUnread = false;
  #shown: string | undefined;
  readonly #replaced = new Set<string>();
  readonly #said = Promise.withResolvers<void>();

  constructor(needs: ScheduleFollowNeeds, hooks: ScheduleHooks) {
    this.#needs = needs;
    this.#hooks = hooks;
  }

  get inForce(): InForce {
    return this.#inForce;
  }

  /** Resolves when the server, or else the file, has been asked once, whatever it said: until then `inForce` is only the default. */
  get said(): Promise<void> {
    return this.#said.promise;
  }

  /** Follows until `end` aborts. Never throws. */
  async run(end: Signal): Promise<void> {
    const { namespace, name } = this.#needs;
    const query = {
      resource: configMaps,
      namespace,
      fields: `metadata.name=${name}`,
      metadataOnly: false,
      pageSize: 2,
    };
    const follower = {
      begin: () => {
        this.#isListing = true;
        this.#listed = undefined;
      },
      keep: (object: KubeObject) => {
        if (this.#isListing) this.#listed = object;
        else this.#see(object);
      },
      whole: () => {
        this.#isListing = false;
        this.#isUnread = false;
        this.#hooks.reach(undefined);
        this.#see(this.#listed);
        this.#said.resolve();
      },
      removed: () => this.#see(undefined),
      failed: (verb: "list" | "watch", why: Refused | Unanswered) => {
        if (verb === "list") this.#isUnread = true;
        this.#hooks.reach(why);
      },
    };
    await Promise.all([followObjects(query, follower, this.#needs, end), this.#followFile(end)]);
  }

  async #followFile(end: Signal): Promise<void> {
    while (!end.aborted) {
      const text = this.#isUnread ? await this.#needs.readFile() : undefined;
      // The server may have answered meanwhile: then it decides.
      if (this.#isUnread) {
        if (text !== undefined && this.#isNews(text.trim())) this.#settle(afterFile(this.#inForce, text, this.#read));
        this.#said.resolve();
      }
      await this.#needs.clock.wait(fileMs, end);
    }
  }

  /** Of a file: the kubelet brings late what the server has shown long ago. */
  #isNews(text: string): boolean {
    return text !== this.#shown && !this.#replaced.has(text);
  }

  #see(object: KubeObject | undefined): void {
    this.#remember(object);
    this.#settle(afterConfigMap(this.#inForce, object, { name: this.#needs.name, read: this.#read }));
  }

  #remember(object: KubeObject | undefined): void {
    const found = findScheduleText(Object(object?.["data"]));
    const shown = found.kind === "text" ? found.text.trim() : undefined;
    if (this.#shown !== undefined && this.#shown !== shown) this.#replaced.add(this.#shown);
    if (shown !== undefined) this.#replaced.delete(shown);
    const [oldest] = this.#replaced;
    if (oldest !== undefined && this.#replaced.size > replacedMax) this.#replaced.delete(oldest);
    this.#shown = shown;
  }

  readonly #read = (text: string) => readSchedule(text, this.#needs.cron, this.#needs.clock.nowMs());

  #settle(next: InForce): void {
    const before = this.#inForce;
    this.#inForce = next;
    if (signOf(before) !== signOf(next)) this.#hooks.changed(next);
  }
}

/** What people are told of; another edition of the ConfigMap alone is nothing new. */
function signOf({ schedule, from, trouble, warning }: InForce): string {
  return JSON.stringify([schedule.text, from, trouble?.failure.message, warning]);
}
