/**
 * Planted: core reaches an adapter, if only its type.
 *
 * @module
 */
import type { disk } from "../../adapters/disk/disk.ts";

export type Reached = typeof disk;
