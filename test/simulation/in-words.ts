/**
 * What the API server answered, short, for people who read a replay.
 *
 * @module
 */
import { annotations } from "../../core/kube/labels.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";

/** An object as who holds it, and everything else as its first words. */
export function inWords(answer: unknown): string {
  if (typeof answer !== "object" || answer === null) return String(answer);
  if ("object" in answer) return objectInWords(answer.object as KubeObject);
  if ("items" in answer && Array.isArray(answer.items))
    return `[${(answer.items as KubeObject[]).map(objectInWords).join("; ")}]${tail(answer)}`;
  return JSON.stringify(answer).slice(0, 160);
}

function tail(page: object): string {
  const goesOn = Reflect.get(page, "next") === undefined ? "" : " goes on,";
  return `${goesOn} revision ${String(Reflect.get(page, "resourceVersion"))}`;
}

function objectInWords(object: KubeObject): string {
  const { name, resourceVersion, uid, annotations: marks = {}, deletionTimestamp } = object.metadata;
  const spec = object["spec"] as { readonly podref?: string; readonly allocations?: object } | undefined;
  const contested = marks[annotations.contested];
  return [
    `${name} ${uid}/${resourceVersion}`,
    ...(spec?.podref === undefined ? [] : [`for ${spec.podref}`]),
    ...(marks[annotations.attempt] === undefined ? [] : [`by attempt ${marks[annotations.attempt]}`]),
    ...(contested === undefined ? [] : [`contested by ${contested.slice(0, 200)}`]),
    ...(spec?.allocations === undefined ? [] : [JSON.stringify(spec.allocations)]),
    ...(deletionTimestamp === undefined ? [] : ["on its way out"]),
  ].join(" ");
}
