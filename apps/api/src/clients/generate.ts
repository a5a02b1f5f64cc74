import type {
  DrawEmbeddingsRequest,
  DrawEmbeddingsResponse,
  GenerateImagesInput,
  GenerateImagesResponse,
  GeneratorDescription,
  SampleIdentitiesRequest,
  SampleIdentitiesResponse,
} from "@hyperface/contracts";
import { findModel } from "./models.ts";
import type { ServiceClient } from "./service.ts";

export type GenerateClient = ReturnType<typeof createGenerateClient>;

export function createGenerateClient({ json, ready }: ServiceClient) {
  const listModels = async () => (await json<{ data: GeneratorDescription[] }>("/v1/models")).data;
  return {
    ready,
    listModels,
    /** @throws HyperFaceError `unknown-model` */
    describe: (name: string): Promise<GeneratorDescription> =>
      findModel("generator", name, listModels),
    sampleIdentities: (request: SampleIdentitiesRequest, signal?: AbortSignal) =>
      json<SampleIdentitiesResponse>("/v1/identities", request, { signal }),
    drawEmbeddings: (request: DrawEmbeddingsRequest) =>
      json<DrawEmbeddingsResponse>("/v1/drawn-embeddings", request),
    createImages: (request: GenerateImagesInput, signal?: AbortSignal) =>
      json<GenerateImagesResponse>("/v1/images", request, { signal }),
  };
}
