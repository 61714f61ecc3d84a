/**
 * `berthctl leases` and `show` over a cluster.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { nodes, reservations } from "../../../core/kube/resources.ts";
import { claim, place } from "../../support/samples.ts";
import { type ClusterDesk, createClusterDesk, podOf } from "../cluster-desk.ts";

let desk: ClusterDesk;
afterEach(() => desk.close());

const storeLine = "(cluster, namespace kube-system, beside Whereabouts)\n";
const pool = "blue-10.0.0.0-24";

/** One of each state. */
function mixed(): void {
  desk = createClusterDesk();
  desk.nad("blue", { range: "10.0.0.0/24" });
  desk.pool("10.0.0.0/24");
  for (const text of ["10.0.0.10", "10.0.0.2"]) {
    desk.lease(text);
    desk.entry(pool, text, { id: `container-${text}`, podref: `default/pod-${text}`, ifname: "net1" });
  }
  desk.lease("10.0.0.3", { holder: podOf("10.0.0.3", "node-2") });
  desk.lease("10.0.0.4", {}, claim("10.0.0.4", { holder: podOf("other", "node-2") }));
  desk.lease("10.0.0.5", { kind: "static", place: place("10.0.0.5", { pool: "" }) });
  desk.lease("10.0.0.6", {
    kind: "withheld",
    holder: undefined,
    reason: "printer",
    place: place("10.0.0.6", { pool: "" }),
  });
  desk.entry(pool, "10.0.0.7", { id: "wb7", podref: "apps/wb-7", ifname: "net1" });
  desk.entry(pool, "10.0.0.8", { id: "wb8", podref: "apps/wb-8", ifname: "net1" });
  desk.plant(reservations, "blue-10.0.0.8", { spec: { podref: "apps/wb-8", ifname: "net1" } });
}

describe("berthctl leases, of a cluster", () => {
  test("lists every state in the order of addresses, with nodes", async () => {
    mixed();
    const { code, out, err } = await desk.berthctl("leases");
    const since = "2023-11-14T22:13:20Z";
    expect(out.split("\n\n")[0]).toBe(
      [
        "ADDRESS    NETWORK  POD/CONTAINER          INTERFACE  NODE    DEFINITION  SINCE                 STATE",
        `10.0.0.2   blue     default/pod-10.0.0.2   net1       node-1  blue        ${since}  lease`,
        `10.0.0.3   blue     default/pod-10.0.0.3   net1       node-2  blue        ${since}  lease`,
        `10.0.0.4   blue     default/pod-10.0.0.4   net1       node-1  blue        ${since}  conflict`,
        `10.0.0.5   blue     default/pod-10.0.0.5   net1       node-1  blue        ${since}  static`,
        `10.0.0.6   blue     (printer)              -          -       -           ${since}  withheld`,
        "10.0.0.7   blue     apps/wb-7              net1       -       -           -                     whereabouts",
        "10.0.0.8   blue     apps/wb-8              net1       -       -           -                     whereabouts",
        `10.0.0.10  blue     default/pod-10.0.0.10  net1       node-1  blue        ${since}  lease`,
      ].join("\n"),
    );
    expect(out).toMatch(/^blue +default\/blue +10\.0\.0\.0\/24 +8 /m);
    expect({ code, err }).toEqual({ code: 0, err: storeLine });
  });

  test.for([
    { name: "of a node", args: ["--node", "node-2"], addresses: ["10.0.0.3"] },
    { name: "of a range", args: ["--range", "10.0.0.6-10.0.0.8/24"], addresses: ["10.0.0.6", "10.0.0.7", "10.0.0.8"] },
    { name: "of another network", args: ["--network", "blue", "--range", "10.1.0.0/24"], addresses: [] },
  ])("lists only those $name", async ({ args, addresses }) => {
    mixed();
    const { code, out } = await desk.berthctl("leases", "--json", ...args);
    const { leases } = JSON.parse(out) as { leases: { address: string }[] };
    expect(leases.map(({ address }) => address)).toEqual(addresses);
    expect(code).toBe(0);
  });

  test("refuses a network that nobody knows", async () => {
    mixed();
    const { code, err } = await desk.berthctl("leases", "--network", "bleu");
    expect({ code, err }).toEqual({
      code: 1,
      err: `Cannot find network "bleu": expected one of blue\n  run: berthctl networks\n${storeLine}`,
    });
  });

  test("says in JSON which proofs stand, and nothing of what nobody knows", async () => {
    mixed();
    const { out } = await desk.berthctl("leases", "--json");
    const answer = JSON.parse(out) as { store: string; leases: { address: string; state: string }[] };
    expect(answer.store).toBe("kubernetes");
    const of = (text: string) => answer.leases.find(({ address }) => address === text);
    expect(of("10.0.0.2")).toMatchObject({ reservation: "blue-10.0.0.2", entry: "same", entrySays: null });
    expect(of("10.0.0.3")).toMatchObject({ reservation: "blue-10.0.0.3", entry: "missing" });
    expect(of("10.0.0.7")).toMatchObject({
      reservation: null,
      entry: "same",
      node: null,
      definition: null,
      since: null,
    });
    expect(of("10.0.0.8")).toMatchObject({ reservation: "blue-10.0.0.8", entry: "same", range: "10.0.0.0/24" });
    expect(of("10.0.0.4")).toMatchObject({
      reason: "pod default/pod-other, interface net1, on node node-2 has it, too",
    });
  });

  test("goes on when the list expires while it is read, and lists nothing twice", async () => {
    let lists = 0;
    desk = createClusterDesk({
      transport: async (call, deed) => {
        lists += call.verb === "list" && call.resource === "overlappingrangeipreservations" ? 1 : 0;
        if (lists === 2 && call.verb === "list") {
          desk.plant(nodes, `node-${call.resource}`);
          desk.server.expireLists();
        }
        return deed();
      },
    });
    desk.mode("absent");
    for (let at = 1; at <= 700; at += 1)
      desk.lease(`10.0.${Math.floor(at / 250)}.${(at % 250) + 1}`, {
        place: place(`10.0.${Math.floor(at / 250)}.${(at % 250) + 1}`, { pool: "10.0.0.0/16" }),
      });
    const { out } = await desk.berthctl("leases", "--json");
    expect((JSON.parse(out) as { leases: object[] }).leases).toHaveLength(700);
    expect(lists).toBeGreaterThan(2);
  });

  test("keeps to a narrow terminal, least important columns first", async () => {
    mixed();
    const { out, err } = await desk.with({ columns: 60 }).berthctl("leases", "--node", "node-2");
    expect(out.split("\n")[0]).toBe("ADDRESS   NETWORK  POD/CONTAINER         NODE    STATE");
    expect(err).toContain("(no room for DEFINITION, SINCE, INTERFACE; --json has all)");
  });
});

describe("berthctl show, of a cluster", () => {
  test("tells all that is known of a lease of another node", async () => {
    mixed();
    const { code, out } = await desk.berthctl("show", "10.0.0.3");
    expect(code).toBe(0);
    expect(out.replace(/\(\d+ .* ago\)/, "(… ago)")).toBe(
      [
        "10.0.0.3 in network blue",
        "  held by      pod default/pod-10.0.0.3 (uid uid-10.0.0.3)",
        "  state        lease",
        "  since        2023-11-14T22:13:20Z (… ago)",
        "  container    container-10.0.0.3",
        "  interface    net1",
        "  definition   blue",
        "  node         node-2",
        "  namespace    /run/netns/a: only node node-2 can look",
        "  attempt      attempt-10.0.0.3",
        "  reservation  blue-10.0.0.3",
        "  entry        missing in the pool: Whereabouts could give the address; its agent writes it within a minute",
        "  range        10.0.0.0/24 of definition default/blue",
        "",
      ].join("\n"),
    );
  });

  test.for([
    { name: "an entry alone", address: "10.0.0.7", says: "reservation  none: only an entry of the pool says so" },
    {
      name: "a conflict",
      address: "10.0.0.4",
      says: "conflict (pod default/pod-other, interface net1, on node node-2",
    },
    { name: "a withheld address", address: "10.0.0.6", says: "nobody: withheld by an operator" },
    {
      name: "an address that nobody holds",
      address: "10.0.0.99",
      says: "of definition default/blue: free to be given",
    },
  ])("tells of $name", async ({ address, says }) => {
    mixed();
    expect((await desk.berthctl("show", address)).out).toContain(says);
  });

  test("tells that the entry names another than the reservation", async () => {
    mixed();
    desk.entry(pool, "10.0.0.3", { id: "wb3", podref: "apps/wb-3", ifname: "net1" });
    expect((await desk.berthctl("show", "10.0.0.3")).out).toContain("entry        says pod apps/wb-3, container wb3");
  });

  test("keeps an address taken whose key cannot be read (F40)", async () => {
    desk = createClusterDesk();
    desk.nad("blue", { range: "10.0.0.0/24" });
    desk.pool("10.0.0.0/24", { allocations: { "06": { id: "x", podref: "a/b" } } });
    const { code, out } = await desk.berthctl("show", "10.0.0.6");
    expect(code).toBe(0);
    expect(out).toContain("held by      somebody that cannot be told");
    expect(out).toContain(`a key of IPPool kube-system/${pool} that cannot be read`);
  });
});
