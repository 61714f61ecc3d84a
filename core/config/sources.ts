/**
 * What an `ipam` document says, whatever its type: the definition without the document around it.
 *
 * @module
 */
import type { Definition } from "./definition.ts";

export type Sources = Omit<Definition, "name" | "cniVersion" | "dialect" | "warnings">;

/** What a document says that says nothing. */
export const noSources: Sources = {
  network: "",
  overlapping: true,
  ranges: [],
  addresses: [],
  allowsStatic: false,
  unique: false,
  routes: [],
  dns: undefined,
  reuseAfterMs: 0,
  dhcp: false,
};
