import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

/** W3C trace context: `traceparent`, and `tracestate` where there is one. */
export type TraceCarrier = Record<string, string>;

export interface SpanOptions {
  kind: "server" | "client" | "producer" | "consumer";
  attributes: Attributes;
  /** Of whoever asks, in place of what is under way here. */
  from?: TraceCarrier | null;
}

/** What is told of a span while it is under way, by OpenTelemetry's semantic conventions. */
export interface Told {
  name(name: string): void;
  attributes(attributes: Attributes): void;
  /** Notes that it failed: an exception's name, or a status. */
  failed(type: string): void;
}

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

/** Runs `work` as a span; where nothing is traced, it costs nothing. */
export function traced<T>(
  name: string,
  { kind, attributes, from }: SpanOptions,
  work: (span: Told) => Promise<T>,
): Promise<T> {
  const parent = from ? propagation.extract(ROOT_CONTEXT, from) : context.active();
  const options = { kind: KINDS[kind], attributes };
  return trace.getTracer("hyperface").startActiveSpan(name, options, parent, async (span) => {
    const failed = (type: string) => {
      span.setAttribute("error.type", type);
      span.setStatus({ code: SpanStatusCode.ERROR });
    };
    try {
      return await work({
        name: (better) => void span.updateName(better),
        attributes: (more) => void span.setAttributes(more),
        failed,
      });
    } catch (error) {
      if (error instanceof Error) span.recordException(error);
      failed(error instanceof Error ? error.name : "unknown");
      throw error;
    } finally {
      span.end();
    }
  });
}

let tracing = false;
/** Whether this process sends spans anywhere. */
export const isTracing = () => tracing;

/** Whether a span is under way here: what nobody asked for begins no trace. */
export const isTraced = () => trace.getActiveSpan() !== undefined;

/** The trace that is under way here, for logs. */
export const traceId = () => trace.getActiveSpan()?.spanContext().traceId;

/** What is under way here, for another process to go on from; nothing where nothing is traced. */
export function traceCarrier(): TraceCarrier {
  const carrier: TraceCarrier = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/**
 * Sends the spans of this process to a collector, by OTLP over HTTP. What else OpenTelemetry's variables say (headers,
 * sampler, attributes of the resource, sizes of batches) holds too.
 * @param endpoint of the collector, as OTEL_EXPORTER_OTLP_ENDPOINT names it
 * @returns what sends the rest and ends it
 */
export async function startTracing(name: string, endpoint: string): Promise<() => Promise<void>> {
  // Loaded only where it is wanted: it is not small.
  const [sdk, otlp, hooks, core, resources] = await Promise.all([
    import("@opentelemetry/sdk-trace-base"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/context-async-hooks"),
    import("@opentelemetry/core"),
    import("@opentelemetry/resources"),
  ]);
  const url = `${endpoint.replace(/\/$/, "")}/v1/traces`;
  const { OTEL_SERVICE_NAME: serviceName = name } = process.env;
  const detectors = [resources.envDetector];
  const provider = new sdk.BasicTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.detectResources({ detectors }))
      .merge(resources.resourceFromAttributes({ "service.name": serviceName })),
    spanProcessors: [new sdk.BatchSpanProcessor(new otlp.OTLPTraceExporter({ url }))],
  });
  tracing = true;
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  return () => provider.shutdown();
}
