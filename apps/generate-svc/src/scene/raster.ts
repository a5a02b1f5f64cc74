/** One value a pixel, row-major, [size * size]. */
export type Plane = Float32Array;
/** Red, green and blue in [0, 1]. */
export type Colour = readonly [number, number, number];
export type Planes = [Plane, Plane, Plane];

export const clamp = (v: number, low: number, high: number) => Math.min(high, Math.max(low, v));
/** 0 to 1 as t goes from 0 to 1, flat at both ends. */
export const smooth = (t: number) => {
  const c = clamp(t, 0, 1);
  return c * c * (3 - 2 * c);
};
/** 1 between `low` and `high`, falling over `soft` on both sides. */
export const bar = (p: number, low: number, high: number, soft: number) =>
  smooth((p - low + soft) / (2 * soft)) * smooth((high + soft - p) / (2 * soft));

/** ITU-R BT.601's luma. */
export const luma = (r: number, g: number, b: number) => 0.299 * r + 0.587 * g + 0.114 * b;
export const lumaAt = ([r, g, b]: Planes, p: number) =>
  luma(r[p] as number, g[p] as number, b[p] as number);

/** A plane whose value at column x and row y is `value(x, y)`. */
export function plane(size: number, value: (x: number, y: number) => number): Plane {
  const out = new Float32Array(size * size);
  for (let y = 0, p = 0; y < size; y++) for (let x = 0; x < size; x++, p++) out[p] = value(x, y);
  return out;
}

/** Planes of 8-bit interleaved RGB. */
export function toPlanes(data: Uint8Array): Planes {
  const area = data.length / 3;
  const planes: Planes = [0, 1, 2].map(() => new Float32Array(area)) as Planes;
  for (let c = 0; c < 3; c++) {
    for (let p = 0; p < area; p++) (planes[c] as Plane)[p] = (data[3 * p + c] as number) / 255;
  }
  return planes;
}

export function toBytes(planes: Planes): Uint8Array {
  const bytes = new Uint8Array(3 * planes[0].length);
  planes.forEach((values, c) => {
    for (let p = 0; p < values.length; p++) {
      bytes[3 * p + c] = Math.round(255 * clamp(values[p] as number, 0, 1));
    }
  });
  return bytes;
}

/**
 * Gaussian blur of standard deviation `sigma` pixels, to 5 % of it from 0.8: three running means each way,
 * whose cost does not grow with sigma. The border's pixels repeat outwards.
 */
export function blur(source: Plane, size: number, sigma: number): Plane {
  const widths = meanWidths(sigma);
  const turned = widths.reduce((rows, width, k) => meanRows(rows, size, width, k === 2), source);
  return widths.reduce((rows, width, k) => meanRows(rows, size, width, k === 2), turned);
}

/** Three odd widths, ascending, whose variances, (w^2 - 1) / 12, come nearest to sigma^2 together. */
function meanWidths(sigma: number): number[] {
  const low = 2 * Math.floor((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2) + 1;
  const narrow = Math.round((12 * sigma * sigma - 3 * low * low - 12 * low - 9) / (-4 * low - 4));
  return [0, 1, 2].map((k) => (k < narrow ? low : low + 2));
}

/** Means of `width` pixels along the rows; turns the picture on its side where asked to. */
function meanRows(source: Plane, size: number, width: number, turn: boolean): Plane {
  if (width === 1 && !turn) return source;
  const radius = (width - 1) / 2;
  const out = new Float32Array(source.length);
  const line = new Float32Array(size + 2 * radius);
  const [across, down] = turn ? [size, 1] : [1, size];
  for (let y = 0; y < size; y++) {
    extendRow(line, source, size, y, radius);
    let sum = 0;
    for (let k = 0; k < width - 1; k++) sum += line[k] as number;
    for (let x = 0; x < size; x++) {
      sum += line[x + width - 1] as number;
      out[x * across + y * down] = sum / width;
      sum -= line[x] as number;
    }
  }
  return out;
}

/** Row `y` with its ends repeated `radius` times. */
function extendRow(line: Float32Array, source: Plane, size: number, y: number, radius: number) {
  const row = source.subarray(y * size, (y + 1) * size);
  line.fill(row[0] as number, 0, radius);
  line.set(row, radius);
  line.fill(row[size - 1] as number, radius + size);
}

/** The value between pixels, bilinear; outside, the border's. */
export function sampleAt(source: Plane, size: number, x: number, y: number): number {
  const cx = clamp(x, 0, size - 1);
  const cy = clamp(y, 0, size - 1);
  const i = Math.min(size - 2, Math.floor(cx));
  const j = Math.min(size - 2, Math.floor(cy));
  const u = cx - i;
  const v = cy - j;
  const p = j * size + i;
  const top = (source[p] as number) * (1 - u) + (source[p + 1] as number) * u;
  const bottom = (source[p + size] as number) * (1 - u) + (source[p + size + 1] as number) * u;
  return top * (1 - v) + bottom * v;
}

/** The same picture with another number of pixels, bilinear. */
export const resize = (source: Plane, from: number, to: number): Plane =>
  plane(to, (x, y) =>
    sampleAt(source, from, ((x + 0.5) * from) / to - 0.5, ((y + 0.5) * from) / to - 0.5),
  );
