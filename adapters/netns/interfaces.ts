/**
 * Reads the addresses of an interface inside a namespace with iproute2. Node cannot enter a namespace by itself, and
 * CHECK is rare enough for two processes (docs/decisions/0005).
 *
 * @module
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import type { InterfaceSight, Interfaces } from "../../core/ports/interfaces.ts";
import { parseAddress } from "../../core/ip/address-text.ts";

const timeoutMs = 5_000;

export function createInterfaces(): Interfaces {
  return {
    read: (netns, ifName) =>
      new Promise((resolve) => {
        if (!existsSync(netns)) return resolve({ kind: "absent" });
        const args = [`--net=${netns}`, "ip", "-json", "address", "show", "dev", ifName];
        execFile("nsenter", args, { timeout: timeoutMs, encoding: "utf8" }, (error, stdout, stderr) =>
          resolve(error === null ? parse(stdout) : failed(error, stderr)),
        );
      }),
  };
}

function failed(error: Error, stderr: string): InterfaceSight {
  if (/does not exist|Cannot find device/i.test(stderr)) return { kind: "absent" };
  const isMissing = Reflect.get(error, "code") === "ENOENT" || /No such file/i.test(stderr);
  return {
    kind: "unreadable",
    reason: isMissing ? "nsenter (util-linux) and ip (iproute2) are needed" : stderr.trim() || error.message,
  };
}

/** The output of `ip -json address`: a list of links, each with `addr_info`: `{ local, prefixlen }`. */
function parse(json: string): InterfaceSight {
  try {
    const links: unknown = JSON.parse(json);
    const list = Array.isArray(links) ? links.flatMap((link: unknown) => membersOf(link, "addr_info")) : [];
    const addresses = list.flatMap((entry) => {
      const address = parseAddress(String(memberOf(entry, "local")));
      const prefixLength = memberOf(entry, "prefixlen");
      return address !== undefined && typeof prefixLength === "number" ? [{ address, prefixLength }] : [];
    });
    return { kind: "seen", addresses };
  } catch (error) {
    return { kind: "unreadable", reason: `ip answered what is no JSON: ${String(error)}` };
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function membersOf(value: unknown, name: string): readonly unknown[] {
  const list = memberOf(value, name);
  return Array.isArray(list) ? list : [];
}
