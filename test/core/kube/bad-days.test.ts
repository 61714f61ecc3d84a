/**
 * Every step of the store on an API server's bad days: whichever request is forbidden, lost, or carried out without an answer, what
 * is said is true, what is unknown is settled by asking again, and nothing is left behind.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { giveBackWithheld, withholdAddress } from "../../../core/kube/withheld.ts";
import type { Claim, Held, Serving } from "../../../core/ports/store.ts";
import { attachment, claim, holder, place } from "../../support/samples.ts";
import { createStoreStage, serving, type StoreStage, strike } from "../../support/store-stage.ts";

const forbidden = { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } as const;

const days = [
  { day: "one request is forbidden", fate: { refused: forbidden }, all: false },
  { day: "all requests from one on are forbidden", fate: { refused: forbidden }, all: true },
  { day: "one request finds nobody", fate: "away", all: false },
  { day: "all requests from one on find nobody", fate: "away", all: true },
  { day: "one request is lost", fate: "lost", all: false },
  { day: "all requests from one on are lost", fate: "lost", all: true },
  { day: "one request is carried out, and its answer lost", fate: "unheard", all: false },
  { day: "all requests from one on are carried out, and their answers lost", fate: "unheard", all: true },
] as const;

/** What is claimed, beside which pools, and what stands of it when it is held. */
const kinds = [
  {
    what: "an address of a pool",
    claimed: claim("10.0.0.5"),
    beside: [serving()],
    reservations: ["blue-10.0.0.5"],
    entries: ["blue-10.0.0.0-24 5"],
  },
  {
    what: "an address of a pool with overlapping ranges off",
    claimed: claim("10.0.0.5", { place: place("10.0.0.5", { overlapping: false }) }),
    beside: [serving("10.0.0.0/24", false)],
    reservations: ["blue-10.0.0.0-24.10.0.0.5"],
    entries: ["blue-10.0.0.0-24 5"],
  },
  {
    what: "a static address inside two pools with overlapping ranges off",
    claimed: claim("10.0.0.5", { kind: "static", place: place("10.0.0.5", { pool: "" }) }),
    beside: [serving("10.0.0.0/24", false), serving("10.0.0.0/25", false), serving("10.0.1.0/24", false)],
    reservations: ["blue-10.0.0.0-24.10.0.0.5", "blue-10.0.0.0-25.10.0.0.5", "blue-10.0.0.5"],
    entries: ["blue-10.0.0.0-24 5", "blue-10.0.0.0-25 5"],
  },
] as const;

const modes = [
  { mode: "alone", isMixed: false },
  { mode: "beside Whereabouts", isMixed: true },
];

type Kind = (typeof kinds)[number];
type Beside = { readonly beside: readonly Serving[] };

/** Where its request has gone wrong, `act` is called; until no request is left. */
async function eachCall(
  { beside }: Beside,
  { isMixed, ...blow }: { isMixed: boolean; fate: (typeof days)[number]["fate"]; all: boolean },
  { arrange, act }: { arrange: (stage: StoreStage) => Promise<Held | undefined>; act: Act },
): Promise<void> {
  for (let at = 0, more = true; more; at += 1) {
    const stage = createStoreStage(isMixed);
    for (const one of beside) await stage.until(stage.store.open(one));
    const held = await arrange(stage);
    stage.link.calls.splice(0);
    const struck = strike(stage.link, at, blow);
    await act({ stage, held, end: struck.end, where: () => `${at}: ${stage.link.calls[at]}` });
    more = struck.hasMet();
  }
}

type Act = (given: {
  readonly stage: StoreStage;
  readonly held: Held | undefined;
  /** Good weather from now on. */
  readonly end: () => void;
  readonly where: () => string;
}) => Promise<void>;

function whole({ reservations: names, entries }: Kind, { attempt, holder: given }: Claim, isMixed: boolean) {
  const container = given?.attachment.containerId;
  return [
    ...names.map((name) => `${name} ${attempt}`),
    ...(isMixed ? entries.map((key) => `${key} ${container}`) : []),
  ];
}

describe.each(modes.flatMap((mode) => kinds.map((kind) => ({ ...mode, kind, what: kind.what }))))(
  "$mode, of $what,",
  ({ isMixed, kind }) => {
    const { claimed } = kind;
    const renewed = {
      ...claimed,
      attempt: "next",
      holder: holder({ attachment: attachment({ containerId: "c2" }) }),
    };

    test.each(days)("a claim: $day", async (day) => {
      const act: Act = async ({ stage, end, where }) => {
        const answer = await stage.until(stage.store.claim(claimed));
        end();
        // Whoever hears one of these forgets that it asked.
        if (answer.kind !== "held" && !(answer.kind === "unknown" && answer.mayLand))
          expect(stage.standing(), where()).toEqual([]);
        const last = answer.kind === "held" ? answer : await stage.until(stage.store.claim(claimed, true));
        expect(last.kind, where()).toBe("held");
        expect(stage.standing(), where()).toEqual(whole(kind, claimed, isMixed));
        const version = last.kind === "held" ? last.version : "";
        expect(await stage.until(stage.store.release({ ...claimed, version })), where()).toMatchObject({
          kind: "freed",
        });
        expect(stage.standing(), where()).toEqual([]);
      };
      await eachCall(kind, { ...day, isMixed }, { arrange: async () => undefined, act });
    });

    test.each(days)("a claim that nobody repeats is taken back: $day", async (day) => {
      const act: Act = async ({ stage, end, where }) => {
        await stage.until(stage.store.claim(claimed));
        end();
        const found = await stage.until(stage.store.look(claimed.place));
        if (found !== undefined) await stage.until(stage.store.release(found));
        await stage.until(stage.store.tidy(claimed));
        expect(stage.standing(), where()).toEqual([]);
      };
      await eachCall(kind, { ...day, isMixed }, { arrange: async () => undefined, act });
    });

    test.each(days)("a renewal for a new sandbox: $day", async (day) => {
      const act: Act = async ({ stage, held, end, where }) => {
        if (held === undefined) throw new Error("nothing is held");
        const answer = await stage.until(stage.store.renew(held, renewed));
        end();
        expect(["held", "unknown"], where()).toContain(answer.kind);
        const last = answer.kind === "held" ? answer : await stage.until(stage.store.renew(held, renewed));
        expect(last.kind, where()).toBe("held");
        expect(stage.standing(), where()).toEqual(whole(kind, renewed, isMixed));
      };
      await eachCall(kind, { ...day, isMixed }, { arrange: (stage) => stage.hold(claimed), act });
    });

    test.each(days)("a release: $day", async (day) => {
      const act: Act = async ({ stage, held, end, where }) => {
        if (held === undefined) throw new Error("nothing is held");
        const answer = await stage.until(stage.store.release(held));
        end();
        if (answer.kind === "freed") expect(stage.standing(), where()).toEqual([]);
        else expect(answer.kind, where()).toBe("unknown");
        expect(await stage.until(stage.store.release(held)), where()).toEqual({ kind: "freed" });
        expect(stage.standing(), where()).toEqual([]);
      };
      await eachCall(kind, { ...day, isMixed }, { arrange: (stage) => stage.hold(claimed), act });
    });
  },
);

describe.each(modes)("$mode,", ({ isMixed }) => {
  test.each(days)("a pool that is opened beside a static and a withheld address holds both: $day", async (day) => {
    const fixed = claim("10.0.0.5", { kind: "static", place: place("10.0.0.5", { pool: "" }) });
    const kept = claim("10.0.0.6", { kind: "withheld", holder: undefined, place: place("10.0.0.6", { pool: "" }) });
    const outside = claim("10.0.9.6", { kind: "static", place: place("10.0.9.6", { pool: "" }) });
    const opened = serving("10.0.0.0/24", false);
    const act: Act = async ({ stage, end, where }) => {
      const answer = await stage.until(stage.store.open(opened));
      end();
      const last = answer.kind === "open" ? answer : await stage.until(stage.store.open(opened));
      expect(last, where()).toEqual({ kind: "open" });
      expect(stage.standing(), where()).toEqual([
        "blue-10.0.0.0-24.10.0.0.5 attempt-10.0.0.5",
        "blue-10.0.0.0-24.10.0.0.6 attempt-10.0.0.6",
        "blue-10.0.0.5 attempt-10.0.0.5",
        "blue-10.0.0.6 attempt-10.0.0.6",
        "blue-10.0.9.6 attempt-10.0.9.6",
        ...(isMixed ? ["blue-10.0.0.0-24 5 c1", "blue-10.0.0.0-24 6 attempt-10.0.0.6"] : []),
      ]);
    };
    const arrange = async (stage: StoreStage) => {
      for (const one of [fixed, kept, outside]) await stage.hold(one);
      return undefined;
    };
    await eachCall({ beside: [] }, { ...day, isMixed }, { arrange, act });
  });

  const order = { network: "blue", address: place("10.0.0.5").address, reason: "printer", attempt: "w1", nowMs: 1 };
  const beside = [serving(), serving("10.0.0.0/25", false)];
  const withheld = [
    "blue-10.0.0.0-25.10.0.0.5 w1",
    "blue-10.0.0.5 w1",
    ...(isMixed ? ["blue-10.0.0.0-24 5 w1", "blue-10.0.0.0-25 5 w1"] : []),
  ];
  test.each(days)("withholding an address, and giving it back whatever came of it: $day", async (day) => {
    const act: Act = async ({ stage, end, where }) => {
      const answer = await stage.until(withholdAddress(stage.needs, order));
      end();
      if (answer.kind === "done") expect(stage.standing(), where()).toEqual(withheld);
      else if (answer.kind !== "unknown") expect(stage.standing(), where()).toEqual([]);
      const stood = stage.standing().length > 0;
      const back = await stage.until(giveBackWithheld(stage.needs, order));
      expect(back, where()).toEqual({ kind: stood ? "done" : "missing" });
      expect(stage.standing(), where()).toEqual([]);
    };
    await eachCall({ beside }, { ...day, isMixed }, { arrange: async () => undefined, act });
  });

  test.each(days)(
    "withholding an address, cut off anywhere, and ordering it again with the same reason: $day",
    async (day) => {
      const act: Act = async ({ stage, end, where }) => {
        await stage.until(withholdAddress(stage.needs, order));
        end();
        const again = await stage.until(withholdAddress(stage.needs, { ...order, attempt: "w2" }));
        expect(again, where()).toEqual({ kind: "done" });
        const attempts = new Set(stage.standing().map((line) => line.split(" ").at(-1)));
        expect(attempts.size, where()).toBe(1);
        expect(stage.standing().map((line) => line.replace(/w2$/, "w1"))).toEqual(withheld);
      };
      await eachCall({ beside }, { ...day, isMixed }, { arrange: async () => undefined, act });
    },
  );

  test.each(days)("giving a withheld address back: $day", async (day) => {
    const act: Act = async ({ stage, end, where }) => {
      const answer = await stage.until(giveBackWithheld(stage.needs, order));
      end();
      if (answer.kind === "done") expect(stage.standing(), where()).toEqual([]);
      else expect(["refused", "unknown"], where()).toContain(answer.kind);
      const again = await stage.until(giveBackWithheld(stage.needs, order));
      expect(["done", "missing"], where()).toContain(again.kind);
      expect(stage.standing(), where()).toEqual([]);
    };
    const arrange = async (stage: StoreStage) => {
      await stage.until(withholdAddress(stage.needs, order));
      return undefined;
    };
    await eachCall({ beside }, { ...day, isMixed }, { arrange, act });
  });
});
