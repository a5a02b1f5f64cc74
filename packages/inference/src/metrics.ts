import { SECONDS_BUCKETS } from "@hyperface/contracts";
import { Gauge, Histogram } from "prom-client";

/** Items that a model or a thread was given at once. */
const batchItems = new Histogram({
  name: "queue_batch_items",
  help: "Items of concurrent requests that were worked on together.",
  labelNames: ["queue"],
  buckets: [1, 2, 4, 8, 16, 32, 64],
});
const waitingItems = new Gauge({
  name: "queue_waiting_items",
  help: "Items that wait for their turn.",
  labelNames: ["queue"],
});
const itemSeconds = new Histogram({
  name: "queue_item_seconds",
  help: "Time from an item's arrival to its result.",
  labelNames: ["queue"],
  buckets: SECONDS_BUCKETS,
});
const loadSeconds = new Histogram({
  name: "model_load_seconds",
  help: "Time to load a model, the first time in a process.",
  labelNames: ["provider"],
  buckets: SECONDS_BUCKETS,
});

export interface QueueMetrics {
  waiting(items: number): void;
  batch(items: number): void;
  item(seconds: number): void;
}

/** What a queue tells of itself; one without a name tells nothing. */
export function measureQueue(name: string | undefined): QueueMetrics {
  if (name === undefined) return { waiting() {}, batch() {}, item() {} };
  const queue = { queue: name };
  return {
    waiting: (items) => waitingItems.set(queue, items),
    batch: (items) => batchItems.observe(queue, items),
    item: (seconds) => itemSeconds.observe(queue, seconds),
  };
}

export const measureLoad = (provider: string, seconds: number) =>
  loadSeconds.observe({ provider }, seconds);
