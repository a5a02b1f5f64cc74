import {
  checkConditions,
  checkSampling,
  errorAt,
  type GenerateImagesRequest,
  HyperFaceError,
  inBody,
  type ModelReference,
  GenerateImagesRequest as Request,
  GenerateImagesResponse as Response,
} from "@hyperface/contracts";
import type { Turns } from "@hyperface/inference";
import { messageRoute, type ServiceApp } from "@hyperface/service-kit";
import type { GenerateDependencies } from "../../app.ts";
import type { Generator } from "../../generators/generator.ts";
import { checkReference, drawReferences, type ImageMakers, makeImage } from "../../images.ts";
import { faceSquare } from "../../scene/frame.ts";

const route = {
  path: "/v1/images",
  operationId: "generateImages",
  tags: ["images"],
  summary: "Images of identities from their embeddings (Algorithm 3)",
  description:
    "One image an item, each a pure function of the item and of the generator, whatever else is in the request.",
  request: Request,
  response: Response,
  answered: "One image an item",
  refusals: [400, 413, 415, 422, 503],
};

export function generateImagesRoute(app: ServiceApp, deps: GenerateDependencies): void {
  messageRoute(app, route, (request, signal) => {
    const work = (makers: ImageMakers) => generate(makers, request, deps.enter(signal));
    return deps.generators.use(request.generator, work);
  });
}

async function generate(makers: ImageMakers, request: GenerateImagesRequest, turns: Turns) {
  const { generator } = makers;
  const { format, labels, crop } = request;
  checkEmbedder(generator, request.embedder);
  checkCrop(generator, crop);
  const whole = generator.description.size;
  const { frame } = generator;
  const size = request.size ?? (crop === "face" && frame ? faceSquare(frame).width : whole);
  const references = request.items.map((item, i) => {
    checkConditions(generator.description, item, inBody(`/items/${i}`));
    checkSampling(generator.description, item, inBody(`/items/${i}`));
    return checkReference(generator, item.embedding, `/items/${i}/embedding`);
  });
  const drawn = drawReferences(generator, request.items, references);
  const options = { format, size, crop, labels, signal: turns.claim.signal };
  const images = await turns.each(request.items, async (item, i) => {
    const image = await makeImage(makers, drawn[i] as Float32Array, item, options);
    return { data: image.bytes, provenance: image.provenance };
  });
  return { format, size, images };
}

/** Vectors of two models may have one length, and mean nothing to each other. */
function checkEmbedder({ description }: Generator, given: ModelReference | undefined): void {
  const { name, embedder } = description;
  if (!given || given.sha256 === embedder.sha256) return;
  throw new HyperFaceError(
    "model-mismatch",
    `generator ${name} follows identities of ${embedder.name} (sha256 ${embedder.sha256}), these embeddings are of ${given.name} (${given.sha256}): embed or pack with ${embedder.name}`,
  );
}

function checkCrop({ description, frame }: Generator, crop: GenerateImagesRequest["crop"]): void {
  if (frame || crop === "none") return;
  const pointer = "/crop";
  const detail = `generator ${description.name} has no fixed place for the face: detect it`;
  throw errorAt("invalid-request", pointer, detail, `${pointer}: ${detail}`);
}
