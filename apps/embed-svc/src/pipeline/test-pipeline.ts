import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDevice } from "@hyperface/inference/test-device";
import { createPipeline } from "./index.ts";

/** A pipeline for tests, on models prepared once for all of them. */
export const testPipeline = () =>
  createPipeline({
    home: join(tmpdir(), "hyperface-test"),
    idleSeconds: 60,
    device: testDevice,
    batching: { size: 8, delay: 2 },
    queue: { capacity: 256 },
    limits: { maxBytes: 2 ** 24, maxPixels: 1e8, maxRequestPixels: 1e8 },
  });
