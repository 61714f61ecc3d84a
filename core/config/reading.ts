/**
 * What every document's reader needs: where it is, and whom to tell.
 *
 * @module
 */
import type { CniVersion } from "../cni/version.ts";
import type { Note, Steps } from "./fault-list.ts";

export type Reading = {
  /** Where the `ipam` object stands: `ipam`, or `plugins[1].ipam`. */
  readonly at: Steps;
  readonly cniVersion: CniVersion;
  /** A fault: the document is refused. */
  readonly note: Note;
  /** Told, and passed over. */
  readonly warn: Note;
  /** A fault under `berth`; passed over under the drop-in names, because the original does (DESIGN 2). */
  readonly odd: Note;
};
