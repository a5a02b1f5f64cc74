import { expect, test } from "vitest";
import { nameArithmetic, probeValues } from "./arithmetic.ts";

const output = () => Float32Array.of(1, 0.1, -3);

test("one last bit, another order or another version is another arithmetic", () => {
  const name = nameArithmetic({ libvips: "8.18.7" }, [output(), Uint8Array.of(1)]);
  expect(name).toMatch(/^node-\d+\.\S+ onnxruntime-1\.\S+ libvips-8\.18\.7 [0-9a-f]{16}$/);
  expect(nameArithmetic({ libvips: "8.18.7" }, [output(), Uint8Array.of(1)])).toBe(name);
  const rounded = output();
  new Uint32Array(rounded.buffer)[1] = (new Uint32Array(rounded.buffer)[1] as number) ^ 1;
  const others = [
    nameArithmetic({ libvips: "8.18.7" }, [rounded, Uint8Array.of(1)]),
    nameArithmetic({ libvips: "8.18.7" }, [Uint8Array.of(1), output()]),
    nameArithmetic({ libvips: "8.18.8" }, [output(), Uint8Array.of(1)]),
  ];
  expect(new Set([name, ...others]).size).toBe(4);
});

test("a probe's input is spread over [0, 1)", () => {
  const values = probeValues(10_000);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 2);
});
