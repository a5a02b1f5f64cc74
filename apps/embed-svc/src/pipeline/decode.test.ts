import { readFile } from "node:fs/promises";
import { HyperFaceError } from "@hyperface/contracts";
import { encodePixmap } from "@hyperface/image-files";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { type DecodeLimits, decodeImage, readHeader } from "./decode.ts";
import { withScans } from "./test-jpeg.ts";

const LIMITS = { maxBytes: 2 ** 20, maxPixels: 1e6 };
const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 100, b: 50 } } });
const decode = async (bytes: Uint8Array, limits: DecodeLimits = LIMITS) => {
  const file = { bytes, name: "it" };
  return decodeImage(file, await readHeader(file, limits));
};
const refusal = (bytes: Uint8Array) =>
  decode(bytes).then(
    () => "nothing",
    (error: HyperFaceError) => error.code,
  );

test.each(["jpeg", "png", "webp"] as const)("%s is read as RGB", async (format) => {
  const { data, width, height } = await decode(await picture(30, 20).toFormat(format).toBuffer());
  expect([width, height]).toEqual([30, 20]);
  for (const [k, value] of [200, 100, 50].entries()) {
    expect(Math.abs((data[k] as number) - value)).toBeLessThan(6);
  }
});

test.each([
  [30, 20],
  [2050, 4],
])(
  "a picture of %i x %i that another service sent unpacked is seen as its PNG is",
  async (width, height) => {
    const png = await picture(width, height).png().toBuffer();
    const data = await sharp(png).raw().toBuffer();
    const pixmap = { width, height, data, description: undefined };
    const file = { bytes: encodePixmap(pixmap), name: "it", pixmap };
    const header = await readHeader(file, LIMITS);
    expect(header).toEqual({ width, height, pixels: width * height, isCmyk: false });
    const [seen, same] = [await decodeImage(file, header), await decode(png)];
    expect({ ...seen, data: [...seen.data] }).toEqual({ ...same, data: [...same.data] });
  },
);

test("grey, transparent and turned images come out upright in RGB", async () => {
  const grey = await picture(8, 8).greyscale().png().toBuffer();
  expect((await decode(grey)).data).toHaveLength(8 * 8 * 3);
  const clear = await picture(8, 8).ensureAlpha(0).png().toBuffer();
  expect((await decode(clear)).data[0]).toBe(127);
  const turned = await picture(30, 20).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const upright = await decode(turned);
  expect([upright.width, upright.height]).toEqual([20, 30]);
  expect(upright.original).toEqual({ width: 20, height: 30 });
});

test("the header's turn decides which side is the width, however near the two are", async () => {
  for (const [orientation, size] of [
    [3, { width: 4200, height: 4201 }],
    [6, { width: 4201, height: 4200 }],
  ] as const) {
    const turned = await picture(4200, 4201).withMetadata({ orientation }).jpeg().toBuffer();
    const image = await decode(turned, { maxBytes: 2 ** 24, maxPixels: 1e8 });
    expect(image.original).toEqual(size);
  }
});

test("a large picture in colours of print is seen as its small copy is", async () => {
  const face = await readFile(new URL("../../fixtures/face.png", import.meta.url));
  const print = (side: number) =>
    sharp(face)
      .resize(side, side / 32)
      .toColourspace("cmyk")
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
  const limits = { maxBytes: 2 ** 24, maxPixels: 1e8 };
  const [large, small] = [
    await decode(await print(2112), limits),
    await decode(await print(2048), limits),
  ];
  expect([large.height, large.original.height, small.height]).toEqual([2048, 2112, 2048]);
  const differences = large.data.map((value, k) => Math.abs(value - (small.data[k] as number)));
  expect(differences.reduce((sum, value) => sum + value, 0) / large.data.length).toBeLessThan(1);
});

// What libjpeg warns of and browsers, Pillow and cameras' own viewers overlook.
test.each([
  [
    "a scan that ends at coefficient 0",
    (jpeg: Buffer) => {
      const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
      const components = jpeg[scan + 4] as number;
      return jpeg.fill(0, scan + 6 + 2 * components, scan + 7 + 2 * components);
    },
  ],
  [
    "stray bytes before a segment",
    (jpeg: Buffer) => {
      const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
      return Buffer.concat([jpeg.subarray(0, frame), Buffer.alloc(7), jpeg.subarray(frame)]);
    },
  ],
])("a JPEG with %s is read as without it", async (_, spoil) => {
  const whole = await picture(64, 48).jpeg().toBuffer();
  const spoilt = spoil(Buffer.from(whole));
  expect(spoilt.equals(whole)).toBe(false);
  expect((await decode(spoilt)).data).toEqual((await decode(whole)).data);
});

test("a large image is worked on at 2048 pixels, and says how much smaller that is", async () => {
  const limits = { maxBytes: 2 ** 24, maxPixels: 1e8 };
  const image = await decode(await picture(4096, 1024).png().toBuffer(), limits);
  expect([image.width, image.height, image.zoom]).toEqual([2048, 512, 2]);
  expect(image.original).toEqual({ width: 4096, height: 1024 });
});

describe("is refused", () => {
  test("what is no JPEG, PNG or WebP", async () => {
    expect(await refusal(Buffer.from("hello"))).toBe("unreadable-image");
    expect(await refusal(Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"))).toBe(
      "unreadable-image",
    );
    expect(await refusal(await picture(9, 9).gif().toBuffer())).toBe("unreadable-image");
    expect(await refusal(new Uint8Array())).toBe("unreadable-image");
  });

  test("a cut or damaged file", async () => {
    const whole = await picture(300, 300).jpeg().toBuffer();
    for (const share of [0.2, 0.6, 0.95]) {
      const cut = whole.subarray(0, Math.round(whole.length * share));
      expect(await refusal(cut)).toBe("unreadable-image");
    }
    const damaged = await picture(300, 300).png().toBuffer();
    damaged.fill(0, 60);
    expect(await refusal(damaged)).toBe("unreadable-image");
    expect(await refusal(whole.subarray(0, 20))).toBe("unreadable-image");
  });

  test.each([true, false])(
    "a JPEG that is cut off and closed (progressive: %s)",
    async (progressive) => {
      const face = await readFile(new URL("../../fixtures/face.png", import.meta.url));
      const whole = await sharp(face).jpeg({ progressive }).toBuffer();
      for (const share of [0.3, 0.6, 0.97]) {
        const cut = whole.subarray(0, Math.round(whole.length * share));
        const closed = Buffer.concat([cut, Buffer.from([0xff, 0xd9])]);
        await expect(decode(closed)).rejects.toThrow(/premature end of data.*: send it whole/);
      }
    },
  );

  test("a header of 30,000 x 30,000 pixels, before anything is decoded", async () => {
    const png = await picture(1, 1).png().toBuffer();
    png.writeUInt32BE(30_000, 16);
    png.writeUInt32BE(30_000, 20);
    // The header's checksum is wrong now, as a careless forger's would be.
    expect(["image-too-large", "unreadable-image"]).toContain(await refusal(png));
    const real = await picture(1200, 1200).png().toBuffer();
    expect(await refusal(real)).toBe("image-too-large");
  });

  test("pixels of 16 bits a channel, twice as soon", async () => {
    const deep = (side: number) => picture(side, side).toColourspace("rgb16").png().toBuffer();
    expect(await refusal(await deep(710))).toBe("image-too-large");
    expect((await decode(await deep(700))).original).toEqual({ width: 700, height: 700 });
  });

  test("pixels in CMYK, twice as soon", async () => {
    const printed = (side: number) => picture(side, side).toColourspace("cmyk").jpeg().toBuffer();
    expect(await refusal(await printed(710))).toBe("image-too-large");
    expect((await decode(await printed(700))).original).toEqual({ width: 700, height: 700 });
  });

  test("a JPEG of more scans than an encoder makes", async () => {
    const jpeg = await picture(64, 64).jpeg({ progressive: true }).toBuffer();
    await expect(decode(withScans(jpeg, 101))).rejects.toThrow(/more than 100 scans: save it anew/);
  });

  test("more bytes than the limit", async () => {
    expect(await refusal(new Uint8Array(2 ** 20 + 1))).toBe("image-too-large");
  });
});

test("damaged files are read within their limits, or refused", async () => {
  const whole = picture(40, 30);
  const files = await Promise.all([
    whole.clone().png().toBuffer(),
    whole.clone().jpeg({ progressive: true }).toBuffer(),
    whole.clone().webp().toBuffer(),
  ]);
  const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 255 }));
  const damaged = fc
    .tuple(fc.constantFrom(...files), fc.array(change, { maxLength: 4 }), fc.nat({ max: 64 }))
    .map(([file, changes, cut]) => {
      const bytes = new Uint8Array(file).subarray(0, file.length - cut);
      for (const [place, value] of changes) bytes[Math.floor(place ** 2 * bytes.length)] = value;
      return bytes;
    });
  await fc.assert(
    fc.asyncProperty(damaged, async (bytes) => {
      try {
        const { data, width, height, original } = await decode(bytes);
        expect(original.width * original.height).toBeLessThanOrEqual(LIMITS.maxPixels);
        expect(data).toHaveLength(3 * width * height);
      } catch (error) {
        if (!(error instanceof HyperFaceError)) throw error;
      }
    }),
    { numRuns: 60 },
  );
});
