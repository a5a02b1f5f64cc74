import type { ImageFormat } from "@hyperface/contracts";
import sharp, { type Sharp } from "sharp";

export { decodePixmap, encodePixmap, type Pixmap } from "./pixmap.ts";

const ENCODERS: Record<ImageFormat, (image: Sharp) => Sharp> = {
  png: (image) => image.png(),
  webp: (image) => image.webp({ quality: 90 }),
  jpeg: (image) => image.jpeg({ quality: 92, chromaSubsampling: "4:4:4" }),
};

/** @param data interleaved RGB bytes, [side, side, 3] */
export const rawImage = (data: Uint8Array, side: number): Sharp =>
  sharp(data, { raw: { width: side, height: side, channels: 3 } });

/** An image as a file. @param description what its EXIF ImageDescription says, e.g. its provenance as JSON */
export function encodeImage(
  image: Sharp,
  format: ImageFormat,
  description?: string,
): Promise<Buffer> {
  const file = ENCODERS[format](image);
  const described = description ? file.withExif({ IFD0: { ImageDescription: description } }) : file;
  return described.toBuffer();
}

const IMAGE_DESCRIPTION = 0x010e;
const ASCII = 2;

/** The EXIF ImageDescription of an image file; undefined where it has none that can be read. */
export async function readDescription(file: Uint8Array): Promise<string | undefined> {
  const { exif } = await sharp(file).metadata();
  const tiff = exif?.toString("latin1", 0, 6) === "Exif\0\0" ? exif.subarray(6) : exif;
  if (!tiff || tiff.length < 8) return undefined;
  const little = tiff.toString("latin1", 0, 2) === "II";
  const long = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = long(4);
  if (directory + 2 > tiff.length) return undefined;
  for (let k = 0; k < short(directory); k++) {
    const entry = directory + 2 + 12 * k;
    if (entry + 12 > tiff.length) return undefined;
    if (short(entry) !== IMAGE_DESCRIPTION || short(entry + 2) !== ASCII) continue;
    const length = long(entry + 4);
    const start = length > 4 ? long(entry + 8) : entry + 8;
    if (start + length > tiff.length) return undefined;
    return tiff.toString("utf8", start, start + length).replace(/\0+$/, "");
  }
  return undefined;
}
