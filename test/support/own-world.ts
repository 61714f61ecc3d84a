/**
 * Worlds that are closed when the test ends.
 *
 * @module
 */
import { afterEach } from "vitest";
import { createWorld, type World, type WorldOptions } from "./world.ts";

const worlds: World[] = [];
afterEach(() => {
  for (const world of worlds.splice(0)) world.close();
});

export function ownWorld(changes: Partial<WorldOptions> = {}): World {
  return owned(createWorld(changes));
}

/** For a world that another was restarted as. */
export function owned(world: World): World {
  worlds.push(world);
  return world;
}
