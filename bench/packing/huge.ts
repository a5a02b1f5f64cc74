import { createOnnxKernels, goldCode } from "@hyperface/optimizer-svc/packing";
import { Matrix } from "ml-matrix";
import { syntheticGallery } from "./galleries.ts";
import { largest, mean, peakMemoryMB } from "./pack.ts";

const DIMENSION = 512;
const SIZES = [100_000, 500_000];
/** Points whose nearest gallery embeddings decide how the code is rotated. */
const FITTED = 4000;
const ROUNDS = 4;
const BLENDS = [0.25, 1];

type Vectors = { data: Float32Array; dimension: number };

/**
 * An algebraic code in place of a packing: how long it takes, its largest cosine, and what turning it
 * towards a gallery costs: by a rotation, which costs nothing, and by pulling each point to its nearest vector.
 */
export async function benchHuge() {
  const kernels = await createOnnxKernels(DIMENSION);
  const codes = SIZES.map((n) => {
    const started = performance.now();
    const data = goldCode(n, DIMENSION);
    const seconds = (performance.now() - started) / 1000;
    return { n, seconds, maxCosine: largestOfWords(data) };
  });
  const [n = 0] = SIZES;
  const points: Vectors = { data: goldCode(n, DIMENSION), dimension: DIMENSION };
  const started = performance.now();
  const { cosine } = await kernels.nearestOther(points);
  const allPairs = { n, seconds: (performance.now() - started) / 1000, maxCosine: largest(cosine) };
  const gallery = syntheticGallery(10_000, DIMENSION);
  const closeness = async () => {
    const found = await kernels.nearest(points, gallery);
    return { ...found, mean: mean(found.cosine) };
  };
  const before = await closeness();
  const rotation = await rotationTowards(
    points,
    gallery,
    async (some) => (await kernels.nearest(some, gallery)).index,
  );
  rotate(points.data, rotation);
  const rotated = await closeness();
  const turned = [];
  for (const share of BLENDS) {
    const blended = blend(points, gallery, rotated.index, share);
    const near = await kernels.nearest(blended, gallery);
    const own = await kernels.nearestOther(blended);
    turned.push({ share, galleryCosine: mean(near.cosine), maxCosine: largest(own.cosine) });
    console.error(JSON.stringify(turned.at(-1)));
  }
  return {
    n: codes.at(-1)?.n,
    d: DIMENSION,
    seconds: codes.at(-1)?.seconds,
    maxCosine: codes.at(-1)?.maxCosine,
    iterations: 0,
    codes,
    allPairs,
    galleryCosine: { before: before.mean, rotated: rotated.mean },
    turned,
    peakMemoryMB: peakMemoryMB(),
  };
}

/**
 * Largest cosine of all pairs of words. The code is linear: the product of two words is a word or its
 * negative, so the sums of all words but the first are the cosines of all pairs; exact.
 */
function largestOfWords(data: Float32Array): number {
  const scale = Math.sqrt(DIMENSION);
  let found = 0;
  const words = Math.min(data.length, DIMENSION ** 3);
  for (let p = DIMENSION; p < words; p += DIMENSION) {
    let sum = 0;
    for (let k = p; k < p + DIMENSION; k++) sum += Math.sign(data[k] as number);
    found = Math.max(found, Math.abs(sum));
  }
  return found / (scale * scale);
}

/** The rotation that brings a sample nearest to its nearest embeddings: orthogonal Procrustes, again and again. */
async function rotationTowards(
  points: Vectors,
  gallery: Vectors,
  nearestOf: (some: Vectors) => Promise<Int32Array>,
): Promise<Matrix> {
  const step = Math.floor(points.data.length / DIMENSION / FITTED);
  const some = new Float32Array(FITTED * DIMENSION);
  for (let k = 0; k < FITTED; k++) some.set(row(points.data, k * step), k * DIMENSION);
  let whole = Matrix.eye(DIMENSION);
  for (let round = 0; round < ROUNDS; round++) {
    const nearest = await nearestOf({ data: some, dimension: DIMENSION });
    const to = new Float32Array(some.length);
    for (let k = 0; k < FITTED; k++) to.set(row(gallery.data, nearest[k] as number), k * DIMENSION);
    const rotation = orthogonal(matrixOf(some).transpose().mmul(matrixOf(to)));
    rotate(some, rotation);
    whole = whole.mmul(rotation);
  }
  return whole;
}

const row = (data: Float32Array, i: number) => data.subarray(i * DIMENSION, (i + 1) * DIMENSION);
const matrixOf = (data: Float32Array) =>
  Matrix.from1DArray(data.length / DIMENSION, DIMENSION, Array.from(data));

/** The nearest orthogonal matrix: the polar factor, by Newton and Schulz. */
function orthogonal(matrix: Matrix): Matrix {
  let q = Matrix.div(matrix, matrix.norm("frobenius"));
  for (let k = 0; k < 40; k++) {
    const square = q.transpose().mmul(q);
    q = Matrix.sub(Matrix.mul(q, 1.5), Matrix.mul(q.mmul(square), 0.5));
  }
  return q;
}

function rotate(data: Float32Array, rotation: Matrix): void {
  const columns = rotation
    .transpose()
    .to2DArray()
    .map((column) => Float32Array.from(column));
  const turned = new Float32Array(DIMENSION);
  for (let p = 0; p < data.length; p += DIMENSION) {
    const point = data.subarray(p, p + DIMENSION);
    for (const [k, column] of columns.entries()) {
      let sum = 0;
      for (let m = 0; m < DIMENSION; m++) sum += (point[m] as number) * (column[m] as number);
      turned[k] = sum;
    }
    point.set(turned);
  }
}

/** normalise(x + share g), g the gallery embedding of each point. */
function blend(points: Vectors, gallery: Vectors, nearest: Int32Array, share: number): Vectors {
  const data = points.data.slice();
  for (const [i, j] of nearest.entries()) {
    const point = row(data, i);
    const face = row(gallery.data, j);
    let square = 0;
    for (let k = 0; k < DIMENSION; k++) {
      const value = (point[k] as number) + share * (face[k] as number);
      point[k] = value;
      square += value * value;
    }
    const scale = 1 / Math.sqrt(square);
    for (let k = 0; k < DIMENSION; k++) point[k] = (point[k] as number) * scale;
  }
  return { data, dimension: DIMENSION };
}
