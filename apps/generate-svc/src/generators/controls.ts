import type { AxisName } from "@hyperface/contracts";
import { decodeSafetensors } from "@hyperface/formats";
import { dot } from "@hyperface/vectors";
import { readManifold } from "./manifold.ts";

/** Axes' places, in standard deviations. */
export type AxisValues = Partial<Record<AxisName, number>>;
/** Those that are asked for. */
type Asked = { [name in AxisName]?: number | undefined };

/** What of a generator's z is pose and light, as training/controls.py finds it. */
export interface Controls {
  axes: readonly AxisName[];
  /**
   * z with pose and light set: an axis that is asked for takes the place of what z says of it, the others
   * stay; each as wide as the portraits' own, the rest of z narrower.
   * @param z standard normal, [latentDimension]
   */
  steer(z: Float32Array, asked: Asked): { z: Float32Array; axes: AxisValues };
  /**
   * An embedding brought to where those of plain portraits lie, which a generator draws best.
   * @param strength 0 to 1
   * @returns unit vector; undefined where nothing is known of them
   */
  draw: ((embedding: Float32Array, strength: number) => Float32Array) | undefined;
}

/** Of a generator that nothing is known of. */
export const NO_CONTROLS: Controls = {
  axes: [],
  steer: (z) => ({ z, axes: {} }),
  draw: undefined,
};

/**
 * @param bytes controls.safetensors: `axes.directions` [A, k], of which the products with z are the axes'
 * places; `axes.moves` [A, k], each moving one axis alone; `axes.spread` [A]; `axes.rest` [1]; what
 * {@link readManifold} says
 * @param axes the names of the A axes
 * @throws Error where the file is not made for these
 */
export function readControls(
  bytes: Uint8Array,
  axes: readonly AxisName[],
  latentDimension: number,
): Controls {
  const { tensors } = decodeSafetensors(bytes);
  const rows = (name: string) => {
    const { data, shape } = tensors[name] ?? { shape: [] };
    if (!(data instanceof Float32Array) || shape.join() !== `${axes.length},${latentDimension}`) {
      throw new Error(`${name} is (${shape}), not (${axes.length}, ${latentDimension}) of F32`);
    }
    return axes.map((_, a) => data.subarray(a * latentDimension, (a + 1) * latentDimension));
  };
  const numbers = (name: string, count: number) => {
    const { data } = tensors[name] ?? {};
    if (data?.length !== count) throw new Error(`${name} has not ${count} numbers`);
    return Array.from(data, Number);
  };
  const [directions, moves] = [rows("axes.directions"), rows("axes.moves")];
  const spread = numbers("axes.spread", axes.length);
  const [rest] = numbers("axes.rest", 1) as [number];
  return {
    axes,
    draw: readManifold(tensors),
    steer(z, asked) {
      const own = directions.map((direction) => dot(direction, z));
      const places = axes.map((name, a) => asked[name] ?? (own[a] as number));
      const moved = z.map((value) => rest * value);
      moves.forEach((move, a) => {
        const by = (spread[a] as number) * (places[a] as number) - rest * (own[a] as number);
        move.forEach((value, k) => {
          moved[k] = (moved[k] as number) + by * value;
        });
      });
      return { z: moved, axes: Object.fromEntries(axes.map((name, a) => [name, places[a]])) };
    },
  };
}
