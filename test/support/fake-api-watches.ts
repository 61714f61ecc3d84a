/**
 * Watches of the simulated API server: told at once and in order, for as long as they are not broken off.
 *
 * @module
 */
import type { Signal } from "../../core/ports/clock.ts";
import type { KubeObject, WatchEnd, WatchEvent, WatchQuery } from "../../core/ports/kube-api.ts";
import { fieldTest, labelTest } from "./fake-api-selectors.ts";
import type { FakeApiStore, Written } from "./fake-api-store.ts";

export type FakeWatch = { readonly kind: "watching"; readonly until: (signal: Signal) => Promise<WatchEnd> };

export function createFakeWatches(store: FakeApiStore) {
  const breaks = new Set<() => void>();
  return {
    begin: (query: WatchQuery, onEvent: (event: WatchEvent) => void): FakeWatch | WatchEnd => {
      const labels = labelTest(query.labels);
      const fields = fieldTest(query.resource, query.fields);
      const from = Number(query.resourceVersion);
      if (labels === undefined || fields === undefined) {
        return { kind: "refused", status: 400, reason: "BadRequest", message: "the selector cannot be parsed" };
      }
      if (from > store.revision) return { kind: "unknown", reason: "Too large resource version", mayLand: false };
      const isMeant = (object: KubeObject | undefined): object is KubeObject =>
        object !== undefined &&
        (query.namespace === undefined || object.metadata.namespace === query.namespace) &&
        labels(object) &&
        fields(object);
      const stop = store.follow(query.resource, from, (written) => {
        const event = eventOf(written, isMeant);
        if (event === undefined) return;
        const { metadata } = event.object;
        onEvent(query.metadataOnly ? { ...event, object: { metadata } } : event);
      });
      if (stop === undefined) return { kind: "gone" };
      return { kind: "watching", until: (signal) => end(signal, stop) };
    },
    drop: () => {
      for (const one of breaks) one();
    },
  };

  function end(signal: Signal, stop: () => void): Promise<WatchEnd> {
    return new Promise((resolve) => {
      const finish = (last: WatchEnd) => {
        stop();
        breaks.delete(lost);
        signal.removeEventListener("abort", wanted);
        resolve(last);
      };
      const lost = () => finish({ kind: "unknown", reason: "the connection was dropped", mayLand: false });
      const wanted = () => finish({ kind: "ended" });
      breaks.add(lost);
      signal.addEventListener("abort", wanted);
      if (signal.aborted) wanted();
    });
  }
}

function eventOf(
  { revision, before, after }: Written,
  isMeant: (object: KubeObject | undefined) => object is KubeObject,
) {
  if (isMeant(after)) return { kind: isMeant(before) ? ("modified" as const) : ("added" as const), object: after };
  if (!isMeant(before)) return undefined;
  const metadata = { ...before.metadata, resourceVersion: String(revision) };
  return { kind: "deleted" as const, object: { ...before, metadata } };
}
