/**
 * Planted: the ground of core reaches up.
 *
 * @module
 */
import type { ok } from "../config/ok.ts";

export type Reached = typeof ok;
