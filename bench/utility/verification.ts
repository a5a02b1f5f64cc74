import type { HyperFace } from "@hyperface/sdk";
import pLimit from "p-limit";
import { findFace } from "../find-face.ts";
import { readLondon } from "../photographs.ts";
import { canvas } from "./canvases.ts";
import { throughPoorCamera } from "./poor-camera.ts";

/** What a person's first canvas, neutral, is compared with. */
export const VIEWS = ["smiling", "poor"] as const;
export type View = (typeof VIEWS)[number];

/** Of each person canvases [80, 80]: neutral, then every view of VIEWS. `poor` is the smiling one as a poor camera sees it. */
export interface VerificationSet {
  people: number;
  undetected: number;
  canvases: Uint8Array[];
}

const limit = pLimit(6);

/** London's people of whom both photographs show a face that the detector finds. */
export async function londonPairs(hyperface: HyperFace): Promise<VerificationSet> {
  const found = await Promise.all(
    (await readLondon()).map(({ name, bytes }) =>
      limit(async () => {
        const face = await findFace(hyperface, bytes);
        return { name, canvas: face && (await canvas(bytes, face.landmarks)) };
      }),
    ),
  );
  const undetected = found.filter((photograph) => !photograph.canvas).length;
  const of = new Map(found.map((photograph) => [photograph.name, photograph.canvas]));
  const names = [...new Set(found.map(({ name }) => name.slice(0, 3)))].sort();
  const people = await Promise.all(
    names.map(async (person) => {
      const neutral = of.get(`${person}_neutral.jpg`);
      const smiling = of.get(`${person}_smiling.jpg`);
      return neutral && smiling
        ? [neutral, smiling, await throughPoorCamera(smiling, Number(person))]
        : [];
    }),
  );
  const canvases = people.flat();
  return { people: canvases.length / (1 + VIEWS.length), undetected, canvases };
}
