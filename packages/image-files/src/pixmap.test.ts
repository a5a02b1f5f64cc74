import { expect, test } from "vitest";
import { decodePixmap, encodePixmap, type Pixmap } from "./pixmap.ts";

const picture = {
  ...{ width: 2, height: 3 },
  data: Uint8Array.from({ length: 18 }, (_, k) => (k === 0 ? 10 : 14 * k)),
};

test.each([undefined, '{"a":"ü # 1"}'])(
  "a picture that says %s comes back as it was",
  (description) => {
    const { data, ...rest } = decodePixmap(encodePixmap({ ...picture, description })) as Pixmap;
    expect(rest).toEqual({ width: 2, height: 3, description });
    expect([...data]).toEqual([...picture.data]);
  },
);

test("what is cut short, too long, empty or something else is none", () => {
  const file = encodePixmap({ ...picture, description: "x" });
  expect(decodePixmap(file.subarray(0, -1))).toBeUndefined();
  expect(decodePixmap(Buffer.concat([file, Buffer.alloc(1)]))).toBeUndefined();
  expect(decodePixmap(Buffer.from("P6\n0 9\n255\n"))).toBeUndefined();
  expect(decodePixmap(Buffer.from("P5\n1 1\n255\nx"))).toBeUndefined();
  expect(decodePixmap(new Uint8Array(0))).toBeUndefined();
});
