/**
 * Planted: an import of what is not there.
 *
 * @module
 */
import { nothing } from "./nothing.ts";

export const reached = nothing;
