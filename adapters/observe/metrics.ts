/**
 * Metrics for Prometheus, made from the one table.
 *
 * @module
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { isMetricOf, type MetricName, metricTable, type Metrics } from "../../core/ports/metrics.ts";

/** Seconds: from a warm ADD (0.5 ms) to the deadline of one (25 s). */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

export type ExposedMetrics = Metrics & { /** The text exposition format. */ readonly text: () => Promise<string> };

/** @param program whose metrics are exposed; left out: all */
export function createMetrics(program?: "agent" | "reconciler"): ExposedMetrics {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const [name, { type, help, labels }] of Object.entries(metricTable)) {
    if (program !== undefined && !isMetricOf(program, name)) continue;
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === "counter") counters.set(name, new Counter(options));
    else if (type === "gauge") gauges.set(name, new Gauge(options));
    else histograms.set(name, new Histogram({ ...options, buckets }));
  }
  return {
    count: (name: MetricName, labels: Record<string, string> = {}) => counters.get(name)?.inc(labels),
    set: (name: MetricName, value: number, labels: Record<string, string> = {}) => gauges.get(name)?.set(labels, value),
    observe: (name: MetricName, value: number, labels: Record<string, string> = {}) =>
      histograms.get(name)?.observe(labels, value),
    text: () => registry.metrics(),
  };
}
