/**
 * Planted: a command builds an adapter.
 *
 * @module
 */
import { disk } from "../../adapters/disk/disk.ts";

export const reached = disk;
