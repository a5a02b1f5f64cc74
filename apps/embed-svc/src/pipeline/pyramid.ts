import sharp from "sharp";
import { type Pixels, pad, type QuarterTurns, turn } from "./pixels.ts";

/** Side of the proposal network's window, pixels. */
export const WINDOW = 12;
const PYRAMID_FACTOR = 0.709;
/** Share of the image's short side down to which faces are sought where nothing else is said. */
const SMALLEST_FACE = 1 / 8;
/** Most pixels of one pyramid level, that of an image 14 times as long as wide: a longer one is seen smaller. */
const MAX_LEVEL_PIXELS = 2 ** 17;
/** Share of the short side added all around where nothing was found: a face may fill the frame. */
const RETRY_MARGIN = 0.3;

/** An image made smaller, in which faces as large as the window are sought. */
export interface Level extends Pixels {
  scale: number;
}

/** An image and its levels, those turned. */
export interface View {
  image: Pixels;
  quarters: QuarterTurns;
  levels: Level[];
}

/** An image as faces are sought in it. Its levels are made once, however often it is looked at. */
export interface Scene {
  image: Pixels;
  /** Width of the margin of {@link padded}, pixels. */
  border: number;
  plain(quarters: QuarterTurns): Promise<View>;
  padded(quarters: QuarterTurns): Promise<View>;
}

/**
 * The work has a bound whatever the image: no level is larger than the image or 2^17 pixels.
 * @param smallest share of the image's short side down to which faces are sought, 1/8 to 1; and down to the window itself
 */
export function createScene(image: Pixels, smallest = SMALLEST_FACE): Scene {
  const border = Math.round(Math.min(image.width, image.height) * RETRY_MARGIN);
  const share = Math.max(SMALLEST_FACE, smallest / (1 + 2 * RETRY_MARGIN));
  return {
    image,
    border,
    plain: createViews(() => image, smallest),
    padded: createViews(() => pad(image, border), share),
  };
}

function createViews(makeImage: () => Pixels, smallest: number) {
  let upright: Promise<View> | undefined;
  return async (quarters: QuarterTurns): Promise<View> => {
    upright ??= buildView(makeImage(), smallest);
    const { image, levels } = await upright;
    const turned = levels.map((level) => ({ ...turn(level, quarters), scale: level.scale }));
    return { image, quarters, levels: turned };
  };
}

async function buildView(image: Pixels, smallest: number): Promise<View> {
  const short = Math.min(image.width, image.height);
  const levels: Level[] = [];
  // Never enlarged: a face of fewer pixels than the window has nothing to show.
  let scale = Math.min(
    1,
    WINDOW / (short * SMALLEST_FACE),
    Math.sqrt(MAX_LEVEL_PIXELS / (image.width * image.height)),
  );
  for (; short * scale >= WINDOW; scale *= PYRAMID_FACTOR) {
    // The levels stay where they are: what a face's landmarks are depends on the level that it is seen in.
    if (WINDOW / scale >= short * smallest) levels.push(await shrink(image, scale));
  }
  return { image, quarters: 0, levels };
}

async function shrink({ data, width, height }: Pixels, scale: number): Promise<Level> {
  const size = { width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
  const smaller = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ ...size, fit: "fill", kernel: "linear" })
    .raw()
    .toBuffer();
  return { ...size, data: smaller, scale };
}
