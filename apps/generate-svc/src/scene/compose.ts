import type { GroundKind } from "@hyperface/contracts";
import type { SampleKey } from "../noise.ts";
import { createDraws, type Draws } from "./draws.ts";
import type { Frame } from "./frame.ts";
import { drawGarment } from "./garment.ts";
import { drawGround } from "./grounds.ts";
import { cleanMatte, ownColours, softenMatte } from "./head.ts";
import { faceLight } from "./light.ts";
import { blur, lumaAt, type Plane, type Planes, toBytes, toPlanes } from "./raster.ts";
import { lattice } from "./texture.ts";

export interface Portrait {
  /** 8-bit RGB, interleaved, [3 * size * size]. */
  data: Uint8Array;
  /** The network's matte of the person, 0 to 1, [size * size]. */
  matte: Plane;
  frame: Frame;
}

/**
 * A generator's face over a ground of `kind`, in a garment, all drawn from the sample's own random
 * numbers: nothing of the picture's own surroundings is left.
 * @returns 8-bit RGB, interleaved
 */
export function composePortrait(
  { data, matte, frame }: Portrait,
  kind: GroundKind,
  key: SampleKey,
): Uint8Array {
  const image = toPlanes(data);
  const light = faceLight(image, frame);
  const clean = cleanMatte(matte, frame);
  const head = ownColours(image, clean, frame);
  const edge = softenMatte(clean, frame);
  const ground = drawGround(createDraws("ground", key), kind, light, frame.size);
  const garment = drawGarment(createDraws("garment", key), head, clean, light, frame);
  const behind = blend(ground, garment.colours, garment.back);
  const lit = wrapLight(head, behind, clean, frame);
  const sharp = sharpen(blend(behind, lit, edge), frame);
  const dressed = blend(sharp, garment.colours, garment.front);
  return toBytes(addGrain(dressed, createDraws("grain", key), frame.size));
}

function blend(under: Planes, over: Planes, alpha: Plane): Planes {
  return under.map((values, c) => {
    const above = over[c] as Plane;
    const out = new Float32Array(values.length);
    for (let p = 0; p < out.length; p++) {
      const value = values[p] as number;
      out[p] = value + ((above[p] as number) - value) * (alpha[p] as number);
    }
    return out;
  }) as Planes;
}

/** The ground's light over the rim of the head, in proportion to how bright it is. */
function wrapLight(head: Planes, ground: Planes, matte: Plane, { size, unit }: Frame): Planes {
  const glow = ground.map((values) => blur(values, size, 4 * unit)) as Planes;
  const inside = blur(matte, size, 2.2 * unit);
  const amount = inside.map((value, p) => 0.3 * (1 - value) * lumaAt(glow, p));
  return blend(head, glow, amount);
}

/** A generator is soft: some of the contrast of fine detail is given back. */
const sharpen = (image: Planes, { size, unit }: Frame): Planes =>
  image.map((values) => {
    const soft = blur(values, size, 1.2 * unit);
    return values.map((value, p) => value + 0.35 * (value - (soft[p] as number)));
  }) as Planes;

/** A sensor's noise, the same in the three channels. */
function addGrain(image: Planes, draws: Draws, size: number): Planes {
  const key = draws.integer(2 ** 31);
  const grain = image[0].map((_, p) => {
    const [x, y] = [p % size, Math.floor(p / size)];
    return 0.012 * (lattice(x, y, key) + lattice(x, y, key + 77) - 1);
  });
  return image.map((values) => values.map((value, p) => value + (grain[p] as number))) as Planes;
}
