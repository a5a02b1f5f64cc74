import { type Floats, floatsOf, type Session } from "@hyperface/inference";
import { area, type Candidate, refine, square, suppress } from "./boxes.ts";
import { type Point, type QuarterTurns, toPlanar, turnSourceBack, warp } from "./pixels.ts";
import { type Level, type Scene, type View, WINDOW } from "./pyramid.ts";

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
/** Step between two of the proposal network's windows, pixels. */
const STRIDE = 2;
/** Most windows of a level, and most that a later stage looks at; a photograph has some dozens. */
const MAX_CANDIDATES = 400;
/** Windows a later stage sees at once: what it needs of memory stays with its thread. */
const CROPS_AT_ONCE = 64;

/** What is seen of an image, turned some way. */
export interface Sighting {
  /** Largest first, in the turned coordinates. */
  faces: Detection[];
  /** Windows that may hold a face, as the first network has it. */
  proposed: number;
}

/** Faces of an image turned clockwise by quarters. Where none is found it is looked at again with a margin. */
export async function detectFaces(
  networks: DetectorNetworks,
  scene: Scene,
  quarters: QuarterTurns = 0,
): Promise<Sighting> {
  const { image, border } = scene;
  if (Math.min(image.width, image.height) < WINDOW) return { faces: [], proposed: 0 };
  const first = await detectOnce(networks, await scene.plain(quarters));
  if (first.faces.length > 0) return first;
  const again = await detectOnce(networks, await scene.padded(quarters));
  const faces = again.faces.map((face) => ({
    ...face,
    x1: face.x1 - border,
    y1: face.y1 - border,
    x2: face.x2 - border,
    y2: face.y2 - border,
    landmarks: face.landmarks.map(([x, y]): Point => [x - border, y - border]),
  }));
  return { faces, proposed: first.proposed + again.proposed };
}

async function detectOnce(networks: DetectorNetworks, view: View): Promise<Sighting> {
  const proposed = await propose(networks.proposal, view.levels);
  const refined = await rerank(networks.refinement, view, proposed);
  const faces = await locate(networks.output, view, refined);
  return { faces: faces.sort((a, b) => area(b) - area(a)), proposed: proposed.length };
}

async function propose(session: Session, levels: readonly Level[]): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const level of levels) found.push(...(await proposeAt(session, level)));
  return suppress(found, 0.7).slice(0, MAX_CANDIDATES).map(square);
}

async function proposeAt(session: Session, level: Level): Promise<Candidate[]> {
  const { data, width, height, scale } = level;
  const input = toPlanar(data, { width, height }, { transpose: true });
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

async function rerank(session: Session, view: View, candidates: Candidate[]): Promise<Candidate[]> {
  const seen = await seeCrops(session, view, candidates, 24);
  const better = seen.flatMap(({ score, offsets }, i) =>
    score > THRESHOLDS.refinement
      ? [refine({ ...(candidates[i] as Candidate), score }, offsets)]
      : [],
  );
  return suppress(better, 0.7).map(square);
}

async function locate(session: Session, view: View, candidates: Candidate[]): Promise<Detection[]> {
  const seen = await seeCrops(session, view, candidates, 48);
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

const rowOf = ({ data }: Floats, i: number, width: number) => [
  ...data.subarray(i * width, (i + 1) * width),
];

/** What a network says of square boxes: that each is a face, how the box should move, landmarks in its units. */
export interface Seen {
  score: number;
  offsets: number[];
  points: number[];
}

function seeCrops(session: Session, { image, quarters }: View, boxes: Candidate[], size: number) {
  return see(session, boxes, size, ({ x1, y1, x2 }) => {
    const toTurned = { a: (x2 - x1) / size, b: 0, c: x1, d: y1 };
    return warp(image, turnSourceBack(toTurned, image, quarters), size);
  });
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
