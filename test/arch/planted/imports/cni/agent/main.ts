/**
 * Planted: nothing wrong here: main.ts builds adapters.
 *
 * @module
 */
import { disk } from "../../adapters/disk/disk.ts";

export const built = disk;
