import { SECONDS_BUCKETS } from "@hyperface/contracts";
import { Counter, collectDefaultMetrics, Histogram, register } from "prom-client";

// A process has one registry, prom-client's own, whatever services it runs: whoever measures registers there.

const labelNames = ["service", "method", "route", "status"] as const;
const requests = new Counter({
  name: "http_requests_total",
  help: "Requests answered.",
  labelNames,
});
const duration = new Histogram({
  name: "http_request_duration_seconds",
  help: "Time to answer a request.",
  labelNames,
  buckets: SECONDS_BUCKETS,
});

export interface AnsweredRequest {
  service: string;
  method: string;
  /** The pattern, never the path: the number of series stays bounded. */
  route: string;
  status: number;
}

export function observeRequest(labels: AnsweredRequest, seconds: number): void {
  requests.inc({ ...labels });
  duration.observe({ ...labels }, seconds);
}

/** Memory, CPU, event loop and garbage collection, once a process. */
export function observeProcess(): void {
  if (!register.getSingleMetric("process_cpu_seconds_total")) collectDefaultMetrics();
}

/** Every metric of this process, as Prometheus reads it. */
export const metricsText = () => register.metrics();
export const metricsType = register.contentType;
