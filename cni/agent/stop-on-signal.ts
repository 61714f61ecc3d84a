/**
 * The orderly end: SIGTERM and SIGINT let the agent answer what it has begun.
 *
 * @module
 */
import type { Agent } from "./run-agent.ts";

export function stopOnSignal(agent: Agent, close: () => void): void {
  const leave = () =>
    void agent.stop().finally(() => {
      close();
      process.exit(0);
    });
  process.once("SIGTERM", leave);
  process.once("SIGINT", leave);
}
