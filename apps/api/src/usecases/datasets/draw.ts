import { type DatasetSeconds, type Face, type Provenance, samplingOf } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { soughtIn } from "../images/aligned.ts";
import { conditionsOf } from "./conditions.ts";
import type { Recipe } from "./recipe.ts";

/** Which image: a sample of an identity of the packing. */
export interface Draw {
  identity: number;
  drawn: number;
}

export interface DrawnImage {
  bytes: Uint8Array;
  provenance: Provenance;
  embedding: Float32Array;
  quality: number;
  /** Null where the face's place was known. */
  detection: Face["detection"];
}

/**
 * The images of some draws, each a pure function of the recipe and its draw, with their embeddings; null where
 * no face was found. What each stage took is added to `seconds`.
 */
export async function drawImages(
  deps: Dependencies,
  recipe: Recipe,
  draws: readonly Draw[],
  { signal, seconds }: { signal?: AbortSignal; seconds?: DatasetSeconds } = {},
): Promise<(DrawnImage | null)[]> {
  const { align, imageFormat } = recipe.spec;
  const sought = soughtIn(recipe.generator);
  const spend = stopwatch(seconds);
  const pictures = await spend("generate", () => drawPictures(deps, recipe, draws, signal));
  const files = pictures.map(({ data }) => data);
  const options = {
    none: sought,
    frame: { aligned: "true" },
    detect: { crops: "true", cropFormat: imageFormat, ...sought },
  }[align];
  const { model } = recipe.packing;
  const found = await spend("embed", () =>
    deps.embed.embedFaces(files, model.name, signal, options),
  );
  return pictures.map(({ data, provenance }, k) => {
    const face = found.images[k]?.faces[0];
    if (!face) return null;
    const { embedding, quality, detection, crop = data } = face;
    return {
      bytes: crop,
      provenance,
      embedding,
      quality: quality.value,
      detection,
    };
  });
}

/** The generator's pictures: as they are kept, but for faces that are still to be aligned. */
async function drawPictures(
  { generate }: Dependencies,
  { spec, packing, references }: Recipe,
  draws: readonly Draw[],
  signal?: AbortSignal,
) {
  const { align, beta, seed, imageFormat, size } = spec;
  const vectors = await references.vectors(draws.map(({ identity }) => identity));
  const items = draws.map((draw, k) => {
    const embedding = vectors[k] as Float32Array;
    const how = { ...conditionsOf(spec, draw), ...samplingOf(spec) };
    return { embedding, identity: draw.identity, sample: draw.drawn, beta, seed, ...how };
  });
  // A whole picture is the one of its own URL, to the byte.
  const labels = { packing: packing.id, ...(align === "none" ? {} : { align }) };
  const file =
    align === "detect"
      ? ({ format: "ppm" } as const)
      : ({ format: imageFormat, size, crop: align === "frame" ? "face" : "none" } as const);
  const request = { generator: spec.generator, items, labels, ...file };
  return (await generate.createImages(request, signal)).images;
}

function stopwatch(seconds: DatasetSeconds | undefined) {
  return async <T>(stage: keyof DatasetSeconds, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    if (seconds) seconds[stage] += (performance.now() - started) / 1000;
    return result;
  };
}
