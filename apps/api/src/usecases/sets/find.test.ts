import { expect, test } from "vitest";
import { useDependencies } from "../../test-dependencies.ts";
import { addGallery, addPacking } from "../../test-sets.ts";
import { findReadySet } from "./find.ts";

const gateway = useDependencies();

test("a gallery and a packing are both sets, whichever an id names", async () => {
  const { deps } = gateway;
  const [gallery, packing] = [await addGallery(deps), await addPacking(deps)];
  expect(await findReadySet(deps, gallery)).toMatchObject({
    id: gallery,
    kind: "gallery",
    count: 2,
  });
  expect(await findReadySet(deps, packing)).toMatchObject({
    id: packing,
    kind: "packing",
    count: 2,
  });
});

test("who asks for one kind is not given the other", async () => {
  const { deps } = gateway;
  const [gallery, packing] = [await addGallery(deps), await addPacking(deps)];
  for (const [id, as] of [
    [gallery, "packing"],
    [packing, "gallery"],
    ["gal_none", "gallery"],
    ["pak_none", undefined],
  ] as const) {
    await expect(findReadySet(deps, id, as)).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining(id),
    });
  }
});

test("a set that is being made says by which job, and one that failed does not say to wait", async () => {
  const { deps } = gateway;
  const pending = await addGallery(deps, { status: "pending" });
  await expect(findReadySet(deps, pending)).rejects.toMatchObject({
    code: "not-ready",
    message: expect.stringContaining("wait for job job_1"),
  });
  const failed = await addPacking(deps, { status: "failed" });
  await expect(findReadySet(deps, failed)).rejects.toMatchObject({
    code: "not-ready",
    message: `packing ${failed} is failed`,
  });
});
