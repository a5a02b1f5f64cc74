import sharp from "sharp";
import { type Kind, picture, post } from "../request.ts";

const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#777" } });

/** Pictures that cost more than they show, or end before they should. */
export const PICTURES: Record<string, Kind> = {
  async thinPicture(chance) {
    const long = chance.whole(100, 20_000);
    const short = chance.whole(1, 60);
    const [width, height] = chance.of([
      [long, short],
      [short, long],
    ]) as [number, number];
    const right = [200, 413, 422];
    return picture(await blank(width, height).png().toBuffer(), "&allowMissing=true", { right });
  },
  async compressiblePictures(chance) {
    const side = chance.whole(1000, 8000);
    const plain = blank(side, side);
    const file = await chance
      .of([
        () => plain.png(),
        () => plain.png({ progressive: true }),
        () => plain.toColourspace("rgb16").png(),
        () => plain.ensureAlpha(0.5).png(),
        () => plain.jpeg({ progressive: true }),
        () => plain.toColourspace("cmyk").jpeg(),
        () => plain.webp(),
        () => plain.webp({ lossless: true }),
      ])()
      .toBuffer();
    const images = Array.from({ length: chance.whole(1, 20) }, () => file.toString("base64"));
    const rest = { right: [200, 413], asks: images.length };
    return post("/v1/embeddings?allowMissing=true", { images }, rest);
  },
  async manyScans(chance) {
    const side = chance.whole(100, 8000);
    const jpeg = await blank(side, side)
      .jpeg({ progressive: true, optimiseScans: true })
      .toBuffer();
    const end = jpeg.length - 2;
    const last = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), end);
    const again = Array.from({ length: chance.whole(10, 20_000) }, () => last);
    const file = Buffer.concat([jpeg.subarray(0, end), ...again, jpeg.subarray(end)]);
    return picture(file, "&allowMissing=true", { right: [200, 413, 422] });
  },
  async damagedPicture(chance, { face }) {
    const type = chance.of(["png", "jpeg", "webp"] as const);
    const file = await sharp(face).toFormat(type).toBuffer();
    for (let k = chance.whole(0, 8); k > 0; k--)
      file[chance.whole(0, file.length - 1)] = chance.whole(0, 255);
    const cut = file.subarray(0, chance.of([file.length, chance.whole(1, file.length)]));
    return picture(cut, "&allowMissing=true");
  },
  async truncatedJpeg(chance, { face }) {
    const progressive = chance.of([true, false]);
    const whole = await sharp(face).jpeg({ progressive }).toBuffer();
    const cut = whole.subarray(0, Math.floor((whole.length * chance.whole(1, 97)) / 100));
    // A progressive one may end with a scan, and be whole.
    const closed = !progressive && chance.of([true, false]);
    const end = closed ? Buffer.from([0xff, 0xd9]) : Buffer.alloc(0);
    return picture(Buffer.concat([cut, end]), "", { right: [422] });
  },
  cutOffPicture: (chance, { face }) =>
    picture(new Uint8Array(face), "", { leavesAfter: chance.whole(0, 60) }),
};
