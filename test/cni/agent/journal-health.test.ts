/**
 * What a failed commit leaves behind until the journal can be written again.
 *
 * @module
 */
import { expect, test, vi } from "vitest";
import { watchJournal } from "../../../cni/agent/journal-health.ts";
import type { CommitAnswer } from "../../../core/ports/journal.ts";
import { ownWorld } from "../../support/own-world.ts";

const failed: CommitAnswer = { kind: "failed", full: false, reason: "disk I/O error" };
const committed: CommitAnswer = { kind: "committed", ids: [] };

function watched() {
  const commit = vi.fn(async (): Promise<CommitAnswer> => committed);
  const canWrite = vi.fn(() => false);
  const health = watchJournal({ ...ownWorld().ports.journal, commit }, canWrite);
  const answer = async (next: CommitAnswer) => {
    commit.mockResolvedValueOnce(next);
    expect(await health.journal.commit([], { urgent: true })).toBe(next);
  };
  return { commit, canWrite, answer, trouble: health.trouble };
}

test("a failed commit is told until one succeeds; what wrote nothing says nothing", async () => {
  const { answer, trouble, commit } = watched();
  expect(trouble()).toBeUndefined();
  await answer(failed);
  expect(trouble()).toEqual({ full: false, reason: "disk I/O error" });
  await answer({ ...failed, full: true });
  expect(trouble()).toMatchObject({ full: true });
  for (const kind of ["superseded", "occupied"] as const) await answer({ kind });
  expect(trouble()).toMatchObject({ full: true });
  await answer(committed);
  expect(trouble()).toBeUndefined();
  expect(commit).toHaveBeenCalledWith([], { urgent: true });
});

test("it heals without a commit, once a write on trial succeeds: nobody asks an agent that is not ready", async () => {
  const { answer, trouble, canWrite } = watched();
  trouble();
  expect(canWrite).not.toHaveBeenCalled();
  await answer(failed);
  expect(trouble()).toBeDefined();
  canWrite.mockReturnValue(true);
  expect(trouble()).toBeUndefined();
  canWrite.mockReturnValue(false);
  expect(trouble()).toBeUndefined();
});
