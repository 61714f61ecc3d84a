/**
 * `config.flatLookup`: which of the existing files is the flat file of a definition; null when none is.
 *
 * @module
 */
import * as z from "zod";
import { flatPaths } from "../../../core/config/flat-paths.ts";
import type { Kind } from "../judge.ts";

const input = z.strictObject({
  conf: z.record(z.string(), z.unknown()),
  /** The paths of the files that exist. */
  exists: z.array(z.string()),
});

export const configFlatLookup: Kind = (fields) => {
  const { conf, exists } = input.parse(fields);
  const path = flatPaths(JSON.stringify(conf)).find((one) => exists.includes(one));
  return { kind: "answer", fields: { path: path ?? null } };
};
