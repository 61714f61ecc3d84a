/**
 * Planted: the launcher reaches more of core than the wire, and a package through it.
 *
 * @module
 */
import { ok } from "../../core/config/ok.ts";

export const launch = ok;
