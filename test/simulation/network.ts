/**
 * What lies between one client and the API server: delays, requests and answers that are lost, requests that land long after
 * their client gave up, a node that is cut off, a server that is down.
 *
 * @module
 */
import type { Refused, Unanswered } from "../../core/ports/kube-api.ts";
import type { Chance } from "./chance.ts";
import type { Schedule } from "./schedule.ts";

/** Probabilities, of each call. */
export type Weather = {
  readonly lostRequest: number;
  readonly lostAnswer: number;
  /** Lands up to 90 s after it was sent. */
  readonly late: number;
  readonly busy: number;
  /** Takes up to 4 s. */
  readonly slow: number;
};

export const weathers = ["lostRequest", "lostAnswer", "late", "busy", "slow"] as const;

export const calm: Weather = { lostRequest: 0, lostAnswer: 0, late: 0, busy: 0, slow: 0 };

/** No request lands later than this after it was sent (PROTOCOL, assumptions), ms. */
const latestMs = 89_900;
/** One API call (PROTOCOL 7), ms. */
const timeOutMs = 5_000;

const timedOut: Unanswered = { kind: "unknown", reason: "no answer in 5 s", mayLand: true };
const dropped: Unanswered = { kind: "unknown", reason: "the connection was dropped", mayLand: true };
const refusedConnection: Unanswered = { kind: "unknown", reason: "connection refused", mayLand: false };
const busy: Unanswered = { kind: "unknown", reason: "429 Too Many Requests", mayLand: false };

export type Sky = {
  weather: Weather;
  isServerUp: boolean;
  /** Requests that may still land, and answers on their way. */
  inFlight: number;
  /** What reconcilers remove goes late. */
  isFoggy?: boolean;
  /** What reconcilers are answered: empty lists of nodes and pods, or nothing when they ask for pods. */
  hollow?: "empty" | "deaf" | undefined;
};

export class Link {
  readonly #schedule: Schedule;
  readonly #sky: Sky;
  readonly #chance: Chance;
  isCut = false;
  #connections = 1;
  /** The next call that reaches the server does so over a new connection. */
  #isBroken = false;

  constructor(schedule: Schedule, sky: Sky, chance: Chance) {
    this.#schedule = schedule;
    this.#sky = sky;
    this.#chance = chance;
  }

  get connections(): number {
    return this.#connections;
  }

  send<Answer>(deed: () => Answer): Promise<Answer | Refused | Unanswered> {
    const { weather, isServerUp } = this.#sky;
    const chance = this.#chance;
    if (!isServerUp && !this.isCut && chance.is(0.5)) return this.#lost(refusedConnection, chance.between(1, 50));
    if (chance.is(weather.busy)) return this.#lost(busy, chance.between(1, 100));
    if (chance.is(weather.late)) return this.#late(deed);
    if (this.isCut || chance.is(weather.lostRequest)) return this.#lost(...this.#silence());
    return this.#carry(deed, chance.is(weather.lostAnswer));
  }

  /** How the client learns that there is no answer: sooner or later. */
  #silence(): [Unanswered, number] {
    return this.#chance.is(0.5) ? [timedOut, timeOutMs] : [dropped, this.#chance.between(1, timeOutMs - 1)];
  }

  async #lost(answer: Unanswered, afterMs: number): Promise<Unanswered> {
    await this.#schedule.wait(afterMs);
    if (answer === dropped || answer === refusedConnection) this.#isBroken = true;
    return answer;
  }

  #late<Answer>(deed: () => Answer): Promise<Unanswered> {
    const afterMs = this.#chance.is(0.3) ? this.#chance.between(100, 8_000) : this.#chance.between(5_000, latestMs);
    this.#land(afterMs, () => void (this.#sky.isServerUp && deed()));
    return this.#lost(...this.#silence());
  }

  #carry<Answer>(deed: () => Answer, isAnswerLost: boolean): Promise<Answer | Unanswered> {
    const sentMs = this.#schedule.nowMs;
    const isSlow = this.#chance.is(this.#sky.weather.slow);
    const [thereMs, backMs] = [this.#delay(isSlow), this.#delay(isSlow)];
    return new Promise((resolve) => {
      const give = (answer: Answer | Unanswered, atMs: number) =>
        void this.#schedule.after(atMs - this.#schedule.nowMs, () => resolve(answer));
      const silent = () => give(timedOut, sentMs + timeOutMs);
      this.#land(thereMs, () => {
        if (!this.#sky.isServerUp) {
          this.#isBroken = true;
          give(dropped, sentMs + thereMs + backMs);
          return;
        }
        if (this.#isBroken) this.#connections += 1;
        this.#isBroken = false;
        const answer = deed();
        if (isAnswerLost || thereMs + backMs > timeOutMs) silent();
        else this.#land(backMs, () => (this.isCut ? silent() : resolve(answer)));
      });
    });
  }

  #land(afterMs: number, arrive: () => void): void {
    this.#sky.inFlight += 1;
    this.#schedule.after(afterMs, () => {
      this.#sky.inFlight -= 1;
      arrive();
    });
  }

  #delay(isSlow: boolean): number {
    return isSlow ? this.#chance.between(10, 2_800) : this.#chance.between(1, 8);
  }
}
