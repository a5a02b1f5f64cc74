import sharp from "sharp";
import { expect, test } from "vitest";
import { encodeImage, rawImage, readDescription } from "./index.ts";

const grey = () => rawImage(new Uint8Array(3 * 16 * 16).fill(120), 16);

test.each(["png", "webp", "jpeg"] as const)("a %s keeps its description", async (format) => {
  for (const description of [JSON.stringify({ identity: 3, labels: { packing: "pak_1" } }), "ab"]) {
    const file = await encodeImage(grey(), format, description);
    expect((await sharp(file).metadata()).format).toBe(format);
    expect(await readDescription(file)).toBe(description);
  }
});

test("a file without one has none, nor has one whose EXIF is damaged", async () => {
  expect(await readDescription(await encodeImage(grey(), "jpeg"))).toBeUndefined();
  const file = await encodeImage(grey(), "jpeg", "x".repeat(300));
  const at = file.indexOf("Exif\0\0") + 6;
  for (const [place, value] of [
    [4, 0xffff],
    [8, 0xffff],
    [8 + 2 + 8, 0xffff],
  ] as const) {
    const damaged = Buffer.from(file);
    damaged.writeUInt16LE(value, at + place);
    expect(typeof (await readDescription(damaged).catch(() => undefined))).toMatch(
      /undefined|string/,
    );
  }
});
