import { expect, test } from "vitest";
import { type Measured, planFor } from "./capacity-model.ts";

const measured: Measured = {
  machine: "a machine",
  date: "2026-11-26",
  load: 0,
  perImage: { generate: 0.07, embed: 0.02, write: 0.01 },
  storedBytesPerImage: 7000,
  packingCores: 2,
  steps: 100,
  secondsPerStepAndPair: 1e-9,
  batch: 1000,
  secondsPerBatch: 0.1,
  visits: 10,
  secondsPerPair: 5e-10,
  packingBytesPerIdentity: 10_000,
};

test("images cost in proportion, what looks at all pairs by the square", () => {
  const [few, many] = [1000, 10_000].map((identities) =>
    planFor(measured, { identities, images: 10, cores: 4 }),
  ) as [ReturnType<typeof planFor>, ReturnType<typeof planFor>];
  expect(few.coreSeconds.generate).toBeCloseTo(700, 6);
  // 10,000 images, each compared with 1,000 references on two cores.
  expect(few.coreSeconds.nearest).toBeCloseTo(0.01, 9);
  expect(few.packing.allPairs).toBeCloseTo(0.1, 9);
  expect(few.packing.batches).toBeCloseTo(1, 9);
  expect(many.coreSeconds.generate / few.coreSeconds.generate).toBeCloseTo(10, 9);
  expect(many.coreSeconds.nearest / few.coreSeconds.nearest).toBeCloseTo(100, 9);
  expect(many.packing.check / few.packing.check).toBeCloseTo(100, 9);
  expect(few.seconds).toBeCloseTo((700 + 200 + 100 + 0.01) / 4 + 0.1 + 0.0005, 6);
  expect(few.bottleneck).toBe("generating");
});

test("with cores enough it is the packing that is waited for, in batches where all pairs take longer than the images", () => {
  const plan = planFor(measured, { identities: 1_000_000, images: 10, cores: 100_000 });
  expect(plan.packing.allPairs).toBeCloseTo(100_000, 3);
  expect(plan.bottleneck).toBe("packing");
  expect(plan.seconds).toBeCloseTo(plan.imageCoreSeconds / 100_000 + 1000 + 500, 3);
});
