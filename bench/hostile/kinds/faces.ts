import sharp, { type Sharp } from "sharp";
import type { Chance } from "../chance.ts";
import { type Answer, json, type Kind, picture, post, succeeds, type Target } from "../request.ts";

/** Quality under which a picture is said to show a face badly. */
const POOR = 0.6;

/** Such a face or none. */
const sameFace = ({ isOtherFace }: Target) => ({
  isSilentChange: (answer: Answer) => succeeds(answer) && isOtherFace(answer),
});
const mustBeSame = (target: Target) => ({ ...sameFace(target), right: [200] });

/** The picture as it is stored so that its EXIF orientation turns it back. */
async function storeFor(orientation: number, face: Buffer): Promise<Buffer> {
  const mirrored = [2, 4, 5, 7].includes(orientation);
  const turn = { 3: 180, 4: 180, 5: 90, 6: 270, 7: 270, 8: 90 }[orientation] ?? 0;
  const turned = await sharp(face).rotate(turn).png().toBuffer();
  return mirrored ? sharp(turned).flop().png().toBuffer() : turned;
}

/** Stray bytes and marks that decoders read over. */
function repairable(jpeg: Buffer, chance: Chance): Buffer {
  const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
  if (chance.of([true, false])) {
    const components = jpeg[scan + 4] as number;
    return Buffer.from(jpeg).fill(0, scan + 6 + 2 * components, scan + 7 + 2 * components);
  }
  // After the first segment: what does not begin as a JPEG does is none.
  const marker = jpeg.indexOf(Buffer.from([0xff, chance.of([0xdb, 0xc0, 0xc4, 0xda])]), 3);
  const stray = Buffer.alloc(chance.whole(1, 20), chance.whole(0, 254));
  return Buffer.concat([jpeg.subarray(0, marker), stray, jpeg.subarray(marker)]);
}

const ENCODINGS: ((face: Sharp) => Sharp)[] = [
  (face) => face.toColourspace("rgb16").png(),
  (face) => face.png({ palette: true }),
  (face) => face.png({ progressive: true }),
  (face) => face.ensureAlpha(0.9).png(),
  (face) => face.jpeg({ progressive: true }),
  (face) => face.jpeg({ quality: 60, chromaSubsampling: "4:2:0" }),
  (face) => face.toColourspace("cmyk").jpeg(),
  (face) => face.webp({ lossless: true }),
  (face) => face.webp({ quality: 60 }),
];

/** A face that is the same however its picture is written, or that cannot be seen and must not be made up. */
export const FACES: Record<string, Kind> = {
  async turnedFace(chance, target) {
    const turned = sharp(target.face).rotate(chance.of([90, 180, 270]));
    return picture(await turned.png().toBuffer(), "", sameFace(target));
  },
  async exifOrientation(chance, target) {
    const orientation = chance.whole(1, 8);
    const format = chance.of(["png", "jpeg", "webp"] as const);
    const stored = sharp(await storeFor(orientation, target.face)).withMetadata({ orientation });
    return picture(await stored.toFormat(format).toBuffer(), "", mustBeSame(target));
  },
  async otherEncoding(chance, target) {
    const file = await chance.of(ENCODINGS)(sharp(target.face)).toBuffer();
    return picture(file, "", mustBeSame(target));
  },
  async repairableJpeg(chance, target) {
    const jpeg = await sharp(target.face).jpeg().toBuffer();
    const crops = chance.of(["", "&crops=true"]);
    return picture(repairable(jpeg, chance), crops, mustBeSame(target));
  },
  async animation(chance, target) {
    const other = await sharp(target.face).negate().png().toBuffer();
    const pages = [target.face, other];
    const file = await sharp(pages, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    return picture(file, chance.of(["", "&allowMissing=true"]), mustBeSame(target));
  },
  async montage(chance, { face }) {
    const [columns, rows] = [chance.whole(2, 5), chance.whole(2, 5)];
    const side = chance.whole(96, 160);
    const input = await sharp(face).resize(side).png().toBuffer();
    const cells = Array.from({ length: columns * rows }, (_, k) => ({
      ...{ input, left: (k % columns) * side, top: Math.floor(k / columns) * side },
    }));
    const create = { width: columns * side, height: rows * side, channels: 3 } as const;
    const file = await sharp({ create: { ...create, background: "#777" } })
      .composite(cells)
      .png()
      .toBuffer();
    const maxFaces = chance.whole(1, 16);
    return {
      ...picture(file, "", { right: [200], asks: 1 }),
      path: `/v1/embeddings?faces=all&maxFaces=${maxFaces}`,
      isSilentChange(answer) {
        const [image] = json(answer).images;
        const all = image.faces.length === image.found;
        // A detector may pass a face over, but not nearly all.
        return image.found < cells.length / 2 || (!all && image.faces.length < maxFaces);
      },
    };
  },
  async tinyFace(chance, target) {
    const side = chance.whole(8, 48);
    const tiny = await sharp(target.face).resize(side).png().toBuffer();
    return picture(tiny, "", {
      right: [200, 422],
      isSilentChange(answer) {
        if (!succeeds(answer) || !target.isOtherFace(answer)) return false;
        return json(answer).images[0].faces[0].quality.value > POOR;
      },
    });
  },
  base64(chance, target) {
    const text = target.face.toString("base64");
    const [wrapped, right] = chance.of([
      [`data:image/png;base64,${text}`, [200]],
      [text.replace(/.{76}/g, "$&\r\n"), [200]],
      [text.replace(/=+$/, ""), [200]],
      [text.replaceAll("+", "-").replaceAll("/", "_"), [200, 400]],
      [text.slice(0, chance.whole(0, text.length - 4)), [400, 422]],
      [`${text}!`, [400]],
      [`data:image/png,${text}`, [400]],
    ] as [string, number[]][]);
    return post(
      "/v1/embeddings?faces=largest",
      { images: [wrapped] },
      { ...sameFace(target), right },
    );
  },
};
