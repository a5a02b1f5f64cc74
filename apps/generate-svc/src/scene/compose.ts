import type { GroundKind } from "@hyperface/contracts";
import type { SampleKey } from "../noise.ts";
import { createDraws, type Draws } from "./draws.ts";
import { COARSE, coarse, type Frame } from "./frame.ts";
import { drawGarment } from "./garment.ts";
import { drawGround } from "./grounds.ts";
import { cleanMatte, hasShoulders, ownColours, softenMatte } from "./head.ts";
import { faceLight } from "./light.ts";
import {
  blur,
  lumaOf,
  type Plane,
  type Planes,
  plane,
  resize,
  reusingMemory,
  shrink,
  toBytes,
  toPlanes,
} from "./raster.ts";
import { lattice } from "./texture.ts";

export interface Portrait {
  /** 8-bit RGB, interleaved, [3 * size * size]. */
  data: Uint8Array;
  /** The network's matte of the person, 0 to 1, [size * size]. */
  matte: Plane;
  frame: Frame;
}

/**
 * A generator's face over a ground of `kind`, in a garment where its shoulders are torn, all drawn from the
 * sample's own random numbers: nothing of the picture's own surroundings is left.
 * @returns 8-bit RGB, interleaved
 */
export const composePortrait = (portrait: Portrait, kind: GroundKind, key: SampleKey): Uint8Array =>
  reusingMemory(() => compose(portrait, kind, key));

function compose({ data, matte, frame }: Portrait, kind: GroundKind, key: SampleKey): Uint8Array {
  const image = toPlanes(data);
  const light = faceLight(image, frame);
  const clean = cleanMatte(matte, frame);
  const head = ownColours(image, clean, frame);
  const ground = drawGround(createDraws("ground", key), kind, light);
  const garment = hasShoulders(clean, frame)
    ? null
    : drawGarment(createDraws("garment", key), head, clean, light, frame);
  const picture = ground.map((values) => resize(values, COARSE, frame.size)) as Planes;
  wrapLight(head, picture, clean, frame);
  if (garment) blend(picture, garment.colours, garment.back);
  blend(picture, head, softenMatte(clean, frame));
  if (garment) blend(picture, garment.colours, garment.front);
  addGrain(picture, createDraws("grain", key), frame.size);
  return toBytes(picture);
}

/** Lays `over` on `image`, in place. */
function blend(image: Planes, over: Planes, alpha: Plane): void {
  image.forEach((values, c) => {
    const above = over[c] as Plane;
    for (let p = 0; p < values.length; p++) {
      const covered = alpha[p] as number;
      if (covered === 0) continue;
      const value = values[p] as number;
      values[p] = value + ((above[p] as number) - value) * covered;
    }
  });
}

/** The ground's light over the rim of the head, in proportion to how bright it is; in place. */
function wrapLight(head: Planes, ground: Planes, matte: Plane, frame: Frame): void {
  const inside = blur(shrink(matte, frame.size, COARSE), COARSE, 2.2 * coarse(frame).unit);
  const amount = resize(inside, COARSE, frame.size);
  const bright = lumaOf(ground);
  for (let p = 0; p < amount.length; p++) {
    amount[p] = 0.3 * (1 - (amount[p] as number)) * (bright[p] as number);
  }
  blend(head, ground, amount);
}

/** A sensor's noise, the same in the three channels; in place. */
function addGrain(image: Planes, draws: Draws, size: number): void {
  const key = draws.integer(2 ** 31);
  const grain = plane(size, (x, y) => 0.008 * (lattice(x, y, key) + lattice(x, y, key + 77) - 1));
  for (const values of image) {
    for (let p = 0; p < values.length; p++)
      values[p] = (values[p] as number) + (grain[p] as number);
  }
}
