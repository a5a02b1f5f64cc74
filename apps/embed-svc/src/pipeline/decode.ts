import { HyperFaceError } from "@hyperface/contracts";
import type { Pixmap } from "@hyperface/image-files";
import sharp, { type Sharp } from "sharp";
import { countScans } from "./jpeg.ts";
import type { Pixels } from "./pixels.ts";

export interface DecodeLimits {
  /** Largest image file, bytes. */
  maxBytes: number;
  /** Largest image, pixels; read from its header, before anything is decoded. */
  maxPixels: number;
}

/** An image file as a request brings it. */
export interface NamedImage {
  bytes: Uint8Array;
  /** What errors call it. */
  name: string;
  /** What it is where another service sent it unpacked. */
  pixmap?: Pixmap | undefined;
}

/** Of the upright image in a file, pixels. */
export interface ImageSize {
  width: number;
  height: number;
}

/** What an image file's header says. */
export interface ImageHeader extends ImageSize {
  /** Pixels to decode, those of 16 bits a channel and of CMYK counted twice. */
  pixels: number;
  /** In colours of print. */
  isCmyk: boolean;
}

/** A detector looks at far less, and a face of a 112th of this side still fills its aligned frame. */
const WORKING_SIDE = 2048;
/** No image within the limits takes near this long; a forged one may. */
const DECODE_SECONDS = 20;
/** Each scan of a progressive JPEG goes over the whole image, however few its bytes; encoders make about ten. */
const MAX_SCANS = 100;

export interface DecodedImage extends Pixels {
  /** Pixels of the file per pixel here: above 1 where it was larger than needed. */
  zoom: number;
  original: ImageSize;
}

/** What browsers open is opened, a file that ends early is not. */
const open = ({ bytes, pixmap }: NamedImage, failOn: "error" | "warning" = "error") =>
  pixmap
    ? sharp(pixmap.data, { raw: { width: pixmap.width, height: pixmap.height, channels: 3 } })
    : sharp(bytes, { limitInputPixels: false, failOn });

/**
 * An image file's header, its size turned as its EXIF says.
 * @throws HyperFaceError `image-too-large`, `unreadable-image`
 */
export async function readHeader(
  file: NamedImage,
  { maxBytes, maxPixels }: DecodeLimits,
): Promise<ImageHeader> {
  const { bytes, name, pixmap } = file;
  if (bytes.length > maxBytes) {
    const limit = `${Math.floor(maxBytes / 2 ** 20)} MiB`;
    throw new HyperFaceError("image-too-large", `${name} has ${bytes.length} bytes, over ${limit}`);
  }
  // Three bytes a pixel are within the limit of bytes.
  if (pixmap) {
    return { ...sizeOf(pixmap), pixels: pixmap.width * pixmap.height, isCmyk: false };
  }
  // What is none of the three never reaches a decoder.
  if (!isKnown(bytes)) {
    throw new HyperFaceError("unreadable-image", `${name} is no JPEG, PNG or WebP file`);
  }
  if (isJpeg(bytes) && countScans(bytes) > MAX_SCANS) {
    const detail = `${name} is a JPEG of more than ${MAX_SCANS} scans: save it anew`;
    throw new HyperFaceError("unreadable-image", detail);
  }
  const { autoOrient, depth, space } = await open(file).metadata().catch(unreadable(name));
  const { width, height } = autoOrient;
  const isCmyk = space === "cmyk";
  const kind = depth !== "uchar" ? "of 16 bits a channel" : isCmyk ? "in CMYK" : undefined;
  const pixels = width * height * (kind ? 2 : 1);
  if (pixels > maxPixels) {
    const size = `${width} x ${height}${kind ? ` ${kind}, which counts twice` : ""}`;
    const limit = `${Math.floor(maxPixels / 1e6)} megapixels`;
    throw new HyperFaceError(
      "image-too-large",
      `${name} is ${size}, over ${limit}: send it smaller`,
    );
  }
  return { width, height, pixels, isCmyk };
}

/**
 * An image file as upright RGB, at most 2048 pixels a side.
 * @param header what {@link readHeader} gave
 * @throws HyperFaceError `unreadable-image`
 */
export async function decodeImage(file: NamedImage, header: ImageHeader): Promise<DecodedImage> {
  const { name, bytes, pixmap } = file;
  const { width, height } = header;
  const zoom = Math.max(1, Math.max(width, height) / WORKING_SIDE);
  const original = { width, height };
  if (pixmap && zoom === 1) return { ...sizeOf(pixmap), data: pixmap.data, zoom, original };
  const asBrowsersDo = () => decode(file, header, "error");
  const { data, info } = await (isJpeg(bytes)
    ? decode(file, header, "warning").catch((error) => {
        if (LACKS_DATA.test(error.message)) throw error;
        return asBrowsersDo();
      })
    : asBrowsersDo()
  ).catch(unreadable(name));
  return {
    data: info.channels === 3 ? data : greyToRgb(data),
    width: info.width,
    height: info.height,
    zoom,
    original,
  };
}

/** What libjpeg warns of where a scan ends before its time, as if the file were cut off and closed: the rest would be grey. */
const LACKS_DATA = /premature end of data segment/i;

async function decode(
  file: NamedImage,
  { width, height, isCmyk }: ImageHeader,
  failOn: "error" | "warning",
) {
  const upright = open(file, failOn).timeout({ seconds: DECODE_SECONDS }).autoOrient();
  const isLarge = Math.max(width, height) > WORKING_SIDE;
  const image = isLarge && isCmyk ? sharp(await shrinkInks(upright)) : upright;
  return shrink(image.flatten({ background: "#7f7f7f" }).toColourspace("srgb"))
    .raw()
    .toBuffer({ resolveWithObject: true });
}

const shrink = (image: Sharp) =>
  image.resize(WORKING_SIDE, WORKING_SIDE, { fit: "inside", withoutEnlargement: true });

/** Colours of print take three times as long to become RGB as a JPEG takes to decode: a large picture is made smaller in them. */
const shrinkInks = (image: Sharp) =>
  shrink(image.pipelineColourspace("cmyk").toColourspace("cmyk"))
    .keepIccProfile()
    .tiff({ compression: "none" })
    .toBuffer();

const sizeOf = ({ width, height }: ImageSize): ImageSize => ({ width, height });

const unreadable =
  (name: string) =>
  (cause: Error): never => {
    const why = cause.message.split("\n")[0];
    const detail = `${name} cannot be decoded (${why}): send it whole`;
    throw new HyperFaceError("unreadable-image", detail, { cause });
  };

function greyToRgb(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i] as number, 3 * i, 3 * i + 3);
  return rgb;
}

const hasAt = (bytes: Uint8Array, at: number, text: string) =>
  String.fromCharCode(...bytes.subarray(at, at + text.length)) === text;
const isJpeg = (bytes: Uint8Array) => hasAt(bytes, 0, "\xff\xd8\xff");
const isKnown = (bytes: Uint8Array) =>
  isJpeg(bytes) ||
  hasAt(bytes, 0, "\x89PNG\r\n\x1a\n") ||
  (hasAt(bytes, 0, "RIFF") && hasAt(bytes, 8, "WEBP"));
