/**
 * An API server that counts what it is asked.
 *
 * @module
 */
import type { KubeApi } from "../../core/ports/kube-api.ts";

export function countingApi(api: KubeApi): { readonly api: KubeApi; readonly requests: () => number } {
  let sent = 0;
  const counted =
    <Args extends readonly unknown[], Answer>(ask: (...args: Args) => Answer) =>
    (...args: Args): Answer => {
      sent += 1;
      return ask(...args);
    };
  return {
    api: {
      ...api,
      create: counted(api.create),
      read: counted(api.read),
      list: counted(api.list),
      patch: counted(api.patch),
      remove: counted(api.remove),
    },
    requests: () => sent,
  };
}
