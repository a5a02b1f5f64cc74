import type { Draws } from "./draws.ts";
import { COARSE, type Frame, place, rowOf } from "./frame.ts";
import { even, scale } from "./grounds.ts";
import type { FaceLight } from "./light.ts";
import { blank, clamp, type Plane, type Planes, resize, smooth } from "./raster.ts";
import { fractal } from "./texture.ts";

export interface Garment {
  colours: Planes;
  /** Where it stands behind the head, 0 to 1. */
  back: Plane;
  /** Where it covers the body, below its neckline, 0 to 1. */
  front: Plane;
}

/** A garment over shoulders that a face's generator leaves torn: round or vee-necked, under a jacket at times. */
export function drawGarment(
  draws: Draws,
  head: Planes,
  matte: Plane,
  light: FaceLight,
  frame: Frame,
): Garment {
  const { size } = frame;
  const middle = neckMiddle(head, matte, light, frame);
  const cut = drawCut(draws);
  const [shirt, jacket] = [drawCloth(draws, light), drawCloth(draws, light)];
  const weave = resize(fractal(draws, COARSE, 4), COARSE, size);
  const hem = draws.uniform(-0.25, 0.25);
  const colours = shirt.colour.map(() => blank(matte.length)) as unknown as Planes;
  const [back, front] = [blank(matte.length), blank(matte.length)];
  for (let p = rowOf(frame, cut.top - 1) * size; p < matte.length; p++) {
    const [x, y] = [place(frame, p % size), place(frame, Math.floor(p / size))];
    const away = Math.abs(x - middle);
    const slope = Math.max(away - cut.wide, 0);
    const edge = cut.top + cut.fall * slope + 0.0014 * slope * slope;
    const neck = edge + cut.depth * cut.shape(Math.min(1, away / cut.wide));
    const lapel = cut.jacket ? smooth((away - cut.lapel + 0.5 * (y - edge)) / 1.5 + 0.5) : 0;
    back[p] = smooth((y - edge - 1.5) / 3 + 0.5);
    front[p] = smooth((y - neck) / 2.2 + 0.5);
    const line = cut.jacket ? away - cut.lapel + 0.5 * (y - edge) : y - neck - 1.5;
    const fold = 0.6 * (weave[p] as number) + hem * Math.exp(-((line / 1.2) ** 2));
    const lit = 1 + fold - 0.006 * Math.max(0, y - edge) - (light.side * 1.1 * (x - 64)) / 128;
    const turn = x / shirt.period - Math.floor(x / shirt.period);
    const striped = 1 + shirt.stripe * (smooth(2 * Math.abs(turn - 0.5)) - 0.5);
    for (let c = 0; c < 3; c++) {
      const under = (shirt.colour[c] as number) * striped;
      const value = under + ((jacket.colour[c] as number) - under) * lapel;
      (colours[c] as Plane)[p] = clamp(value * lit, 0, 1);
    }
  }
  return { colours, back, front };
}

/** Necklines from the middle (0) to their end (1), as shares of their depth. */
const NECKLINES = [(t: number) => Math.sqrt(1 - t * t), (t: number) => 1 - t];

function drawCut(draws: Draws) {
  const [top, fall, wide] = [
    draws.uniform(110, 116),
    draws.uniform(0.1, 0.2),
    draws.uniform(19, 25),
  ];
  const depth = draws.uniform(7, 18);
  const shape = draws.uniform() < 0.7 ? NECKLINES[0] : NECKLINES[1];
  const jacket = draws.uniform() < 0.3;
  return { top, fall, wide, depth, shape: shape as (t: number) => number, jacket, lapel: wide + 3 };
}

/** Most cloth is grey or muted, dark more often than light, and one in five striped. */
function drawCloth(draws: Draws, light: FaceLight) {
  const hue = draws.pick([0.6, 0.62, 0, 0.08, 0.58, 0.12, 0.95, 0.35, 0.5]);
  const shade = draws.pick([0.08, 0.12, 0.18, 0.28, 0.42, 0.62, 0.8]) * (0.5 + light.level);
  const colour = scale(even(hue, 0.03 + 0.4 * draws.uniform() ** 2), shade);
  const stripe = draws.uniform() < 0.2 ? draws.uniform(0.15, 0.5) : 0;
  return { colour, stripe, period: draws.uniform(3.5, 8) };
}

/** The column, units, about which skin stands below the chin. */
function neckMiddle(head: Planes, matte: Plane, { skin }: FaceLight, frame: Frame): number {
  const { size } = frame;
  let sum = 0;
  let weighted = 0;
  for (let p = rowOf(frame, 106) * size; p < rowOf(frame, 122) * size; p++) {
    let away = 0;
    for (let c = 0; c < 3; c++) {
      away += (((head[c] as Plane)[p] as number) - (skin[c] as number)) ** 2;
    }
    const weight = (matte[p] as number) * Math.exp(-away / 0.08);
    sum += weight;
    weighted += weight * place(frame, p % size);
  }
  const found = sum > 20 * frame.unit ** 2 ? weighted / sum : 64;
  return clamp(found, 50, 78);
}
