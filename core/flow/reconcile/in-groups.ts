/**
 * Asking for many things, some at once.
 *
 * @module
 */

/** So many requests of one run are under way at once: a run is in no hurry, and the API server has others to serve. */
const atOnce = 20;

/** Ends early, between groups, once `isOver` says so. */
export async function inGroups<Item>(
  items: readonly Item[],
  each: (item: Item) => Promise<void>,
  isOver: () => boolean = () => false,
): Promise<void> {
  for (let at = 0; at < items.length && !isOver(); at += atOnce)
    await Promise.all(items.slice(at, at + atOnce).map((item) => each(item)));
}
