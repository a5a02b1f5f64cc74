import { expect, test } from "vitest";
import { renderPng } from "./index.ts";

test("draws a specification at its size", async () => {
  const png = await renderPng(
    {
      width: 100,
      height: 50,
      padding: 0,
      data: [{ name: "t", values: [{ x: 1 }] }],
      marks: [
        {
          type: "rect",
          from: { data: "t" },
          encode: {
            enter: {
              x: { value: 0 },
              width: { value: 100 },
              y: { value: 0 },
              height: { value: 50 },
              fill: { value: "red" },
            },
          },
        },
      ],
    },
    2,
  );
  const header = new DataView(png.buffer, png.byteOffset);
  expect([header.getUint32(16), header.getUint32(20)]).toEqual([200, 100]);
});
