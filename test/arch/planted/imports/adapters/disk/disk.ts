/**
 * Planted: an adapter reaches another; node and core are fine.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { flow } from "../../core/flow/flow.ts";
import { log } from "../observe/log.ts";

export const disk = { readFileSync, flow, log };
