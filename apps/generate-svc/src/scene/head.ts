import { COARSE, coarse, ellipse, type Frame } from "./frame.ts";
import type { FaceLight } from "./light.ts";
import {
  blank,
  blur,
  clamp,
  copy,
  lumaOf,
  medianOfNine,
  type Plane,
  type Planes,
  product,
  resize,
  shrink,
  smooth,
} from "./raster.ts";

/** The matte of the face's own component, its inside closed, its edge drawn in by about half a pixel. */
export function cleanMatte(matte: Plane, frame: Frame): Plane {
  const own = componentOfFace(matte, frame);
  const near = blur(own, frame.size, 1.5 * frame.unit);
  const face = ellipse(frame, 28, 40);
  const out = blank(matte.length);
  for (let p = 0; p < out.length; p++) {
    const kept = (matte[p] as number) * clamp(4 * (near[p] as number) - 0.2, 0, 1);
    const inside = smooth((1.15 - (face[p] as number)) / 0.3);
    out[p] = clamp((Math.max(kept, inside) - 0.22) / 0.68, 0, 1);
  }
  return out;
}

/** 1 where the matte is joined to the middle of the face. */
function componentOfFace(matte: Plane, { size }: Frame): Plane {
  const own = blank(matte.length);
  const queue = new Int32Array(matte.length);
  let [first, last] = [0, 0];
  const reach = (p: number) => {
    if (own[p] === 1 || (matte[p] as number) <= 0.35) return;
    own[p] = 1;
    queue[last++] = p;
  };
  const middle = Math.floor(0.56 * size) * size + (size >> 1);
  own[middle] = 1;
  queue[last++] = middle;
  while (first < last) {
    const p = queue[first++] as number;
    const x = p % size;
    if (x > 0) reach(p - 1);
    if (x < size - 1) reach(p + 1);
    if (p >= size) reach(p - size);
    if (p + size < own.length) reach(p + size);
  }
  return own;
}

/** How ragged a raw matte is: soft pixels a unit of its outline. Above {@link TORN} it is worth another draw. */
export function raggedness(matte: Plane, { size, unit }: Frame): number {
  const outline = blur(matte, size, 4 * unit);
  const inside = (p: number) => (outline[p] as number) > 0.5;
  let length = 0;
  let soft = 0;
  for (let p = size; p < matte.length; p++) {
    const isFirst = p % size === 0;
    if ((!isFirst && inside(p) !== inside(p - 1)) || inside(p) !== inside(p - size)) length += 1;
    soft += (matte[p] as number) * (1 - (matte[p] as number));
  }
  return soft / Math.max(length, 1) / unit;
}
export const TORN = 0.7;

/**
 * The head's own colours, carried outwards over its rim, where the old ground shows and rings; outside
 * the face false colour is held to what the face itself has.
 */
export function ownColours(image: Planes, matte: Plane, light: FaceLight, frame: Frame): Planes {
  const core = coreOf(matte, frame);
  const carried = carryOut(image, core, frame);
  const enlarge = (values: Plane) => resize(values, COARSE, frame.size);
  const level = enlarge(lumaOf(carried));
  const chroma = calmChroma(carried, light, frame).map(enlarge) as Planes;
  const calm = unwoven(lumaOf(image), frame.size);
  const out = image.map(copy) as Planes;
  redraw(out, { core, level, calm, chroma, face: ellipse(frame, 33, 44) });
  return out;
}

/** Over the rim the luma and the colour that are carried there, outside the face the calmed ones; in place. */
function redraw(
  image: Planes,
  by: { core: Plane; level: Plane; calm: Plane; chroma: Planes; face: Plane },
): void {
  const { core, level, calm, chroma, face } = by;
  for (let p = 0; p < level.length; p++) {
    const inside = core[p] as number;
    const share = 1 - inside * (1 - smooth(((face[p] as number) - 0.85) / 0.35));
    if (share === 0) continue;
    const around = level[p] as number;
    const own = around + ((calm[p] as number) - around) * inside;
    for (let c = 0; c < 3; c++) {
      const values = image[c] as Plane;
      const value = values[p] as number;
      values[p] = value + (own + ((chroma[c] as Plane)[p] as number) - value) * share;
    }
  }
}

/** 1 well within the matte, 0 from its rim outwards. */
function coreOf(matte: Plane, { size, unit }: Frame): Plane {
  const core = blur(matte, size, 1.2 * unit);
  for (let p = 0; p < core.length; p++) core[p] = smooth(((core[p] as number) - 0.62) / 0.33);
  return core;
}

/** Without the grid that generators weave into hair: most of each pixel is the median of the nine about it. */
function unwoven(lumas: Plane, size: number): Plane {
  const medians = medianOfNine(lumas, size);
  for (let p = 0; p < medians.length; p++) {
    medians[p] = 0.3 * (lumas[p] as number) + 0.7 * (medians[p] as number);
  }
  return medians;
}

/** Coarse: where there is no core, a weighted mean of its pixels near and far. */
function carryOut(image: Planes, core: Plane, frame: Frame): Planes {
  const { unit } = coarse(frame);
  const down = (values: Plane) => shrink(values, frame.size, COARSE);
  const soft = (values: Plane, sigma: number) => blur(values, COARSE, sigma * unit);
  const inside = down(core);
  const weights = { far: soft(inside, 5), near: soft(inside, 1.6) };
  return image.map((values) => {
    const kept = down(product(values, core));
    const [far, near] = [soft(kept, 5), soft(kept, 1.6)];
    for (let p = 0; p < kept.length; p++) {
      const weight = weights.near[p] as number;
      const wide = (far[p] as number) / ((weights.far[p] as number) + 1e-5);
      const close = (near[p] as number) / (weight + 1e-5);
      const outside = wide + (close - wide) * smooth(weight / 0.35);
      kept[p] = (kept[p] as number) + outside * (1 - (inside[p] as number));
    }
    return kept;
  }) as Planes;
}

/** Coarse: colour less luma, smoothed, and nowhere stronger than the face's own. */
function calmChroma(image: Planes, { skin, level }: FaceLight, frame: Frame): Planes {
  const soft = image.map((values) => blur(values, COARSE, 2.5 * coarse(frame).unit)) as Planes;
  const [r, g, b] = soft;
  const most = 0.85 * Math.max(...skin.map((value) => Math.abs(value - level)));
  const [lumas, softLumas] = [lumaOf(image), lumaOf(soft)];
  for (let p = 0; p < lumas.length; p++) {
    const around = softLumas[p] as number;
    const red = (r[p] as number) - around;
    const green = (g[p] as number) - around;
    const blue = (b[p] as number) - around;
    const strongest = Math.max(Math.abs(red), Math.abs(green), Math.abs(blue));
    const cap = most * clamp((lumas[p] as number) / level + 0.12, 0.15, 1);
    const keep = Math.min(1, cap / (strongest + 1e-4));
    r[p] = keep * red;
    g[p] = keep * green;
    b[p] = keep * blue;
  }
  return soft;
}

/** An edge as soft as hair is at this size. */
export const softenMatte = (matte: Plane, { size, unit }: Frame): Plane =>
  blur(matte, size, 0.8 * unit);
