/**
 * Planted: the store knows the changing over.
 *
 * @module
 */
import { ok } from "../migrate/ok.ts";

export const reached = ok;
