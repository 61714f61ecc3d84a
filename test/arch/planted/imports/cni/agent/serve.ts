/**
 * Planted: a file of the agent that is not main.ts builds an adapter, and loads a package.
 *
 * @module
 */
import { pino } from "pino";
import type * as z from "zod";
import { disk } from "../../adapters/disk/disk.ts";

export const serve = { pino, disk };
export type Allowed = z.ZodType;
