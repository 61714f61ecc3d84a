/**
 * The patches of pool entries on the simulated API server.
 *
 * @module
 */
import { createFakeApi } from "../support/fake-api.ts";
import { poolEntriesCases } from "./pool-entries-cases.ts";

poolEntriesCases("the fake in memory", async () => ({ api: createFakeApi(), namespace: "kube-system" }));
