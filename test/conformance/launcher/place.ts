/**
 * Where one test's agent listens and its spool lies, and the environment a runtime would give.
 *
 * @module
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export type Place = { readonly socket: string; readonly spool: string };

export function placeIn(folder: string): Place {
  return { socket: join(folder, "agent.sock"), spool: join(folder, "spool") };
}

export const configText = '{"cniVersion":"1.0.0","name":"net","type":"bridge","ipam":{"type":"berth"}}';

/** What a runtime sets for `command`, with ours. `more` comes last. */
export function environmentOf(command: string, place: Place, ...more: readonly string[]): readonly string[] {
  return [
    `BERTH_SOCKET=${place.socket}`,
    `BERTH_SPOOL=${place.spool}`,
    `CNI_COMMAND=${command}`,
    "CNI_CONTAINERID=c1",
    "CNI_IFNAME=net1",
    "CNI_NETNS=/run/netns/c1",
    "CNI_PATH=/opt/cni/bin",
    "HOME=/root",
    ...more,
  ];
}

/** The spool's files by name; nothing when there is no directory. */
export async function readSpool(place: Place): Promise<ReadonlyMap<string, Buffer>> {
  const names = await readdir(place.spool).catch(() => []);
  const files = new Map<string, Buffer>();
  for (const name of names) files.set(name, await readFile(join(place.spool, name)));
  return files;
}

/** The line a launcher prints for a failure of its own. */
export function errorLine(code: number, msg: string, details: string, cniVersion = "1.0.0"): string {
  return `${JSON.stringify({ cniVersion, code, msg, details })}\n`;
}

export const unreachable = (place: Place, code: number, cniVersion?: string): string =>
  errorLine(
    code,
    `Cannot reach agent "${place.socket}": expected an agent that listens there`,
    "start it: systemctl start berth-agent",
    cniVersion,
  );

export const unanswered = (place: Place, code: number, seconds: number): string =>
  errorLine(
    code,
    `Cannot reach agent "${place.socket}": expected a whole answer within ${seconds} s`,
    "run: berthctl doctor",
  );
