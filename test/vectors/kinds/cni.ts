/**
 * `cni`: calls of a runtime, from its environment to the printed answer, over a small world with either store, which must
 * answer alike. What a row's pool holds was imported before the first call, as an agent that takes a node over does.
 *
 * @module
 */
import * as z from "zod";
import type { Fields } from "../row.ts";
import type { Kind, Outcome } from "../judge.ts";
import { createNode, type Node, type NodeOptions, type Printed } from "./cni-node.ts";

const ranges = {
  range: z.string().optional(),
  range_start: z.string().optional(),
  range_end: z.string().optional(),
  exclude: z.array(z.string()).optional(),
  gateway: z.string().optional(),
  routes: z.array(z.unknown()).optional(),
  ipRanges: z.array(z.record(z.string(), z.unknown())).optional(),
};

const input = z.strictObject({
  ...ranges,
  pool: z.record(z.string(), z.unknown()).optional(),
  add: z.strictObject({ containerID: z.string(), ifName: z.string(), podRef: z.string() }).optional(),
  sequence: z.array(z.enum(["ADD", "DEL"])).optional(),
  pods: z.number().optional(),
  first: z.strictObject({ range: z.string(), pod: z.string() }).optional(),
  second: z.strictObject({ range: z.string(), pod: z.string() }).optional(),
  command: z.enum(["ADD", "CHECK", "DEL"]).optional(),
  cniArgs: z.string().optional(),
  storageError: z.boolean().optional(),
});

type Input = z.output<typeof input>;

export const cni: Kind = async (fields, expect) => {
  const row = input.parse(fields);
  const [embedded, kubernetes] = [await run(row, expect, "embedded"), await run(row, expect, "kubernetes")];
  if (JSON.stringify(embedded) !== JSON.stringify(kubernetes)) {
    throw new Error(
      `The Kubernetes store answers ${JSON.stringify(kubernetes)}, the embedded one ${JSON.stringify(embedded)}`,
    );
  }
  return embedded;
};

async function run(row: Input, expect: Fields, store: NodeOptions["store"]): Promise<Outcome> {
  const node = await createNode({
    store,
    storageError: row.storageError ?? false,
    range: row.range ?? "",
    allocations: row.pool ?? {},
  });
  try {
    if (row.first !== undefined && row.second !== undefined) return await overlap(node, row.first, row.second);
    if (row.command !== undefined) return await oneCommand(node, row.command, row.cniArgs);
    return { kind: "answer", fields: { ips: inFormOf(expect["ips"], await answersOf(node, row)) } };
  } finally {
    node.close();
  }
}

/** One item for each address, refusal, or call that answers nothing. */
type Item = { readonly address: string; readonly gateway: string | undefined } | string | null;

async function answersOf(node: Node, row: Input): Promise<readonly Item[]> {
  const ipam = ipamOf(row);
  if (row.sequence !== undefined) {
    const items: Item[] = [];
    for (const command of row.sequence) items.push(...itemsOf(await node.call({ command, ipam })));
    return items;
  }
  if (row.pods !== undefined) {
    const items: Item[] = [];
    for (let pod = 0; pod < row.pods; pod += 1) {
      items.push(
        ...itemsOf(await node.call({ command: "ADD", ipam, container: `c${pod}`, pod: `default/web-${pod}` })),
      );
    }
    return items;
  }
  const { containerID, ifName, podRef } = row.add ?? {};
  return itemsOf(await node.call({ command: "ADD", ipam, container: containerID, ifName, pod: podRef }));
}

function itemsOf(printed: Printed): readonly Item[] {
  if (printed.kind === "refused") return [`error:${printed.code === 11 ? "AssignmentError" : printed.message}`];
  return printed.ips.length === 0 ? [null] : printed.ips;
}

/** A row lists addresses alone, or with their gateways. */
function inFormOf(expected: unknown, items: readonly Item[]): readonly Item[] {
  const isBare = Array.isArray(expected) && expected.every((one) => typeof one !== "object" || one === null);
  return items.map((item) => (isBare && typeof item === "object" && item !== null ? item.address : item));
}

async function overlap(node: Node, ...asked: readonly { range: string; pod: string }[]): Promise<Outcome> {
  const given: string[] = [];
  for (const [index, { range, pod }] of asked.entries()) {
    const printed = await node.call({
      command: "ADD",
      ipam: { range },
      name: `net-${index}`,
      container: pod,
      pod: `default/${pod}`,
    });
    given.push(printed.kind === "refused" ? printed.message : (printed.ips[0]?.address ?? ""));
  }
  return { kind: "answer", fields: { first: given[0], second: given[1] } };
}

/** A call by itself, after an ADD where there has to be one. */
async function oneCommand(node: Node, command: "ADD" | "CHECK" | "DEL", cniArgs?: string): Promise<Outcome> {
  const ipam = { range: "10.0.0.0/24" };
  const args = cniArgs === undefined ? {} : { args: cniArgs };
  const first = command === "ADD" ? undefined : await node.call({ command: "ADD", ipam, ...args });
  const printed = await node.call({ command, ipam, ...args, after: first });
  if (printed.kind === "refused") return { kind: "error", message: printed.message };
  const ips = printed.ips.map(({ address }) => address);
  return { kind: "answer", fields: ips.length === 0 ? { exit: 0 } : { exit: 0, ips } };
}

function ipamOf(row: Input): Fields {
  return Object.fromEntries(Object.keys(ranges).flatMap((key) => (key in row ? [[key, Reflect.get(row, key)]] : [])));
}
