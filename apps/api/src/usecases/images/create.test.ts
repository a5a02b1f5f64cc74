import { CreateIdentityImagesRequest, ImageQuery } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { useDependencies } from "../../test-dependencies.ts";
import { testServices } from "../../test-services.ts";
import { addPacking } from "../../test-sets.ts";
import { createIdentityImages } from "./create.ts";
import { prepareImage } from "./get.ts";

const gateway = useDependencies(testServices());

test("samples made at once are the images of their own URLs", async () => {
  const { deps } = gateway;
  const key = { packingId: await addPacking(deps), identity: 1 };
  const asked = { beta: 0.01, seed: 3, yaw: 1 };
  const request = CreateIdentityImagesRequest.parse({ count: 2, first: 5, ...asked });
  const { images } = await createIdentityImages(deps, key, request);
  const query = ImageQuery.parse({ beta: "0.01", seed: "3", yaw: "1" });
  for (const [k, image] of images.entries()) {
    const one = await prepareImage(deps, { ...key, sample: 5 + k }, { query, format: "png" });
    const { data, provenance } = await one.make();
    expect(image).toEqual({ data: Buffer.from(data).toString("base64"), provenance });
  }
});

test("what the generator cannot do is refused", async () => {
  const { deps } = gateway;
  const key = { packingId: await addPacking(deps), identity: 0 };
  const request = CreateIdentityImagesRequest.parse({ count: 1, light: 1 });
  await expect(createIdentityImages(deps, key, request)).rejects.toMatchObject({
    code: "unsupported-condition",
  });
});
