import {
  type DrawEmbeddingsRequest,
  DrawEmbeddingsResponse,
  type GenerateImagesInput,
  GenerateImagesResponse,
  type GeneratorDescription,
  GeneratorList,
  type SampleIdentitiesRequest,
  SampleIdentitiesResponse,
} from "@hyperface/contracts";
import { findModel } from "./models.ts";
import type { ServiceClient } from "./service.ts";

export type GenerateClient = ReturnType<typeof createGenerateClient>;

export function createGenerateClient({ json, ready }: ServiceClient) {
  const listModels = async () => (await json("/v1/models", GeneratorList)).data;
  return {
    ready,
    listModels,
    /** @throws HyperFaceError `unknown-model` */
    describe: (name: string): Promise<GeneratorDescription> =>
      findModel("generator", name, listModels),
    sampleIdentities: (request: SampleIdentitiesRequest, signal?: AbortSignal) =>
      json("/v1/identities", SampleIdentitiesResponse, request, { signal }),
    drawEmbeddings: (request: DrawEmbeddingsRequest) =>
      json("/v1/drawn-embeddings", DrawEmbeddingsResponse, request),
    createImages: (request: GenerateImagesInput, signal?: AbortSignal) =>
      json("/v1/images", GenerateImagesResponse, request, { signal }),
  };
}
