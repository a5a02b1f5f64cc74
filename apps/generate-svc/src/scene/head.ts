import { COARSE, coarse, ellipse, type Frame, place, rowOf } from "./frame.ts";
import {
  blank,
  blur,
  clamp,
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

/** The head's own colours, carried outwards over its rim, where the old ground shows and rings. */
export function ownColours(image: Planes, matte: Plane, frame: Frame): Planes {
  const core = coreOf(matte, frame);
  const carried = carryOut(image, core, frame);
  return image.map((values, c) => {
    const out = resize(carried[c] as Plane, COARSE, frame.size);
    for (let p = 0; p < out.length; p++) {
      const around = out[p] as number;
      out[p] = around + ((values[p] as number) - around) * (core[p] as number);
    }
    return out;
  }) as Planes;
}

/** 1 well within the matte, 0 from its rim outwards. */
function coreOf(matte: Plane, { size, unit }: Frame): Plane {
  const core = blur(matte, size, 1.2 * unit);
  for (let p = 0; p < core.length; p++) core[p] = smooth(((core[p] as number) - 0.62) / 0.33);
  return core;
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

/** Whether the matte shows shoulders to the foot of a 128-unit picture, over seven tenths of their place; where the picture ends above it nothing lacks. */
export function hasShoulders(matte: Plane, frame: Frame): boolean {
  const { size } = frame;
  let [covered, count] = [0, 0];
  for (let p = rowOf(frame, 122) * size; p < rowOf(frame, 129) * size; p++) {
    const [x, y] = [place(frame, p % size), place(frame, Math.floor(p / size))];
    if (Math.abs(x - 64) >= 40 || y < 122 || y >= 128) continue;
    covered += matte[p] as number;
    count += 1;
  }
  return covered >= 0.7 * count;
}

/** An edge as soft as hair is at this size. */
export const softenMatte = (matte: Plane, { size, unit }: Frame): Plane =>
  blur(matte, size, 0.8 * unit);
