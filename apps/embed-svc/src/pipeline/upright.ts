import { ALIGNED_SIDE } from "@hyperface/contracts";
import { alignFace, distanceToTemplate, fitSimilarity, TEMPLATE } from "./align.ts";
import { type Detection, type DetectorNetworks, detectFaces, type Seen, see } from "./detect.ts";
import { type Pixels, type Point, type QuarterTurns, turnBack } from "./pixels.ts";
import { createScene, type Scene } from "./pyramid.ts";

/** A face found, and how the image had to be turned for it to stand upright. */
export interface UprightFace extends Detection {
  /** Degrees clockwise by which the image was turned; box and landmarks are those of the image as it is. */
  turn: 0 | 90 | 180 | 270;
}

/**
 * Log-odds that a face stands upright, from which an image is looked at no further, and under which a
 * face is none. Of 701 wrong looks at 400 turned faces (small, blurred, dark, noisy ones among them) none
 * was above 1.2, of the right ones none under -0.8.
 */
const CONVINCING = 2.5;
const ACCEPTED = -2;
/** By how much one way of looking must convince more than any other: the upright one, in which most pictures come, by less. */
const LEAD = { upright: 0.3, turned: 1 };

interface Look {
  faces: UprightFace[];
  /** Of its most convincing face. */
  odds: number;
  /** Windows that may hold a face. */
  proposed: number;
  quarters: QuarterTurns;
}

/**
 * The faces of an image, largest first, whichever quarter the image is turned by. MTCNN finds turned
 * faces too, with landmarks in wrong places, and its score does not tell: so where no face convinces
 * as upright the image is looked at in all four ways, unless nothing in it may be one, and the way whose faces convince most is believed.
 * Where two ways convince alike none is: an embedding of a turned face would be anybody's.
 * @param smallest as {@link createScene} takes it
 */
export async function findFaces(
  networks: DetectorNetworks,
  image: Pixels,
  smallest?: number,
): Promise<UprightFace[]> {
  const scene = createScene(image, smallest);
  const looks: Look[] = [];
  for (const quarters of [0, 1, 3, 2] as const) {
    const look = await lookAt(networks, scene, quarters);
    // Of 126 turned portraits none had fewer than 8 windows that may hold a face; an even picture has none.
    if (quarters === 0 && (look.odds > CONVINCING || look.proposed === 0)) return look.faces;
    looks.push(look);
  }
  const [first, second] = looks.sort((a, b) => b.odds - a.odds) as [Look, Look];
  const lead = first.quarters === 0 ? LEAD.upright : LEAD.turned;
  return first.odds - second.odds >= lead ? first.faces : [];
}

async function lookAt(
  networks: DetectorNetworks,
  scene: Scene,
  quarters: QuarterTurns,
): Promise<Look> {
  const { image } = scene;
  const { faces: found, proposed } = await detectFaces(networks, scene, quarters);
  const odds = await judgeUpright(networks, image, found, quarters);
  const accepted = found.filter((_, i) => (odds[i] as number) > ACCEPTED);
  const faces = accepted.map((face) => asInImage(face, image, quarters));
  return { faces, odds: Math.max(ACCEPTED - LEAD.turned, ...odds), proposed, quarters };
}

/** Side of the crop that the second look is at: the output network's input, pixels. */
const SIDE = 48;

/**
 * Log-odds that each face stands upright. The output network looks a second time, at the aligned face
 * and at its half turn: an upright face looks more like one than its half turn does, and has its
 * landmarks where the template does. Coefficients: logistic regression on 400 synthetic faces in four
 * turns, where it prefers the right one for all. The first look's score is left out: half turns score as high.
 */
async function judgeUpright(
  { output }: DetectorNetworks,
  image: Pixels,
  faces: readonly Detection[],
  quarters: QuarterTurns,
): Promise<number[]> {
  const crops = faces.flatMap(({ landmarks }) => {
    const inImage = landmarks.map((point) => turnBack(point, image, quarters));
    const crop = alignFace(image, inImage, { size: SIDE });
    return [crop, halfTurn(crop)];
  });
  const looks = await see(output, crops, SIDE, (crop) => crop);
  return faces.map(({ landmarks }, i) => {
    const [upright, upsideDown] = [looks[2 * i], looks[2 * i + 1]] as [Seen, Seen];
    return (
      0.255 +
      0.69 * logit(upright.score) -
      0.413 * logit(upsideDown.score) -
      0.348 * Math.min(25, distanceToTemplate(landmarksIn(upright.points))) -
      0.135 * Math.min(60, Math.abs(rollOf(landmarks)))
    );
  });
}

const logit = (p: number) => {
  const q = Math.min(1 - 1e-6, Math.max(1e-6, p));
  return Math.log(q / (1 - q));
};

/** The output network's landmarks in the pixels of its square, which is as large as the template. */
const landmarksIn = (points: readonly number[]): Point[] =>
  TEMPLATE.map((_, k) => [
    ALIGNED_SIDE * (points[k] as number),
    ALIGNED_SIDE * (points[k + 5] as number),
  ]);

/** By how many degrees a face is tilted. */
function rollOf(landmarks: readonly Point[]): number {
  const { a, b } = fitSimilarity(landmarks, TEMPLATE);
  return (Math.atan2(b, a) * 180) / Math.PI;
}

/** An interleaved RGB square upside down. */
function halfTurn(square: Float32Array): Float32Array {
  const turned = new Float32Array(square.length);
  for (let from = 0, to = square.length - 3; to >= 0; from += 3, to -= 3) {
    turned.set(square.subarray(from, from + 3), to);
  }
  return turned;
}

function asInImage(face: Detection, image: Pixels, quarters: QuarterTurns): UprightFace {
  const back = (point: Point) => turnBack(point, image, quarters);
  const corners = [back([face.x1, face.y1]), back([face.x2, face.y2])] as const;
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return {
    score: face.score,
    x1: Math.min(...xs),
    y1: Math.min(...ys),
    x2: Math.max(...xs),
    y2: Math.max(...ys),
    landmarks: face.landmarks.map(back),
    turn: [0, 90, 180, 270][quarters] as UprightFace["turn"],
  };
}
