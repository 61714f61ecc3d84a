/**
 * What the demo shows, in order. Each scene stands on those before it.
 *
 * @module
 */
import { settled, statusOf } from "../../test/support/ask-agent.ts";
import type { Container, Network } from "./container.ts";
import type { Ground } from "./ground.ts";
import type { Stage } from "./stage.ts";

export type Scene = { readonly title: string; readonly play: (ground: Ground, stage: Stage) => Promise<void> };

const dualStack = [{ range: "10.10.0.0/24", exclude: ["10.10.0.192/26"] }, { range: "fd10::/64" }];
const bridge = { type: "bridge", bridge: "br-blue" } as const;
const macvlan = { type: "macvlan", master: "uplink" } as const;

const blue: Network = { definition: "blue-net", plugin: bridge, ipam: { network_name: "blue", ranges: dualStack } };
const red: Network = { definition: "red-net", plugin: macvlan, ipam: { network_name: "red", ranges: dualStack } };
const fixed: Network = {
  definition: "blue-fixed",
  plugin: bridge,
  ipam: { network_name: "blue", addresses: [{ address: "10.10.0.200/24" }] },
};
/** Three addresses are left of it. */
const small: Network = {
  definition: "small-net",
  plugin: bridge,
  ipam: { network_name: "small", range: "10.30.0.0/29", exclude: ["10.30.0.4-10.30.0.6"] },
};

export const scenes: readonly Scene[] = [
  { title: "Two networks that use the same addresses, IPv4 and IPv6", play: sameAddresses },
  { title: "An address that was asked for, and a static one", play: chosenAddresses },
  { title: "A range that is full", play: fullRange },
  { title: "The agent killed with -9 between two calls", play: killedAgent },
  { title: "A container that vanished without a DEL", play: vanished },
  { title: "Everything is given back", play: givenBack },
];

async function sameAddresses(ground: Ground, stage: Stage): Promise<void> {
  stage.say("Networks blue (bridge) and red (macvlan) both use 10.10.0.0/24 and fd10::/64, without 10.10.0.192/26.");
  const web1 = await addTo(ground, stage, { name: "web-1", network: blue });
  const web2 = await addTo(ground, stage, { name: "web-2", network: blue });
  const db1 = await addTo(ground, stage, { name: "db-1", network: red, wanted: web1.addresses });
  const db2 = await addTo(ground, stage, { name: "db-2", network: red });
  const isSame = db1.addresses.join() === web1.addresses.join();
  stage.promise(`db-1 has in red the very addresses that web-1 has in blue: ${db1.addresses.join(" and ")}`, isSame);
  for (const [from, to] of [[web1, web2] as const, [db1, db2] as const]) {
    for (const address of to.addresses) {
      const isThere = await from.container.ping(address);
      stage.promise(`${from.container.name} pings ${to.container.name} at ${address}`, isThere);
    }
  }
  ground.berthctl("networks");
}

async function chosenAddresses(ground: Ground, stage: Stage): Promise<void> {
  const asked = await addTo(ground, stage, { name: "web-3", network: blue, wanted: ["10.10.0.50"] });
  stage.promise("web-3 asked for 10.10.0.50 and has it", asked.addresses.includes("10.10.0.50"));
  const given = await addTo(ground, stage, { name: "printer", network: fixed });
  stage.promise(
    "printer has 10.10.0.200, which its definition names and no range gives",
    given.addresses.join() === "10.10.0.200",
  );
  const late = await ground.container("web-4", blue);
  const refused = await late.add("10.10.0.50");
  stage.promise(
    "web-4 asks for 10.10.0.50, too, and is told who has it:",
    refused.kind === "refused" && refused.message.includes("web-3"),
  );
  quoteRefusal(stage, refused);
  await ground.vanish(late);
  ground.berthctl("leases", "--network", "blue");
}

async function fullRange(ground: Ground, stage: Stage): Promise<void> {
  stage.say("Network small has the range 10.30.0.0/29 without 10.30.0.4-10.30.0.6: three addresses.");
  for (const name of ["tug-1", "tug-2", "tug-3"]) await addTo(ground, stage, { name, network: small });
  const late = await ground.container("tug-4", small);
  const refused = await late.add();
  stage.promise(
    "A fourth is refused with CNI code 11 (try again later):",
    refused.kind === "refused" && refused.code === 11,
  );
  quoteRefusal(stage, refused);
  await ground.vanish(late);
}

async function killedAgent(ground: Ground, stage: Stage): Promise<void> {
  const before = (await statusOf(ground.place)).leases;
  const first = ground.agentPid;
  await ground.killAgent();
  stage.say(`kill -9 ${first}: the agent is dead, with ${before} addresses held. Then, without any agent:`);
  const ended = await ground.member("web-3").del();
  ground.crew.delete("web-3");
  stage.promise("DEL of web-3 succeeds all the same: it is kept in the spool", ended.kind === "done");
  await ground.startAgent();
  const { leases } = await settled(ground.place);
  stage.say(`A new agent runs, pid ${ground.agentPid}.`);
  stage.promise(`It holds ${leases} addresses: all that were held, less the two of web-3`, leases === before - 2);
  const checks = await Promise.all([...ground.crew.values()].map((container) => container.check()));
  const isWell = checks.every(({ kind }) => kind === "done");
  const names = [...ground.crew.keys()].join(", ");
  stage.promise(`CHECK of ${names} finds each address held, and on its interface`, isWell);
  for (const checked of checks) quoteRefusal(stage, checked);
  const next = await addTo(ground, stage, { name: "web-4", network: blue, wanted: ["10.10.0.50"] });
  stage.promise(
    "web-4 gets 10.10.0.50 now, which web-3 gave back while there was no agent",
    next.addresses.includes("10.10.0.50"),
  );
}

async function vanished(ground: Ground, stage: Stage): Promise<void> {
  const before = (await statusOf(ground.place)).leases;
  await ground.vanish(ground.member("tug-2"));
  stage.say("The namespace of tug-2 is deleted behind the runtime's back: no DEL will ever come.");
  const swept = await settled(ground.place, ({ leases }) => leases < before);
  stage.promise("The agent's sweep proved it gone and took its one address back", swept.leases === before - 1);
  const next = await addTo(ground, stage, { name: "tug-4", network: small });
  stage.promise("tug-4, refused before, has an address now", next.addresses.length === 1);
  ground.berthctl("leases");
}

async function givenBack(ground: Ground, stage: Stage): Promise<void> {
  for (const container of ground.crew.values()) {
    const ended = await container.del();
    if (ended.kind === "done") continue;
    stage.promise(`DEL of ${container.name}`, false);
    quoteRefusal(stage, ended);
  }
  const { leases } = await settled(ground.place);
  stage.promise(`DEL of all ${ground.crew.size} containers: no address is held any more`, leases === 0);
  ground.crew.clear();
  ground.berthctl("networks");
}

type Order = { readonly name: string; readonly network: Network; readonly wanted?: readonly string[] };

/** Starts a container and gives it its second interface. @throws Error when it was refused: nothing can go on then */
async function addTo(ground: Ground, stage: Stage, { name, network, wanted = [] }: Order) {
  const container = await ground.container(name, network);
  const answer = await container.add(...wanted);
  if (answer.kind === "refused") throw new Error(`${answer.message} (${answer.details})`);
  ground.crew.set(name, container);
  const { plugin, ipam } = network;
  stage.say(
    `  ADD ${name.padEnd(8)} ${plugin.type.padEnd(8)} ${ipam.network_name.padEnd(6)} ${answer.addresses.join("  ")}`,
  );
  return { container, addresses: answer.addresses };
}

function quoteRefusal(stage: Stage, answer: Awaited<ReturnType<Container["add"]>>): void {
  if (answer.kind === "done") return;
  stage.quote(answer.message);
  if (answer.details !== "") stage.quote(answer.details);
}
