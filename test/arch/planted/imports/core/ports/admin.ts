/**
 * Planted: the admin port names more than the bodies of its socket.
 *
 * @module
 */
import type { ok } from "../config/ok.ts";

export type Reached = typeof ok;
