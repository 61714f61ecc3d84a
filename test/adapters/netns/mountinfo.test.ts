/**
 * Which mount holds a path, and whether new namespaces of the machine are seen through it.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hasPropagation, mountOf } from "../../../adapters/netns/mountinfo.ts";

const path = "/run/netns/a";
const root = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw";
const run = "26 22 0:23 / /run rw,nosuid shared:5 - tmpfs tmpfs rw";
const netns = "30 26 0:23 /netns /run/netns rw,nosuid master:5 - tmpfs tmpfs rw";

describe("mountOf()", () => {
  test.each([
    { name: "the root, when nothing else holds it", lines: [root], wanted: "/" },
    { name: "the longest mount point above it", lines: [root, netns, run], wanted: "/run/netns" },
    {
      name: "no mount whose name only begins alike",
      lines: [root, netns.replace("/run/netns", "/run/net")],
      wanted: "/",
    },
    {
      name: "the mount of its directory, not its own: a namespace is a bind mount of nsfs",
      lines: [root, netns, `40 30 0:4 net:[4026532177] ${path} rw - nsfs nsfs rw`],
      wanted: "/run/netns",
    },
    {
      name: "the one whose blank, tab, newline and backslash are written in octal",
      lines: [root, netns.replaceAll("/run/netns", String.raw`/run/a\040b\011c\012d\134e`)],
      path: "/run/a b\tc\nd\\e/x",
      wanted: "/run/a b\tc\nd\\e",
    },
  ])("finds $name", ({ lines, path: asked = path, wanted }) => {
    expect(mountOf(lines.join("\n"), asked)?.mountPoint).toBe(wanted);
  });

  test("of two mounts on one point the later covers the earlier", () => {
    const over = "31 30 0:50 / /run/netns rw - tmpfs tmpfs rw";
    expect(mountOf([root, netns, over].join("\n"), path)?.tags).toEqual([]);
    expect(mountOf([root, over, netns].join("\n"), path)?.tags).toEqual(["master:5"]);
  });

  test.each([
    { name: "an empty text", text: "" },
    { name: "half a line", text: "22 1 8:1 / /" },
    { name: "a line without its separator", text: "22 1 8:1 / / rw shared:1 ext4 /dev/sda1 rw" },
  ])("finds nothing in $name", ({ text }) => expect(mountOf(text, path)).toBeUndefined());

  test("reads what this kernel writes", () => {
    expect(mountOf(readFileSync("/proc/self/mountinfo", "utf8"), "/proc/self/ns/net")?.mountPoint).toBe("/proc");
  });
});

describe("hasPropagation()", () => {
  test.each([
    { name: "a shared mount", tags: "shared:5 ", wanted: true },
    { name: "a slave", tags: "master:5 ", wanted: true },
    { name: "a slave that is shared on", tags: "shared:7 master:5 ", wanted: true },
    { name: "a slave of an unseen group", tags: "master:5 propagate_from:2 ", wanted: true },
    { name: "a private mount", tags: "", wanted: false },
    { name: "an unbindable mount", tags: "unbindable ", wanted: false },
  ])("$name: $wanted", ({ tags, wanted }) => {
    const mount = mountOf(`30 26 0:23 / /run/netns rw ${tags}- tmpfs tmpfs rw`, path);
    expect(mount !== undefined && hasPropagation(mount)).toBe(wanted);
  });

  test("a container without any mount of the directory: its root shows nothing of the machine, whatever its tags", () => {
    const image = "759 717 0:52 / / rw,relatime master:300 - overlay overlay rw,lowerdir=/var/lib/l";
    const mount = mountOf(image, path);
    expect(mount !== undefined && hasPropagation(mount)).toBe(false);
  });
});
