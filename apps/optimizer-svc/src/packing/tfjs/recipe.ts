import type { Rows } from "@hyperface/vectors";
import * as tf from "@tensorflow/tfjs";
import type { Closeness } from "../objective.ts";
import { learningRateAt } from "../paper.ts";
import type { PackingState, SolverContext } from "../solver.ts";
import { chooseBackend } from "./backend.ts";
import { objectiveTensors, toTensor } from "./objective.ts";

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** A step of {@link tfjsSolver}. */
export async function tfjsStep(state: PackingState, context: SolverContext): Promise<Closeness> {
  await chooseBackend();
  const { dimension } = context.spec;
  const free = tf.variable(toTensor({ data: state.embeddings, dimension }));
  const adam = await restoreAdam(state, context, free.shape as [number, number]);
  const closeness = minimise(adam, free, context);
  await keepMoments(state, adam);
  const unit = tf.tidy(() => tf.div(free, tf.norm(free, "euclidean", 1, true)));
  state.embeddings.set(await unit.data<"float32">());
  tf.dispose([unit, free]);
  adam.dispose();
  return closeness;
}

type Adam = ReturnType<typeof tf.train.adam>;

async function restoreAdam(
  { tensors, iteration }: PackingState,
  { spec }: SolverContext,
  shape: [number, number],
): Promise<Adam> {
  const { beta1, beta2, epsilon } = ADAM;
  const adam = tf.train.adam(learningRateAt(spec, iteration), beta1, beta2, epsilon);
  const moment = (name: "first" | "second") => ({
    name,
    tensor: tf.tensor2d(tensors[name] as Float32Array, shape),
  });
  const iterations = { name: "iter", tensor: tf.scalar(iteration, "int32") };
  await adam.setWeights([iterations, moment("first"), moment("second")]);
  return adam;
}

function minimise(adam: Adam, free: tf.Variable, { spec, vectors }: SolverContext): Closeness {
  const closeness: Closeness = { points: { cosine: new Float32Array() }, gallery: null };
  const rows = (given: Rows | null) => given && toTensor(given);
  tf.tidy(() => {
    const gallery = rows(vectors.near);
    adam.minimize(
      () => {
        const found = objectiveTensors(free as tf.Tensor as tf.Tensor2D, gallery, spec);
        closeness.points = { cosine: found.points.dataSync<"float32">() };
        closeness.gallery = found.gallery && { cosine: found.gallery.dataSync<"float32">() };
        return found.objective;
      },
      false,
      [free],
    );
  });
  return closeness;
}

async function keepMoments({ tensors }: PackingState, adam: Adam): Promise<void> {
  const [, first, second] = await adam.getWeights();
  if (!first || !second) throw new Error("tf.train.adam has no moments after a step");
  (tensors.first as Float32Array).set(await first.tensor.data<"float32">());
  (tensors.second as Float32Array).set(await second.tensor.data<"float32">());
}
