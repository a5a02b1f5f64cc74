import { cosSinOfTurn } from "@hyperface/hypersphere";
import type { Draws } from "./draws.ts";
import { type Plane, plane } from "./raster.ts";

/** A hash of a lattice point to [0, 1). */
export function lattice(x: number, y: number, key: number): number {
  let h = (Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(key, -2048144777)) | 0;
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Value noise in [0, 1): hashed lattice points, smoothly joined. */
function valueNoise(x: number, y: number, key: number): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const u = (x - i) ** 2 * (3 - 2 * (x - i));
  const v = (y - j) ** 2 * (3 - 2 * (y - j));
  const a = lattice(i, j, key);
  const b = lattice(i + 1, j, key);
  const c = lattice(i, j + 1, key);
  return a + (b - a) * u + (c - a) * v + (a - b - c + lattice(i + 1, j + 1, key)) * u * v;
}

/**
 * Octaves of value noise in a turned frame, within [-0.5, 0.5], mean about 0.
 * @param scale lattice cells across the picture in the first octave
 */
export function fractal(draws: Draws, size: number, scale: number, octaves = 3): Plane {
  const key = draws.integer(2 ** 31);
  const [cos, sin] = cosSinOfTurn(draws.uniform());
  const weight = 2 - 2 ** (1 - octaves);
  return plane(size, (x, y) => {
    const u = ((x + 0.5) * cos + (y + 0.5) * sin) / size;
    const v = ((y + 0.5) * cos - (x + 0.5) * sin) / size;
    let sum = 0;
    for (let o = 0, frequency = scale, share = 1; o < octaves; o++, frequency *= 2, share /= 2) {
      sum += share * valueNoise(u * frequency + 37 * o + 50, v * frequency + 11 * o + 50, key + o);
    }
    return sum / weight - 0.5;
  });
}
