/**
 * The part of /proc/self/mountinfo that tells which mount holds a path (proc(5)).
 *
 * @module
 */

export type Mount = { readonly mountPoint: string /** `shared:2`, `master:1`, … */; readonly tags: readonly string[] };

/** The mount that holds `path`: the longest mount point above it, of equals the last, which covers the others. */
export function mountOf(mountinfo: string, path: string): Mount | undefined {
  let best: Mount | undefined;
  for (const line of mountinfo.split("\n")) {
    const mount = parseLine(line);
    if (mount === undefined || !holds(mount.mountPoint, path)) continue;
    if (best === undefined || mount.mountPoint.length >= best.mountPoint.length) best = mount;
  }
  return best;
}

/**
 * Reports whether what is mounted on the machine later is seen through this mount, by a process in a container. Its root is its image's,
 * whatever its tags say: runtimes leave it a slave of the mount that the image lies on.
 */
export function hasPropagation({ mountPoint, tags }: Mount): boolean {
  if (mountPoint === "/") return false;
  return tags.some((tag) => tag.startsWith("shared:") || tag.startsWith("master:"));
}

/** `36 35 98:0 /root /mount options tag… - type source options`; blanks in the mount point are written \040. */
function parseLine(line: string): Mount | undefined {
  const fields = line.split(" ");
  const mountPoint = fields[4];
  const end = fields.indexOf("-", 6);
  if (mountPoint === undefined || end === -1) return undefined;
  const unescaped = mountPoint.replaceAll(/\\([0-7]{3})/g, (_all, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
  return { mountPoint: unescaped, tags: fields.slice(6, end) };
}

function holds(mountPoint: string, path: string): boolean {
  // Not its own: a namespace is itself a mount (a bind of nsfs), and what counts is that of the directory it was bound in.
  return mountPoint === "/" || path.startsWith(`${mountPoint}/`);
}
