import { fitSimilarity } from "@hyperface/embed-svc/align";
import { type Pixels, type Point, warp } from "@hyperface/embed-svc/pixels";
import { luminance } from "../luminance.ts";
import { TEMPLATE, THUMB_SIDE } from "../templates.ts";

/** What varies between photographs of one person, by proxies that need no network. */
export interface Traits {
  /** Nose off the line between eyes and mouth, in eye distances: right of it is positive. */
  yaw: number;
  /** How far down from eyes to mouth the nose is, 0 to 1. */
  pitch: number;
  /** Mouth's width in eye distances. */
  mouth: number;
  /** Mean luminance of the face, 0 to 255. */
  light: number;
  /** Its right half's luminance less its left half's. */
  sideLight: number;
}
export const TRAIT_NAMES = ["yaw", "pitch", "mouth", "light", "sideLight"] as const;

export function measureTraits(image: Pixels, landmarks: readonly Point[]): Traits {
  return { ...pose(landmarks), ...light(image, landmarks) };
}

/** Of left eye, right eye, nose, left and right mouth corner; no similarity changes it. */
export function pose(landmarks: readonly Point[]): Pick<Traits, "yaw" | "pitch" | "mouth"> {
  const [left, right, nose, mouthLeft, mouthRight] = landmarks as [
    Point,
    Point,
    Point,
    Point,
    Point,
  ];
  const span = minus(right, left);
  const eyes = Math.hypot(...span);
  const along: Point = [span[0] / eyes, span[1] / eyes];
  const down: Point = [-along[1], along[0]];
  const between = middle(left, right);
  const toNose = minus(nose, between);
  const toMouth = minus(middle(mouthLeft, mouthRight), between);
  return {
    yaw: (inner(toNose, along) - inner(toMouth, along) / 2) / eyes,
    pitch: inner(toNose, down) / Math.max(inner(toMouth, down), 1e-3 * eyes),
    mouth: Math.hypot(...minus(mouthRight, mouthLeft)) / eyes,
  };
}

/** Of the face's middle, where there is neither hair nor ground. */
function light(image: Pixels, landmarks: readonly Point[]): Pick<Traits, "light" | "sideLight"> {
  const toImage = fitSimilarity(TEMPLATE.thumb, landmarks);
  const thumb = luminance({ data: warp(image, toImage, THUMB_SIDE, 3) });
  const half = THUMB_SIDE / 2;
  const mean = (from: number, to: number) => {
    let sum = 0;
    for (let y = half / 2; y < THUMB_SIDE - half / 4; y++) {
      for (let x = from; x < to; x++) sum += thumb[y * THUMB_SIDE + x] as number;
    }
    return sum / ((to - from) * (1.25 * half));
  };
  const left = mean(half / 2, half);
  const right = mean(half, 1.5 * half);
  return { light: (left + right) / 2, sideLight: right - left };
}

const minus = ([a, b]: Point, [c, d]: Point): Point => [a - c, b - d];
const middle = ([a, b]: Point, [c, d]: Point): Point => [(a + c) / 2, (b + d) / 2];
const inner = ([a, b]: Point, [c, d]: Point) => a * c + b * d;
