type Point = readonly [x: number, y: number];

/** Degrees. */
export interface Pose {
  /** Positive: the face looks to the picture's right. */
  yaw: number;
  /** Positive: it looks up. */
  pitch: number;
  /** Positive: it is turned clockwise. */
  roll: number;
}

/**
 * Left eye, right eye, nose, left and right mouth corner of a face that looks at the camera, as seen: x to the
 * right, y down, z towards the camera. x and y are ArcFace's template about its middle, so a face that fits it
 * has no turn; z is a usual face's, in the same units.
 */
const MODEL = [
  [-17.7, -20.2, -18],
  [17.5, -20.4, -18],
  [0, -0.1, 0],
  [-14.5, 20.5, -13.5],
  [14.7, 20.3, -13.5],
] as const;

/**
 * Head pose from five landmarks: the scaled orthographic projection of {@link MODEL} that fits best (the first step
 * of DeMenthon and Davis, 1995). Good to about 10 degrees for turns up to 40.
 */
export function estimatePose(landmarks: readonly Point[]): Pose {
  const centred = centre(MODEL.map(([x, y, z]) => [x, y, z]));
  const seen = centre(landmarks.map(([x, y]) => [x, y]));
  const along = leastSquares(
    centred,
    seen.map(([x]) => x as number),
  );
  const down = leastSquares(
    centred,
    seen.map(([, y]) => y as number),
  );
  const right = unit(along);
  const below = unit(down);
  const degrees = (radians: number) => (radians * 180) / Math.PI;
  return {
    yaw: degrees(Math.asin(clamp(right[2] as number))),
    pitch: -degrees(Math.asin(clamp(below[2] as number))),
    roll: degrees(Math.atan2(-(right[1] as number), right[0] as number)),
  };
}

const clamp = (value: number) => Math.max(-1, Math.min(1, value));

function centre(points: number[][]): number[][] {
  const dimensions = points[0]?.length ?? 0;
  const mean = Array.from(
    { length: dimensions },
    (_, k) => points.reduce((sum, point) => sum + (point[k] as number), 0) / points.length,
  );
  return points.map((point) => point.map((value, k) => value - (mean[k] as number)));
}

/** The 3-vector that takes centred model points to values, by the normal equations (Cramer's rule). */
function leastSquares(points: number[][], values: number[]): number[] {
  const sum = (of: (point: number[], k: number) => number) =>
    points.reduce((total, point, k) => total + of(point, k), 0);
  const column = (i: number) =>
    [0, 1, 2].map((j) => sum((point) => (point[i] as number) * (point[j] as number)));
  const matrix = [column(0), column(1), column(2)];
  const right = [0, 1, 2].map((i) =>
    sum((point, k) => (point[i] as number) * (values[k] as number)),
  );
  const whole = determinant(matrix);
  return [0, 1, 2].map((i) => determinant(matrix.map((row, k) => (k === i ? right : row))) / whole);
}

function determinant([a, b, c]: number[][]): number {
  const product = cross(a as number[], b as number[]);
  return product.reduce((sum, value, k) => sum + value * (c?.[k] as number), 0);
}

function cross(a: number[], b: number[]): [number, number, number] {
  const [ax, ay, az] = a as [number, number, number];
  const [bx, by, bz] = b as [number, number, number];
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

function unit(vector: number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
