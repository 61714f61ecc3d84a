/**
 * Looking at the machine without changing it: for `berthctl doctor`.
 *
 * @module
 */

export type PathSight =
  | {
      readonly kind: "directory" | "file" | "socket" | "other";
      readonly bytes: number;
      /** For whoever asks. */
      readonly isWritable: boolean;
      readonly isExecutable: boolean;
    }
  | { readonly kind: "absent" }
  /** Only root may look. */
  | { readonly kind: "denied" }
  | { readonly kind: "unreadable"; readonly reason: string };

export type Room = { readonly freeBytes: number; readonly freeFiles: number };

export type Ran =
  | { readonly kind: "ended"; readonly status: number; readonly stdout: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Never throws. */
export type Host = {
  readonly look: (path: string) => Promise<PathSight>;
  /** What is left on the file system of a path; undefined when it cannot be asked. */
  readonly room: (path: string) => Promise<Room | undefined>;
  /** The names in a directory; undefined when it cannot be read. */
  readonly list: (path: string) => Promise<readonly string[] | undefined>;
  /** Starts a program with an empty environment and without input, and waits at most 2 s. */
  readonly run: (path: string, args: readonly string[]) => Promise<Ran>;
};
