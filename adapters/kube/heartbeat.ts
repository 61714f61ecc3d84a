/**
 * Notices a connection whose other end has gone without a word: silence, a question, and no answer.
 *
 * @module
 */
import type { Clock } from "../../core/ports/clock.ts";
import type { ConnectionTimes } from "./exchange.ts";

type Beat = {
  readonly clock: Clock;
  readonly times: ConnectionTimes;
  /** Requests are under way: the other end owes an answer. */
  readonly isBusy: () => boolean;
  /** Asks; `pong` is called by the answer. */
  readonly ping: (pong: () => void) => unknown;
  readonly giveUp: (reason: string) => void;
  /** Calls `stop` when the connection has ended. */
  readonly onEnd: (stop: () => void) => void;
};

/** @returns to be called whenever something came from the other end */
export function beatWhile({ clock, times, isBusy, ping, giveUp, onEnd }: Beat): () => void {
  const { busyQuietMs, idleQuietMs, pongMs } = times;
  const now = () => Number(clock.bootNs() / 1_000_000n);
  const ended = new AbortController();
  onEnd(() => ended.abort());
  let heardAt = now();
  let askedAt: number | undefined;
  const heard = () => {
    heardAt = now();
    askedAt = undefined;
  };
  const beat = async () => {
    while (!ended.signal.aborted) {
      await clock.wait(Math.min(busyQuietMs, pongMs) / 2, ended.signal);
      if (ended.signal.aborted) return;
      if (askedAt !== undefined) {
        if (now() - askedAt >= pongMs) return giveUp(`the server was silent for ${Math.round(now() - heardAt)} ms`);
      } else if (now() - heardAt >= (isBusy() ? busyQuietMs : idleQuietMs)) {
        askedAt = now();
        ping(heard);
      }
    }
  };
  void beat();
  return heard;
}
