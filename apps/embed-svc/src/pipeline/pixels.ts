/** An RGB image: interleaved rows of bytes. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
}

/** x' = a x - b y + c, y' = b x + a y + d: a turn, a scale and a shift. */
export interface Similarity {
  a: number;
  b: number;
  c: number;
  d: number;
}

export type Point = readonly [x: number, y: number];

/**
 * A square of `size` pixels taken from `image` by `toSource` (pixel centres of the square to those of
 * the image), bilinear; what lies outside is black. Where the source is the finer one, `samples` x
 * `samples` points are averaged a pixel.
 * @returns interleaved RGB, not rounded, [size, size, 3] in 0 to 255
 */
export function warp(image: Pixels, toSource: Similarity, size: number, samples = 1): Float32Array {
  const { a, b, c, d } = toSource;
  const { data, width, height } = image;
  const out = new Float32Array(size * size * 3);
  const points = samples * samples;
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at += 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let s = 0; s < points; s++) {
        const u = x + ((s % samples) + 0.5) / samples - 0.5;
        const v = y + (Math.floor(s / samples) + 0.5) / samples - 0.5;
        const left = a * u - b * v + c;
        const top = b * u + a * v + d;
        const x0 = Math.floor(left);
        const y0 = Math.floor(top);
        const right = left - x0;
        const below = top - y0;
        // The four pixels about the point, those that are there.
        for (let k = 0; k < 4; k++) {
          const column = x0 + (k & 1);
          const row = y0 + (k >> 1);
          if (column < 0 || row < 0 || column >= width || row >= height) continue;
          const weight = (k < 2 ? 1 - below : below) * (k & 1 ? right : 1 - right);
          const from = (row * width + column) * 3;
          red += weight * (data[from] as number);
          green += weight * (data[from + 1] as number);
          blue += weight * (data[from + 2] as number);
        }
      }
      out[at] = red / points;
      out[at + 1] = green / points;
      out[at + 2] = blue / points;
    }
  }
  return out;
}

/** `image` in the middle of a grey frame, `border` pixels on each side. */
export function pad(image: Pixels, border: number): Pixels {
  const width = image.width + 2 * border;
  const height = image.height + 2 * border;
  const data = new Uint8Array(width * height * 3).fill(127);
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
    data.set(row, ((y + border) * width + border) * 3);
  }
  return { data, width, height };
}

/** Clockwise. */
export type QuarterTurns = 0 | 1 | 2 | 3;

/** `image` turned clockwise by quarters of a circle. */
export function turn(image: Pixels, quarters: QuarterTurns): Pixels {
  if (quarters === 0) return image;
  const { width: w, height: h, data: from } = image;
  const [width, height] = quarters === 2 ? [w, h] : [h, w];
  const data = new Uint8Array(from.length);
  // Where pixel (0, 0) comes from, and how far apart its neighbours to the right and below are there.
  const [start, right, down] = {
    1: [(h - 1) * w, -w, 1],
    2: [h * w - 1, -1, -w],
    3: [w - 1, w, -1],
  }[quarters] as [number, number, number];
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0, source = start + y * down; x < width; x++, source += right) {
      data[at++] = from[3 * source] as number;
      data[at++] = from[3 * source + 1] as number;
      data[at++] = from[3 * source + 2] as number;
    }
  }
  return { data, width, height };
}

/** A point of `turn(image, quarters)`, where it is in `image`; pixel centres are whole numbers. */
export function turnBack(
  [x, y]: Point,
  { width, height }: Pick<Pixels, "width" | "height">,
  quarters: QuarterTurns,
): Point {
  if (quarters === 1) return [y, height - 1 - x];
  if (quarters === 2) return [width - 1 - x, height - 1 - y];
  if (quarters === 3) return [width - 1 - y, x];
  return [x, y];
}

/** What takes a square from `turn(image, quarters)`, as what takes it from `image`. */
export function turnSourceBack(
  { a, b, c, d }: Similarity,
  image: Pick<Pixels, "width" | "height">,
  quarters: QuarterTurns,
): Similarity {
  const [x, y] = turnBack([c, d], image, quarters);
  const turned = { 0: [a, b], 1: [b, -a], 2: [-a, -b], 3: [-b, a] }[quarters] as [number, number];
  return { a: turned[0], b: turned[1], c: x, d: y };
}

/**
 * Interleaved values as a network's planar input, (v - mean) / scale.
 * @param order channels of the output in terms of RGB: [2, 1, 0] is BGR
 * @param transpose x on the first spatial axis
 */
export function toPlanar(
  values: Float32Array | Uint8Array,
  { width, height }: { width: number; height: number },
  {
    mean = 127.5,
    scale = 128,
    order = [0, 1, 2],
    transpose = false,
    mirror = false,
  }: {
    mean?: number;
    scale?: number;
    order?: readonly number[];
    transpose?: boolean;
    mirror?: boolean;
  } = {},
): Float32Array {
  const area = width * height;
  const planes = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const from = order[channel] as number;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const source = y * width + (mirror ? width - 1 - x : x);
        const target = transpose ? x * height + y : y * width + x;
        planes[channel * area + target] = ((values[source * 3 + from] as number) - mean) / scale;
      }
    }
  }
  return planes;
}
