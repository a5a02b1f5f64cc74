import type { Rows } from "@hyperface/vectors";
import * as tf from "@tensorflow/tfjs";
import type { Closeness, ObjectiveOptions } from "../objective.ts";
import { chooseBackend } from "./backend.ts";

export interface ObjectiveTensors {
  /** Eq. 2, a scalar. */
  objective: tf.Scalar;
  /** Each point's largest cosine with another, [n], and with a gallery embedding. */
  points: tf.Tensor1D;
  gallery: tf.Tensor1D | null;
}

/** Eq. 2 over rows of any length, written once for automatic differentiation. Holds an n x n matrix. */
export function objectiveTensors(
  free: tf.Tensor2D,
  gallery: tf.Tensor2D | null,
  { loss, alpha }: ObjectiveOptions,
): ObjectiveTensors {
  const unit = tf.div(free, tf.norm(free, "euclidean", 1, true)) as tf.Tensor2D;
  const cosines = tf.matMul(unit, unit, false, true);
  const points = tf.max(tf.add(cosines, noPairs(free.shape[0], false)), 1) as tf.Tensor1D;
  // Each pair is there twice, and a shared maximum would be differentiated in both places.
  const spread =
    loss === "mean" ? tf.mean(points) : tf.max(tf.add(cosines, noPairs(free.shape[0], true)));
  if (!gallery) return { objective: spread as tf.Scalar, points, gallery };
  const nearest = tf.max(tf.matMul(unit, gallery, false, true), 1) as tf.Tensor1D;
  const regulariser = tf.sub(1, tf.mean(nearest));
  const objective = tf.add(spread, tf.mul(alpha, regulariser)) as tf.Scalar;
  return { objective, points, gallery: nearest };
}

/** [n, n]: far below 0 where there is no pair, or with `once` also where it was met before; else 0. */
function noPairs(n: number, once: boolean): tf.Tensor2D {
  const mask = new Float32Array(n * n);
  for (let i = 0; i < n; i++) mask.fill(-4, i * n + (once ? 0 : i), i * n + i + 1);
  return tf.tensor2d(mask, [n, n]);
}

export const toTensor = ({ data, dimension }: Rows): tf.Tensor2D =>
  tf.tensor2d(Float32Array.from(data), [data.length / dimension, dimension]);

/** Eq. 2 and its gradient by automatic differentiation: an independent judge of the own kernels. */
export async function differentiate(
  points: Rows,
  gallery: Rows | null,
  options: ObjectiveOptions,
): Promise<{ objective: number; gradient: Float32Array; closeness: Closeness }> {
  await chooseBackend();
  const rows = toTensor(points);
  const others = gallery && toTensor(gallery);
  const closeness: Closeness = { points: { cosine: new Float32Array() }, gallery: null };
  const { value, grad } = tf.valueAndGrad((free: tf.Tensor) => {
    const found = objectiveTensors(free as tf.Tensor2D, others, options);
    closeness.points = { cosine: found.points.dataSync<"float32">() };
    closeness.gallery = found.gallery && { cosine: found.gallery.dataSync<"float32">() };
    return found.objective;
  })(rows);
  const objective = value.dataSync()[0] as number;
  const gradient = Float32Array.from(grad.dataSync());
  tf.dispose([rows, value, grad, ...(others ? [others] : [])]);
  return { objective, gradient, closeness };
}
