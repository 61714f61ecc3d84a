/**
 * What an HTTP answer of the API server means. Nothing in it is believed before it was looked at: a proxy may have made it.
 *
 * @module
 */
import type {
  ListAnswer,
  ObjectAnswer,
  PermissionAnswer,
  Probe,
  ReadAnswer,
  Refused,
  RemoveAnswer,
  Unanswered,
  WatchEnd,
  WatchEvent,
} from "../../core/ports/kube-api.ts";
import { field, isKubeObject, isListed, recordIn } from "./kube-object.ts";

export type HttpAnswer = {
  readonly status: number;
  readonly text: string;
};

const wordsMax = 1_000;

export function objectAnswer({ status, text }: HttpAnswer): ObjectAnswer {
  const body = recordIn(text);
  if (!isSuccess(status)) return failed(status, text, body);
  return isKubeObject(body) ? { kind: "object", object: body } : unclear(status);
}

/** @param name of the object that was asked for */
export function readAnswer(answer: HttpAnswer, name: string): ReadAnswer {
  return isAbsent(answer, name) ? { kind: "absent" } : objectAnswer(answer);
}

export function removeAnswer(answer: HttpAnswer, name: string): RemoveAnswer {
  const { status, text } = answer;
  if (isAbsent(answer, name)) return { kind: "absent" };
  const body = recordIn(text);
  if (!isSuccess(status)) return failed(status, text, body);
  if (field(body, "kind") === "Status")
    return field(body, "status") === "Success" ? { kind: "removed" } : unclear(status);
  if (!isKubeObject(body)) return unclear(status);
  return body.metadata.deletionTimestamp === undefined ? { kind: "removed" } : { kind: "leaving", object: body };
}

export function listAnswer({ status, text }: HttpAnswer): ListAnswer {
  const body = recordIn(text);
  if (!isSuccess(status)) return failed(status, text, body);
  // An empty list of metadata has "items": null.
  const items = field(body, "items") ?? [];
  const metadata = field(body, "metadata");
  const resourceVersion = field(metadata, "resourceVersion");
  const next = field(metadata, "continue");
  if (!isListed(items) || typeof resourceVersion !== "string") return unclear(status);
  return { kind: "page", items, next: typeof next === "string" && next !== "" ? next : undefined, resourceVersion };
}

/** What a server says instead of a watch, or as its last word in one. */
export function watchRefusal({ status, text }: HttpAnswer): WatchEnd {
  if (status === 410) return { kind: "gone" };
  const answer = failed(status, text, recordIn(text));
  // It changes nothing, so nothing of it can land.
  return answer.kind === "unknown" ? { ...answer, mayLand: false } : answer;
}

/** One line of a watch; `error` is the server's last word. Undefined: not its own. */
export function watchEvent(text: string): WatchEvent | { readonly kind: "error"; readonly end: WatchEnd } | undefined {
  const line = recordIn(text);
  const object = field(line, "object");
  switch (field(line, "type")) {
    case "ADDED":
      return isKubeObject(object) ? { kind: "added", object } : undefined;
    case "MODIFIED":
      return isKubeObject(object) ? { kind: "modified", object } : undefined;
    case "DELETED":
      return isKubeObject(object) ? { kind: "deleted", object } : undefined;
    case "BOOKMARK": {
      const resourceVersion = field(field(object, "metadata"), "resourceVersion");
      return typeof resourceVersion === "string" ? { kind: "bookmark", resourceVersion } : undefined;
    }
    case "ERROR":
      return {
        kind: "error",
        end: watchRefusal({ status: Number(field(object, "code")), text: JSON.stringify(object) }),
      };
    default:
      return undefined;
  }
}

export function permissionAnswer({ status, text }: HttpAnswer): PermissionAnswer {
  const body = recordIn(text);
  if (!isSuccess(status)) return failed(status, text, body);
  const allowed = field(field(body, "status"), "allowed");
  return typeof allowed === "boolean" ? { kind: "may", allowed } : unclear(status);
}

export function probeAnswer({ status, text }: HttpAnswer, date: string | undefined, tookMs: number): Probe {
  const body = recordIn(text);
  if (!isSuccess(status)) return failed(status, text, body);
  const version = field(body, "gitVersion");
  if (typeof version !== "string") return unclear(status);
  const serverMs = Date.parse(date ?? "");
  return { kind: "up", version: oneLine(version), serverMs: Number.isNaN(serverMs) ? undefined : serverMs, tookMs };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** This object is not there. A resource that is not there (a missing CRD) is answered 404, too, without a name. */
function isAbsent({ status, text }: HttpAnswer, name: string): boolean {
  if (status !== 404) return false;
  const body = recordIn(text);
  return field(body, "reason") === "NotFound" && field(field(body, "details"), "name") === name;
}

function failed(status: number, text: string, body: KubeRecord): Refused | Unanswered {
  const said = field(body, "message");
  const message = oneLine(typeof said === "string" && said !== "" ? said : text);
  const reason = field(body, "reason");
  const isRefused = (status >= 400 && status < 500 && status !== 408) || isTooLarge(status, message);
  if (isRefused) return { kind: "refused", status, reason: typeof reason === "string" ? oneLine(reason) : "", message };
  return { kind: "unknown", reason: `the API server answered ${status}: ${message}`, mayLand: true };
}

type KubeRecord = ReturnType<typeof recordIn>;

/** Turned away by etcd before anything was written (M8). */
function isTooLarge(status: number, message: string): boolean {
  return status === 500 && message.includes("request is too large");
}

function unclear(status: number): Unanswered {
  return {
    kind: "unknown",
    reason: `the API server answered ${status} with something that is not its own`,
    mayLand: true,
  };
}

function oneLine(text: string): string {
  return text
    .slice(0, wordsMax)
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim();
}
