/**
 * DELs that were accepted while no agent answered (DESIGN 2, "The launcher").
 *
 * A file leaves the spool in three steps: taken (renamed away, so that nobody reads it twice), journaled by the caller,
 * and done (removed). Whatever was taken and is not done comes back: after a crash from `drain`, before from `watch`.
 *
 * @module
 */
import type { LauncherRequest } from "./launcher-request.ts";

export type SpooledCall = {
  /** The name of its file when it was written: `<16 hex digits>-<started, ns>-<pid>`. */
  readonly name: string;
  readonly request: LauncherRequest;
};

export type SpoolWatch = {
  /** Resolves when no further call will be handed over, and none is being handled. */
  readonly stop: () => Promise<void>;
};

export type Spool = {
  /** Takes all that is there, oldest start first; also what an agent that died had taken. Never throws. */
  readonly drain: () => Promise<readonly SpooledCall[]>;
  /**
   * Takes the calls of one attachment, oldest start first, and repeats those that were taken and are not done. Looked
   * up before each ADD: costs one directory listing. Never throws.
   */
  readonly take: (containerId: string, ifName: string) => Promise<readonly SpooledCall[]>;
  /** Removes a call that stands in the journal. Twice is fine. Never throws. */
  readonly done: (call: SpooledCall) => Promise<void>;
  /** Hands over each call as it is written. One whose `onCall` rejects is handed over again later. */
  readonly watch: (onCall: (call: SpooledCall) => Promise<void>) => SpoolWatch;
};
