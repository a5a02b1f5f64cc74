import type { PackingOptimizer } from "@hyperface/contracts";

/** First and second moments and the steps each row has taken. */
export interface Moments {
  first: Float32Array;
  second: Float32Array;
  steps: Int32Array;
}

export const zeroMoments = (count: number, dimension: number): Moments => ({
  first: new Float32Array(count * dimension),
  second: new Float32Array(count * dimension),
  steps: new Int32Array(count),
});

/** Constants as in PyTorch's classes of these names. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
const SMOOTHING = 0.99;
const WEIGHT_DECAY = 0.01;

/** What one step of one row needs: its gradient is `gradient[offset .. offset + d)`. */
export interface RowStep {
  i: number;
  gradient: Float64Array;
  offset: number;
  learningRate: number;
}
export type RowStepper = (points: Float32Array, moments: Moments, step: RowStep) => void;

/**
 * Moves a row by one step of the optimiser and re-projects it to the sphere (Algorithm 1). A row
 * that was in no batch yet starts its bias correction with its own first step (Algorithm 2).
 */
export function createRowStepper(optimizer: PackingOptimizer, dimension: number): RowStepper {
  const move = optimizer === "rmsprop" ? rmspropMove : adamMove;
  const moved = new Float64Array(dimension);
  return (points, moments, step) => {
    move(moved, moments, step);
    const start = step.i * dimension;
    const shrink = optimizer === "adamw" ? 1 - step.learningRate * WEIGHT_DECAY : 1;
    let square = 0;
    for (let k = 0; k < dimension; k++) {
      const value = (points[start + k] as number) * shrink - (moved[k] as number);
      moved[k] = value;
      square += value * value;
    }
    const scale = 1 / Math.sqrt(square);
    for (let k = 0; k < dimension; k++) points[start + k] = (moved[k] as number) * scale;
  };
}

/** Adam (Kingma & Ba 2015). AdamW differs by its decoupled decay, which the stepper applies. */
function adamMove(move: Float64Array, { first, second, steps }: Moments, row: RowStep): void {
  const d = move.length;
  const step = (steps[row.i] as number) + 1;
  steps[row.i] = step;
  const rate = row.learningRate / (1 - BETA1 ** step);
  const correction = Math.sqrt(1 - BETA2 ** step);
  for (let k = 0, p = row.i * d; k < d; k++, p++) {
    const g = row.gradient[row.offset + k] as number;
    const m = BETA1 * (first[p] as number) + (1 - BETA1) * g;
    const v = BETA2 * (second[p] as number) + (1 - BETA2) * g * g;
    first[p] = m;
    second[p] = v;
    move[k] = (rate * m) / (Math.sqrt(v) / correction + EPSILON);
  }
}

/** RMSprop (Hinton 2012), not centred, without momentum. */
function rmspropMove(move: Float64Array, { second, steps }: Moments, row: RowStep): void {
  const d = move.length;
  steps[row.i] = (steps[row.i] as number) + 1;
  for (let k = 0, p = row.i * d; k < d; k++, p++) {
    const g = row.gradient[row.offset + k] as number;
    const v = SMOOTHING * (second[p] as number) + (1 - SMOOTHING) * g * g;
    second[p] = v;
    move[k] = (row.learningRate * g) / (Math.sqrt(v) + EPSILON);
  }
}
