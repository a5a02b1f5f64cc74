import { type Floats, floatsOf, type Session } from "@hyperface/inference";
import sharp from "sharp";
import { area, type Candidate, refine, square, suppress } from "./boxes.ts";
import { type Pixels, type Point, pad, toPlanar, warp } from "./pixels.ts";

/** MTCNN's three networks (Zhang et al. 2016). */
export interface DetectorNetworks {
  proposal: Session;
  refinement: Session;
  output: Session;
}

export interface Detection extends Candidate {
  /** Left eye, right eye, nose, left and right mouth corner, as seen; pixels. */
  landmarks: Point[];
}

const THRESHOLDS = { proposal: 0.6, refinement: 0.7, output: 0.7 };
const PYRAMID_FACTOR = 0.709;
/** Side of the proposal network's window, and the step between two windows, pixels. */
const WINDOW = 12;
const STRIDE = 2;
/** Share of the image's short side down to which faces are sought where nothing else is said. */
const SMALLEST_FACE = 1 / 8;
/** Most pixels of one pyramid level, that of an image 14 times as long as wide: a longer one is seen smaller. */
const MAX_LEVEL_PIXELS = 2 ** 17;
/** Share of the short side added all around where nothing was found: a face may fill the frame. */
const RETRY_MARGIN = 0.3;
/** Most windows of a level, and most that a later stage looks at; a photograph has some dozens. */
const MAX_CANDIDATES = 400;
/** Windows a later stage sees at once: what it needs of memory stays with its thread. */
const CROPS_AT_ONCE = 64;

/**
 * Faces of an image, largest first. Where none is found it is looked at again with a margin. The work
 * has a bound whatever the image: no level of the pyramid is larger than the image or 2^17 pixels.
 * @param smallest share of the image's short side down to which faces are sought, 1/8 to 1; and down to the window itself
 */
export async function detectFaces(
  networks: DetectorNetworks,
  image: Pixels,
  smallest = SMALLEST_FACE,
): Promise<Detection[]> {
  if (Math.min(image.width, image.height) < WINDOW) return [];
  const found = await detectOnce(networks, image, smallest);
  if (found.length > 0) return found;
  const border = Math.round(Math.min(image.width, image.height) * RETRY_MARGIN);
  const share = Math.max(SMALLEST_FACE, smallest / (1 + 2 * RETRY_MARGIN));
  const again = await detectOnce(networks, pad(image, border), share);
  return again.map((face) => ({
    ...face,
    x1: face.x1 - border,
    y1: face.y1 - border,
    x2: face.x2 - border,
    y2: face.y2 - border,
    landmarks: face.landmarks.map(([x, y]): Point => [x - border, y - border]),
  }));
}

async function detectOnce(
  networks: DetectorNetworks,
  image: Pixels,
  smallest: number,
): Promise<Detection[]> {
  const proposed = await propose(networks.proposal, image, smallest);
  const refined = await rerank(networks.refinement, image, proposed);
  const faces = await locate(networks.output, image, refined);
  return faces.sort((a, b) => area(b) - area(a));
}

async function propose(session: Session, image: Pixels, smallest: number): Promise<Candidate[]> {
  const short = Math.min(image.width, image.height);
  const found: Candidate[] = [];
  // Never enlarged: a face of fewer pixels than the window has nothing to show.
  let scale = Math.min(
    1,
    WINDOW / (short * SMALLEST_FACE),
    Math.sqrt(MAX_LEVEL_PIXELS / (image.width * image.height)),
  );
  for (; short * scale >= WINDOW; scale *= PYRAMID_FACTOR) {
    // The levels stay where they are: what a face's landmarks are depends on the level that it is seen in.
    if (WINDOW / scale < short * smallest) continue;
    found.push(...(await proposeAt(session, image, scale)));
  }
  return suppress(found, 0.7).slice(0, MAX_CANDIDATES).map(square);
}

async function proposeAt(session: Session, image: Pixels, scale: number): Promise<Candidate[]> {
  const width = Math.ceil(image.width * scale);
  const height = Math.ceil(image.height * scale);
  const resized = await sharp(image.data, { raw: { ...sizeOf(image), channels: 3 } })
    .resize(width, height, { fit: "fill", kernel: "linear" })
    .raw()
    .toBuffer();
  const input = toPlanar(resized, { width, height }, { transpose: true });
  const { probability, box } = await run(session, input, [1, 3, width, height]);
  const [, , columns = 0, rows = 0] = probability.dims;
  const cells = columns * rows;
  const found: (Candidate & { offsets: number[] })[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const score = probability.data[cells + cell] as number;
    if (score <= THRESHOLDS.proposal) continue;
    const x1 = (STRIDE * Math.floor(cell / rows)) / scale;
    const y1 = (STRIDE * (cell % rows)) / scale;
    const side = WINDOW / scale;
    const offsets = [0, 1, 2, 3].map((k) => box.data[k * cells + cell] as number);
    found.push({ x1, y1, x2: x1 + side, y2: y1 + side, score, offsets });
  }
  const surest = found.sort((a, b) => b.score - a.score).slice(0, MAX_CANDIDATES);
  return suppress(surest, 0.5).map(({ offsets, ...box }) => refine(box, offsets));
}

async function rerank(
  session: Session,
  image: Pixels,
  candidates: Candidate[],
): Promise<Candidate[]> {
  const seen = await seeCrops(session, image, candidates, 24);
  const better = seen.flatMap(({ score, offsets }, i) =>
    score > THRESHOLDS.refinement
      ? [refine({ ...(candidates[i] as Candidate), score }, offsets)]
      : [],
  );
  return suppress(better, 0.7).map(square);
}

async function locate(
  session: Session,
  image: Pixels,
  candidates: Candidate[],
): Promise<Detection[]> {
  const seen = await seeCrops(session, image, candidates, 48);
  const faces = seen.flatMap(({ score, offsets, points }, i): Detection[] => {
    if (score <= THRESHOLDS.output) return [];
    const candidate = candidates[i] as Candidate;
    const side = candidate.x2 - candidate.x1;
    const landmarks = [0, 1, 2, 3, 4].map(
      (k): Point => [
        candidate.x1 + (points[k] as number) * side,
        candidate.y1 + (points[k + 5] as number) * side,
      ],
    );
    return [{ ...refine({ ...candidate, score }, offsets), landmarks }];
  });
  return suppress(faces, 0.7, "smaller");
}

const sizeOf = ({ width, height }: Pixels) => ({ width, height });
const rowOf = ({ data }: Floats, i: number, width: number) => [
  ...data.subarray(i * width, (i + 1) * width),
];

/** What a network says of square boxes: that each is a face, how the box should move, landmarks in its units. */
export interface Seen {
  score: number;
  offsets: number[];
  points: number[];
}

function seeCrops(session: Session, image: Pixels, boxes: Candidate[], size: number) {
  return see(session, boxes, size, ({ x1, y1, x2 }) =>
    warp(image, { a: (x2 - x1) / size, b: 0, c: x1, d: y1 }, size),
  );
}

/**
 * What a network says of squares.
 * @param crop a square of an item, interleaved RGB, [size, size, 3] in 0 to 255
 */
export async function see<T>(
  session: Session,
  items: readonly T[],
  size: number,
  crop: (item: T) => Float32Array,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  const one = size * size * 3;
  for (let first = 0; first < items.length; first += CROPS_AT_ONCE) {
    const some = items.slice(first, first + CROPS_AT_ONCE);
    const input = new Float32Array(some.length * one);
    for (const [i, item] of some.entries()) {
      const planes = toPlanar(crop(item), { width: size, height: size }, { transpose: true });
      input.set(planes, i * one);
    }
    const { probability, box, landmarks } = await run(session, input, [some.length, 3, size, size]);
    for (let i = 0; i < some.length; i++) {
      seen.push({
        score: probability.data[2 * i + 1] as number,
        offsets: rowOf(box, i, 4),
        points: landmarks ? rowOf(landmarks, i, 10) : [],
      });
    }
  }
  return seen;
}

async function run(session: Session, data: Float32Array, dims: number[]) {
  const outputs = await session.run({ input: { data, dims } });
  return {
    probability: floatsOf(outputs, "probability"),
    box: floatsOf(outputs, "box"),
    landmarks: outputs.landmarks && floatsOf(outputs, "landmarks"),
  };
}
