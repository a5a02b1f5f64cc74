import { floatsOf, type InferencePool, prepareModel } from "@hyperface/inference";
import type { Pixels } from "../generators/generator.ts";
import type { Frame } from "./frame.ts";
import { type Plane, resize, toPlanes } from "./raster.ts";

/** Side of the network's input, pixels; the 128-unit frame takes 192 of it, the border repeats around it. */
const SIDE = 256;
const ORIGIN = { x: 32, y: 40 };
const SPAN = 192;

/** What of a portrait is of a person, 0 to 1. */
export type Matte = (pixels: Pixels, frame: Frame) => Promise<Plane>;

/** As the generator itself says. */
export const ownAlpha: Matte = async ({ alpha }) => alpha as Plane;

/** By MediaPipe's selfie network. @param home where models are prepared */
export async function loadMatte(home: string, pool: InferencePool): Promise<Matte> {
  const { bytes } = await prepareModel("selfie-matte", home);
  const session = await pool.createSession(bytes, { intraOpNumThreads: 1 });
  return async ({ data }, { size, unit }) => {
    // Network pixels a pixel of the picture, so that faces come at the size the network knows.
    const scale = SPAN / 128 / unit;
    const middle = { x: ORIGIN.x + SPAN / 2, y: ORIGIN.y + SPAN / 2 };
    const seen = (centre: number) => size / 2 - centre / scale;
    const window = { scale: 1 / scale, x: seen(middle.x), y: seen(middle.y) };
    const input = new Float32Array(3 * SIDE * SIDE);
    toPlanes(data).forEach((values, c) => {
      input.set(resize(values, size, SIDE, window), c * SIDE * SIDE);
    });
    const feeds = { input: { data: input, dims: [1, 3, SIDE, SIDE] } };
    const alpha = floatsOf(await session.run(feeds), "alpha");
    const back = (centre: number) => centre - (size / 2) * scale;
    return resize(alpha.data, SIDE, size, { scale, x: back(middle.x), y: back(middle.y) });
  };
}
