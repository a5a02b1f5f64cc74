import { type Frame, inEllipse } from "./frame.ts";
import { blur, clamp, lumaAt, type Plane, type Planes, smooth } from "./raster.ts";

/** The matte of the face's own component, its inside closed, its edge drawn in by about half a pixel. */
export function cleanMatte(matte: Plane, frame: Frame): Plane {
  const own = componentOfFace(matte, frame);
  const near = blur(own, frame.size, 1.5 * frame.unit);
  return matte.map((value, p) => {
    const kept = value * clamp(4 * (near[p] as number) - 0.2, 0, 1);
    const face = smooth((1.15 - inEllipse(frame, p, 28, 40)) / 0.3);
    return clamp((Math.max(kept, face) - 0.22) / 0.68, 0, 1);
  });
}

/** 1 where the matte is joined to the middle of the face. */
function componentOfFace(matte: Plane, { size }: Frame): Plane {
  const own = new Float32Array(matte.length);
  const queue = [Math.floor(0.56 * size) * size + (size >> 1)];
  own[queue[0] as number] = 1;
  for (let p = queue.pop(); p !== undefined; p = queue.pop()) {
    const x = p % size;
    const around = [x > 0 ? p - 1 : -1, x < size - 1 ? p + 1 : -1, p - size, p + size];
    for (const q of around) {
      if (q < 0 || q >= matte.length || own[q] || (matte[q] as number) <= 0.35) continue;
      own[q] = 1;
      queue.push(q);
    }
  }
  return own;
}

/** How ragged a raw matte is: soft pixels a unit of its outline. Above {@link TORN} it is worth another draw. */
export function raggedness(matte: Plane, { size, unit }: Frame): number {
  const outline = blur(matte, size, 4 * unit).map((value) => (value > 0.5 ? 1 : 0));
  let length = 0;
  let soft = 0;
  for (let p = size; p < matte.length; p++) {
    if (outline[p] !== outline[p - 1] || outline[p] !== outline[p - size]) length += 1;
    soft += (matte[p] as number) * (1 - (matte[p] as number));
  }
  return soft / Math.max(length, 1) / unit;
}
export const TORN = 0.7;

/**
 * The head's own colours, carried outwards over its rim, where the old ground shows and rings; outside
 * the face false colour is held to what the face itself has.
 */
export function ownColours(image: Planes, matte: Plane, frame: Frame): Planes {
  const { size, unit } = frame;
  const soft = blur(matte, size, 1.2 * unit);
  const core = soft.map((value) => smooth((value - 0.62) / 0.33));
  const weights = { far: blur(core, size, 5 * unit), near: blur(core, size, 1.6 * unit) };
  const filled = image.map((values) => carryOut(values, core, weights, frame)) as Planes;
  return calmColour(filled, frame);
}

/** A weighted mean of the core's pixels near and far, where there is no core. */
function carryOut(
  values: Plane,
  core: Plane,
  weights: { far: Plane; near: Plane },
  { size, unit }: Frame,
): Plane {
  const out = values.slice();
  for (let p = 0; p < out.length; p++) out[p] = (values[p] as number) * (core[p] as number);
  const far = blur(out, size, 5 * unit);
  const near = blur(out, size, 1.6 * unit);
  for (let p = 0; p < out.length; p++) {
    const weight = weights.near[p] as number;
    const wide = (far[p] as number) / ((weights.far[p] as number) + 1e-5);
    const close = (near[p] as number) / (weight + 1e-5);
    const outside = wide + (close - wide) * smooth(weight / 0.35);
    out[p] = outside + ((values[p] as number) - outside) * (core[p] as number);
  }
  return out;
}

function calmColour(image: Planes, frame: Frame): Planes {
  const { size, unit } = frame;
  const luma = image[0].map((_, p) => lumaAt(image, p));
  const chroma = image.map((values) => {
    const colour = values.map((value, p) => value - (luma[p] as number));
    return blur(colour, size, 2.5 * unit);
  }) as Planes;
  const face = faceColour(image, luma, frame);
  const out = image.map((values) => values.slice()) as Planes;
  const [r, g, b] = chroma;
  for (let p = 0; p < luma.length; p++) {
    const outside = smooth((inEllipse(frame, p, 33, 44) - 0.85) / 0.35);
    if (outside === 0) continue;
    const level = luma[p] as number;
    const strongest = Math.max(
      Math.abs(r[p] as number),
      Math.abs(g[p] as number),
      Math.abs(b[p] as number),
    );
    const most = 0.85 * face.chroma * clamp(level / face.luma + 0.12, 0.15, 1);
    const keep = Math.min(1, most / (strongest + 1e-4));
    for (let c = 0; c < 3; c++) {
      const values = out[c] as Plane;
      const calm = level + keep * ((chroma[c] as Plane)[p] as number);
      values[p] = (values[p] as number) * (1 - outside) + calm * outside;
    }
  }
  return out;
}

function faceColour(image: Planes, luma: Plane, frame: Frame) {
  const sums = [0, 0, 0, 0];
  let count = 0;
  for (let p = 0; p < luma.length; p++) {
    if (inEllipse(frame, p, 26, 34) >= 1) continue;
    count += 1;
    [luma, ...image].forEach((values, k) => {
      (sums[k] as number) += values[p] as number;
    });
  }
  const [mean, ...channels] = sums.map((sum) => sum / count) as [number, number, number, number];
  return { luma: mean, chroma: Math.max(...channels.map((value) => Math.abs(value - mean))) };
}

/** An edge as soft as hair is at this size. */
export const softenMatte = (matte: Plane, { size, unit }: Frame): Plane =>
  blur(matte, size, 0.8 * unit);
