/**
 * Runs clean-up also when the process is interrupted or ends before its disposables do.
 *
 * @module
 */

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const pending = new Set<() => void>();
let isListening = false;

/**
 * Keeps `cleanUp` for an interruption or an early end; it has to be synchronous. The answer withdraws it, for when the
 * work was undone in the ordinary way.
 */
export function onInterruption(cleanUp: () => void): () => void {
  pending.add(cleanUp);
  if (!isListening) listen();
  return () => pending.delete(cleanUp);
}

function listen(): void {
  isListening = true;
  process.on("exit", cleanUpAll);
  for (const signal of signals) process.on(signal, interrupted);
}

function interrupted(signal: NodeJS.Signals): void {
  cleanUpAll();
  for (const each of signals) process.off(each, interrupted);
  // Whoever else listens decides how the process ends; when nobody does, it ends as the signal would have ended it.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function cleanUpAll(): void {
  // Newest first: what was made later stands on what was made before.
  for (const cleanUp of [...pending].reverse()) cleanUp();
  pending.clear();
}
