/**
 * Whole collections, page by page: all of it as it was at one moment, or nothing.
 *
 * @module
 */
import { expect, test } from "vitest";
import { pods } from "../../../core/kube/resources.ts";
import { readLists } from "../../../core/migrate/lists.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createStage, type Stage } from "../../support/cluster-stage.ts";

const listing = { resource: pods, namespace: "default", pageSize: 2 };

function read(stage: Stage, onList: (calls: number) => void = () => undefined) {
  let calls = 0;
  const api = createFakeApi(stage.server, {
    transport: async ({ verb }, deed) => {
      if (verb === "list") onList((calls += 1));
      return deed();
    },
  });
  return stage.clock.until(readLists(stage.needs(api), [["pods", listing]]));
}

function withPods(): Stage {
  const stage = createStage();
  for (const name of ["a", "b", "c", "d", "e"]) stage.pod(name);
  return stage;
}

async function namesOf(answer: ReturnType<typeof read>): Promise<readonly string[]> {
  const read = await answer;
  if (read.kind !== "lists") throw new Error(read.what);
  return read.of("pods").map(({ metadata }) => metadata.name);
}

test("all pages of a list are read, in their order", async () => {
  expect(await namesOf(read(withPods()))).toEqual(["a", "b", "c", "d", "e"]);
});

test("a list that expired while it was read begins anew: nothing is read twice, and what changed meanwhile is seen", async () => {
  const stage = withPods();
  const names = await namesOf(
    read(stage, (calls) => {
      if (calls !== 3) return;
      stage.remove(pods, "a", "default");
      stage.server.expireLists();
    }),
  );
  expect(names).toEqual(["b", "c", "d", "e"]);
});

test("a list that expires again and again is told, and is not taken for what was read of it", async () => {
  const stage = withPods();
  let calls = 0;
  const answer = await read(stage, (at) => {
    calls = at;
    if (at % 2 === 1) return;
    stage.server.advance(1);
    stage.server.expireLists();
  });
  expect(answer).toMatchObject({ kind: "unreachable", what: "pods", answer: { status: 410 } });
  expect(calls).toBe(2 * (stage.needs().limits.tries + 1));
});

test("a kind that the cluster lacks has no objects", async () => {
  const stage = withPods();
  const missing = { kind: "refused", status: 404, reason: "NotFound", message: "no such kind" } as const;
  const api = createFakeApi(stage.server, { transport: async () => missing });
  const answer = await readLists(stage.needs(api), [["pods", listing]]);
  expect(answer.kind === "lists" && answer.of("pods")).toEqual([]);
});
