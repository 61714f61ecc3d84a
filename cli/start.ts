/**
 * How a command begins.
 *
 * @module
 */
import type { ExitCode } from "./exit.ts";
import type { Session } from "./world.ts";

/** Runs the body of a command, with the options that all have. */
export type Start = (body: (session: Session) => Promise<ExitCode>) => Promise<void>;
