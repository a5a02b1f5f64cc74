import {
  checkConditions,
  type GenerateImagesRequest,
  GenerateImagesRequest as Request,
  GenerateImagesResponse as Response,
} from "@hyperface/contracts";
import { clientSignal, createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { GenerateDependencies } from "../../app.ts";
import { checkReference, makeImage } from "../../images.ts";
import { faceSquare } from "../../scene/frame.ts";

const route = createRoute({
  method: "post",
  path: "/v1/images",
  operationId: "generateImages",
  tags: ["images"],
  summary: "Images of identities from their embeddings (Algorithm 3)",
  description:
    "One image an item, each a pure function of the item and of the generator, whatever else is in the request.",
  request: { body: { required: true, content: { "application/json": { schema: Request } } } },
  responses: {
    200: {
      description: "One image an item",
      content: { "application/json": { schema: Response } },
    },
    ...problems(400, 413, 415, 422, 503),
  },
});

export function generateImagesRoute(app: ServiceApp, deps: GenerateDependencies): void {
  app.openapi(route, async (c) =>
    c.json(await generate(deps, c.req.valid("json"), clientSignal(c)), 200),
  );
}

async function generate(
  { generators, enter }: GenerateDependencies,
  request: GenerateImagesRequest,
  leaving: AbortSignal,
) {
  const makers = await generators.makers(request.generator);
  const { generator } = makers;
  const { format, labels, crop } = request;
  const whole = generator.description.size;
  const size = request.size ?? (crop === "face" ? faceSquare(generator.frame).width : whole);
  const references = request.items.map((item, i) =>
    checkReference(generator, item.embedding, `/items/${i}/embedding`),
  );
  request.items.forEach((item, i) => {
    checkConditions(generator.description, item, `/items/${i}`);
  });
  const images = await enter(leaving).each(request.items, async (item, i) => {
    const reference = references[i] as Float32Array;
    const image = await makeImage(makers, reference, item, { format, size, crop, labels });
    return { data: Buffer.from(image.bytes).toString("base64"), provenance: image.provenance };
  });
  return { format, size, images };
}
