/**
 * Definitions for tests, read from the documents a user would write.
 *
 * @module
 */
import type { Definition } from "../../core/config/definition.ts";
import { loadDefinition } from "../../core/config/load.ts";

/** @param ipam the `ipam` object; of type `berth` in network "blue" unless it says otherwise */
export function definition(ipam: object, name = "blue-net"): Definition {
  const document = {
    cniVersion: "1.0.0",
    name,
    type: "bridge",
    ipam: { type: "berth", network_name: "blue", ...ipam },
  };
  const loaded = loadDefinition(JSON.stringify(document));
  if (loaded.kind === "faults") throw new Error(JSON.stringify(loaded.faults));
  return loaded.definition;
}
