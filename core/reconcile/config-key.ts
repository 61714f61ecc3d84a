/**
 * Which key of the ConfigMap `whereabouts-config` holds the schedule: OpenShift's name goes before the name of Whereabouts' own manifest.
 *
 * @module
 */
import { type Failure, failure } from "../failure/failure.ts";

const scheduleKeys = ["reconciler_cron_expression", "cron-expression"] as const;

/** The `data` of a ConfigMap, as it came: nothing in it has been looked at. */
export type ConfigData = { readonly [key: string]: unknown };

export type FoundText =
  | {
      readonly kind: "text";
      readonly text: string;
      /** One line for people, where something else is there, too. */
      readonly warning: string | undefined;
    }
  /** `InvalidSchedule`: no key, or nothing in it. */
  | { readonly kind: "failed"; readonly failure: Failure };

export function findScheduleText(data: ConfigData): FoundText {
  const [first, second] = scheduleKeys;
  const present = scheduleKeys.filter((key) => Object.hasOwn(data, key));
  const [key] = present;
  if (key === undefined)
    return { kind: "failed", failure: failure("InvalidSchedule", "", `key ${first} in the ConfigMap`) };
  const value = data[key];
  if (typeof value !== "string" || value.trim() === "") {
    return {
      kind: "failed",
      failure: failure("InvalidSchedule", "", `a cron expression in key ${key}, such as 30 4 * * *`),
    };
  }
  const warning =
    present.length > 1 ? `Key ${first} is in force, and key ${second} beside it is not: remove one of them` : undefined;
  return { kind: "text", text: value, warning };
}
