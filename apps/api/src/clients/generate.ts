import {
  type DrawEmbeddingsRequest,
  DrawEmbeddingsResponse,
  type GenerateImagesInput,
  GenerateImagesResponse,
  GeneratorList,
  LoadedGenerator,
  type SampleIdentitiesRequest,
  SampleIdentitiesResponse,
} from "@hyperface/contracts";
import { rememberFor } from "../remember.ts";
import type { ServiceClient } from "./service.ts";

export type GenerateClient = ReturnType<typeof createGenerateClient>;

/** @param rememberSeconds how long what is known of a generator holds */
export function createGenerateClient({ json, message, ready }: ServiceClient, rememberSeconds = 0) {
  const listModels = async () => (await json("/v1/models", GeneratorList)).data;
  return {
    ready,
    listModels,
    /** Loaded, where it was not. @throws HyperFaceError `unknown-model` */
    describe: rememberFor(rememberSeconds, (name) =>
      json(`/v1/models/${encodeURIComponent(name)}`, LoadedGenerator),
    ),
    sampleIdentities: (request: SampleIdentitiesRequest, signal?: AbortSignal) =>
      message("/v1/identities", SampleIdentitiesResponse, request, { signal }),
    drawEmbeddings: (request: DrawEmbeddingsRequest, signal?: AbortSignal) =>
      message("/v1/drawn-embeddings", DrawEmbeddingsResponse, request, { signal }),
    createImages: (request: GenerateImagesInput, signal?: AbortSignal) =>
      message("/v1/images", GenerateImagesResponse, request, { signal }),
  };
}
