import type {
  GenerateImagesRequest,
  GenerateImagesResponse,
  GeneratorDescription,
  SampleIdentitiesRequest,
  SampleIdentitiesResponse,
} from "@hyperface/contracts";
import { HyperFaceError } from "@hyperface/contracts";
import type { ServiceClient } from "./service.ts";

export type GenerateClient = ReturnType<typeof createGenerateClient>;

export function createGenerateClient({ json, ready }: ServiceClient) {
  const listModels = async () => (await json<{ data: GeneratorDescription[] }>("/v1/models")).data;
  return {
    ready,
    listModels,
    /** @throws HyperFaceError `unknown-model` */
    async describe(name: string): Promise<GeneratorDescription> {
      const all = await listModels();
      const found = all.find((generator) => generator.name === name);
      if (found) return found;
      const names = all.map((generator) => generator.name).join(", ");
      throw new HyperFaceError("unknown-model", `there is no generator ${name}: use ${names}`);
    },
    sampleIdentities: (request: SampleIdentitiesRequest, signal?: AbortSignal) =>
      json<SampleIdentitiesResponse>("/v1/identities", request, { signal }),
    createImages: (request: GenerateImagesRequest, signal?: AbortSignal) =>
      json<GenerateImagesResponse>("/v1/images", request, { signal }),
  };
}
