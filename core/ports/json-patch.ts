/**
 * JSON Patch (RFC 6902), as far as it is sent: a `test` without `value` makes the API server's request panic, so its type
 * has no place for one that is missing.
 *
 * @module
 */

/** What JSON can say; `undefined` is not among it. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | {
      readonly [key: string]: Json;
    };

/** `path` is a JSON Pointer (RFC 6901). */
export type PatchStep =
  | { readonly op: "test"; readonly path: string; readonly value: Json }
  | { readonly op: "add"; readonly path: string; readonly value: Json }
  | { readonly op: "replace"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string };
