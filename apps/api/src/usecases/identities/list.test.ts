import { expect, test } from "vitest";
import { useDependencies } from "../../test-dependencies.ts";
import { addPacking, axes } from "../../test-sets.ts";
import { listIdentities } from "./list.ts";

const gateway = useDependencies();

test("pages follow one another by index, and end", async () => {
  const { deps } = gateway;
  const cosine = Float32Array.of(0, 0.125, 0.25, 0.375, 0.5);
  const nearest = { index: Int32Array.of(1, 2, 3, 4, 0), cosine };
  const id = await addPacking(deps, { embeddings: axes(5), nearest });
  const first = await listIdentities(deps, id, { limit: 2 });
  expect(first.data.map(({ index }) => index)).toEqual([0, 1]);
  const second = await listIdentities(deps, id, { limit: 2, cursor: first.nextCursor as string });
  expect(second.data).toEqual([
    { index: 2, nearest: { index: 3, cosine: 0.25, distance: 0.75 } },
    { index: 3, nearest: { index: 4, cosine: 0.375, distance: 0.625 } },
  ]);
  const last = await listIdentities(deps, id, { limit: 2, cursor: second.nextCursor as string });
  expect(last).toMatchObject({ data: [{ index: 4 }], nextCursor: null });
});

test("a cursor of another list is refused, and one past the end has nothing", async () => {
  const { deps } = gateway;
  const id = await addPacking(deps);
  const cursor = (key: string) => Buffer.from(key).toString("base64url");
  const foreign = listIdentities(deps, id, { limit: 2, cursor: cursor("gal_1") });
  await expect(foreign).rejects.toMatchObject({ code: "invalid-request" });
  expect(await listIdentities(deps, id, { limit: 2, cursor: cursor("999") })).toEqual({
    data: [],
    nextCursor: null,
  });
});
