import type { Draws } from "./draws.ts";
import { COARSE, type Frame, place } from "./frame.ts";
import { even, scale } from "./grounds.ts";
import type { FaceLight } from "./light.ts";
import { type Plane, type Planes, resize, smooth } from "./raster.ts";
import { fractal } from "./texture.ts";

export interface Garment {
  colours: Planes;
  /** Where it stands behind the head, 0 to 1. */
  back: Plane;
  /** Where it covers the body, below its neckline, 0 to 1. */
  front: Plane;
}

/** A plain garment with a round neckline, over shoulders that a face's generator leaves torn. */
export function drawGarment(
  draws: Draws,
  head: Planes,
  matte: Plane,
  light: FaceLight,
  frame: Frame,
): Garment {
  const middle = neckMiddle(head, matte, light, frame);
  const [top, fall, wide] = [
    draws.uniform(110, 116),
    draws.uniform(0.1, 0.2),
    draws.uniform(19, 25),
  ];
  const depth = draws.uniform(7, 18);
  const hue = draws.pick([0.6, 0.62, 0, 0.08, 0.58, 0.12, 0.95]);
  const shade = draws.pick([0.1, 0.14, 0.2, 0.3, 0.45, 0.65]) * (0.5 + light.level);
  const colour = scale(even(hue, draws.uniform(0.03, 0.3)), shade);
  const cloth = resize(fractal(draws, COARSE, 4), COARSE, frame.size);
  const hem = draws.uniform(-0.25, 0.25);
  const colours = colour.map(() => new Float32Array(matte.length)) as unknown as Planes;
  const [back, front] = [new Float32Array(matte.length), new Float32Array(matte.length)];
  const { size } = frame;
  for (let p = firstRow(frame, top - 1) * size; p < matte.length; p++) {
    const [x, y] = [place(frame, p % size), place(frame, Math.floor(p / size))];
    const away = Math.abs(x - middle);
    const slope = Math.max(away - wide, 0);
    const edge = top + fall * slope + 0.0014 * slope * slope;
    const neck = edge + depth * Math.sqrt(Math.max(0, 1 - (away / wide) ** 2));
    back[p] = smooth((y - edge - 1.5) / 3 + 0.5);
    front[p] = smooth((y - neck) / 2.2 + 0.5);
    const fold = 0.6 * (cloth[p] as number) + hem * Math.exp(-(((y - neck - 1.5) / 1.2) ** 2));
    const lit = 1 + fold - 0.006 * Math.max(0, y - edge) - (light.side * 1.1 * (x - 64)) / 128;
    for (let c = 0; c < 3; c++) {
      (colours[c] as Plane)[p] = Math.min(1, Math.max(0, (colour[c] as number) * lit));
    }
  }
  return { colours, back, front };
}

/** The first row of pixels below `y` units. */
const firstRow = ({ size, unit }: Frame, y: number) =>
  Math.max(0, Math.floor((y - 64) * unit + size / 2));

/** The column, units, about which skin stands below the chin. */
function neckMiddle(head: Planes, matte: Plane, { skin }: FaceLight, frame: Frame): number {
  const { size } = frame;
  let sum = 0;
  let weighted = 0;
  for (let p = firstRow(frame, 106) * size; p < firstRow(frame, 122) * size; p++) {
    let away = 0;
    for (let c = 0; c < 3; c++) {
      away += (((head[c] as Plane)[p] as number) - (skin[c] as number)) ** 2;
    }
    const weight = (matte[p] as number) * Math.exp(-away / 0.08);
    sum += weight;
    weighted += weight * place(frame, p % size);
  }
  const found = sum > 20 * frame.unit ** 2 ? weighted / sum : 64;
  return Math.min(78, Math.max(50, found));
}
