/**
 * What every store must do, run against every store there is: here those that need nothing, in test/system the real API server.
 *
 * @module
 */
import { join } from "node:path";
import { afterEach } from "vitest";
import { createEmbeddedStore } from "../../adapters/sqlite/store.ts";
import { createWriter } from "../../adapters/sqlite/writer.ts";
import { createKubeStore } from "../../core/kube/store.ts";
import { Tide } from "../../core/kube/tide.ts";
import type { Store } from "../../core/ports/store.ts";
import { createFakeApi } from "../support/fake-api.ts";
import { createFakeStore } from "../support/fake-store.ts";
import { opened, temporaryDirectory } from "../support/state-file.ts";
import { describeStore } from "./store-cases.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function embedded(): Promise<Store> {
  const directory = temporaryDirectory();
  const database = opened(join(directory.path, "state.db"));
  cleanups.push(() => database.close(), directory.remove);
  return createEmbeddedStore(database, createWriter(database));
}

async function kubernetes(): Promise<Store> {
  return createKubeStore({ api: createFakeApi(), namespace: "kube-system", journal: "journal-1", tide: new Tide() });
}

describeStore({ name: "the embedded store", create: embedded, changesSetting: true });
describeStore({ name: "the fake in memory", create: async () => createFakeStore(), changesSetting: true });
describeStore({
  name: "the Kubernetes store, over an API server in memory",
  create: kubernetes,
  changesSetting: false,
});
