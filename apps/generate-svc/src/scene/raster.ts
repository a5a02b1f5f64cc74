/** One value a pixel, row-major, [size * size]. */
export type Plane = Float32Array;
/** Red, green and blue in [0, 1]. */
export type Colour = readonly [number, number, number];
export type Planes = [Plane, Plane, Plane];

/** What planes are cut from while {@link reusingMemory} works; `used` counts its numbers. */
let slab = new Float32Array(0);
let used = Number.POSITIVE_INFINITY;

/**
 * What `work` gives, its planes cut from one piece of memory that the next work's are cut from again: none may outlive
 * it. Each picture's planes are 4 MB, which the collector would be called for again and again.
 */
export function reusingMemory<R>(work: () => R): R {
  used = 0;
  try {
    return work();
  } finally {
    if (used > slab.length) slab = new Float32Array(used);
    used = Number.POSITIVE_INFINITY;
  }
}

/** A plane of zeros. */
export function blank(length: number): Plane {
  const start = used;
  used += length;
  return used <= slab.length ? slab.subarray(start, used).fill(0) : new Float32Array(length);
}

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
export function lumaOf([r, g, b]: Planes): Plane {
  const out = blank(r.length);
  for (let p = 0; p < out.length; p++) {
    out[p] = luma(r[p] as number, g[p] as number, b[p] as number);
  }
  return out;
}

export function product(a: Plane, b: Plane): Plane {
  const out = blank(a.length);
  for (let p = 0; p < out.length; p++) out[p] = (a[p] as number) * (b[p] as number);
  return out;
}

/** A plane whose value at column x and row y is `value(x, y)`. */
export function plane(size: number, value: (x: number, y: number) => number): Plane {
  const out = blank(size * size);
  for (let y = 0, p = 0; y < size; y++) for (let x = 0; x < size; x++, p++) out[p] = value(x, y);
  return out;
}

/** Planes of 8-bit interleaved RGB. */
export function toPlanes(data: Uint8Array): Planes {
  const area = data.length / 3;
  const planes: Planes = [0, 1, 2].map(() => blank(area)) as Planes;
  for (let c = 0; c < 3; c++) {
    const values = planes[c] as Plane;
    for (let p = 0; p < area; p++) values[p] = (data[3 * p + c] as number) / 255;
  }
  return planes;
}

export function toBytes(planes: Planes): Uint8Array {
  const bytes = new Uint8Array(3 * planes[0].length);
  planes.forEach((values, c) => {
    for (let p = 0; p < values.length; p++) {
      bytes[3 * p + c] = 255 * clamp(values[p] as number, 0, 1) + 0.5;
    }
  });
  return bytes;
}

/**
 * Gaussian blur of standard deviation `sigma` pixels, to 5 % of it from 0.8: three running means each way,
 * whose cost does not grow with sigma. The border's pixels repeat outwards.
 */
export function blur(source: Plane, size: number, sigma: number): Plane {
  const { low, narrow } = meanWidths(sigma);
  const [out, spare] = [blank(source.length), blank(source.length)];
  let from = source;
  for (let k = 0; k < 3; k++) {
    const width = k < narrow ? low : low + 2;
    if (width === 1) continue;
    // From one to the other by turns, so that the last writes what is returned.
    const to = k % 2 === 0 ? out : spare;
    meanOfSquares(from, size, width, to);
    from = to;
  }
  return from;
}

/** Of three odd widths whose variances, (w^2 - 1) / 12, come nearest to sigma^2 together, `narrow` are `low`, the rest 2 more. */
function meanWidths(sigma: number): { low: number; narrow: number } {
  const low = 2 * Math.floor((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2) + 1;
  const narrow = Math.round((12 * sigma * sigma - 3 * low * low - 12 * low - 9) / (-4 * low - 4));
  return { low, narrow };
}

/** Means of `width` x `width` pixels: row by row, sums run down the columns, then along the row of their means. */
function meanOfSquares(source: Plane, size: number, width: number, out: Plane): void {
  const radius = (width - 1) / 2;
  const share = 1 / width;
  const row = (y: number) => clamp(y, 0, size - 1) * size;
  const sums = new Float64Array(size);
  for (let y = -radius; y <= radius; y++) {
    const top = row(y);
    for (let x = 0; x < size; x++) sums[x] = (sums[x] as number) + (source[top + x] as number);
  }
  // The means of a row between the border's; the last pixel's sum moves on to one more.
  const line = new Float32Array(size + width);
  for (let y = 0; y < size; y++) {
    const [next, last] = [row(y + radius + 1), row(y - radius)];
    for (let x = 0; x < size; x++) {
      const sum = sums[x] as number;
      line[radius + x] = sum * share;
      sums[x] = sum + ((source[next + x] as number) - (source[last + x] as number));
    }
    for (let k = 0; k < radius; k++) {
      line[k] = line[radius] as number;
      line[radius + size + k] = line[radius + size - 1] as number;
    }
    let sum = 0;
    for (let x = 0; x < width; x++) sum += line[x] as number;
    for (let x = 0; x < size; x++) {
      out[y * size + x] = sum * share;
      sum += (line[x + width] as number) - (line[x] as number);
    }
  }
}

/** Where a line of `to` pixels falls on one of `from`: for each, the pixel before it and the share of the next. */
function places(from: number, to: number, scale = from / to, offset = 0) {
  const before = new Int32Array(to);
  const share = new Float64Array(to);
  for (let k = 0; k < to; k++) {
    const at = clamp((k + 0.5) * scale + offset - 0.5, 0, from - 1);
    before[k] = Math.min(from - 2, Math.floor(at));
    share[k] = at - (before[k] as number);
  }
  return { before, share };
}

/**
 * The same picture with another number of pixels, bilinear; outside it, the border's.
 * @param window where the new picture stands on the old: pixels of the old a pixel, and of its left and top edge
 */
export function resize(
  source: Plane,
  from: number,
  to: number,
  window: { scale: number; x: number; y: number } = { scale: from / to, x: 0, y: 0 },
): Plane {
  const { before, share } = places(from, to, window.scale, window.x);
  const down = places(from, to, window.scale, window.y);
  const out = blank(to * to);
  const line = new Float64Array(from);
  for (let y = 0; y < to; y++) {
    const top = (down.before[y] as number) * from;
    const v = down.share[y] as number;
    for (let x = 0; x < from; x++) {
      const above = source[top + x] as number;
      line[x] = above + ((source[top + from + x] as number) - above) * v;
    }
    for (let x = 0; x < to; x++) {
      const i = before[x] as number;
      const left = line[i] as number;
      out[y * to + x] = left + ((line[i + 1] as number) - left) * (share[x] as number);
    }
  }
  return out;
}

/** The same picture with fewer pixels, each the mean of those it covers. @param to a divisor of `from` */
export function shrink(source: Plane, from: number, to: number): Plane {
  const factor = from / to;
  const out = blank(to * to);
  const sums = new Float64Array(to);
  for (let y = 0; y < to; y++) {
    sums.fill(0);
    for (let row = y * factor; row < (y + 1) * factor; row++) {
      for (let x = 0, p = row * from; x < to; x++) {
        for (let k = 0; k < factor; k++, p++) sums[x] = (sums[x] as number) + (source[p] as number);
      }
    }
    for (let x = 0; x < to; x++) out[y * to + x] = (sums[x] as number) / factor ** 2;
  }
  return out;
}
