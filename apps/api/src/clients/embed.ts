<<<<<<< HEAD

import { CreateEmbeddingsResponse, EmbedderList, LoadedEmbedder } from "@hyperface/contracts";

=======

import {
  CreateEmbeddingsResponse,
  EmbedderList,
  HyperFaceError,
  type ModelReference,
} from "@hyperface/contracts";

>>>>>>> 41b9be5 (Test services answer as generators of several kinds do; the embed client names the embedders there are)

import type { ServiceClient } from "./service.ts";

export type EmbedClient = ReturnType<typeof createEmbedClient>;

export function createEmbedClient({ json, send, ready }: ServiceClient) {
  const listModels = async () => (await json("/v1/models", EmbedderList)).data;
  return {
<<<<<<< HEAD
    /** Loaded, where it was not. @throws HyperFaceError `unknown-model` */
    describe: (name: string) => json(`/v1/models/$encodeURIComponent(name)`, LoadedEmbedder),
=======
    /** An embedder's reference and length. @throws HyperFaceError `unknown-model` */
    async describe(name: string): Promise<{ model: ModelReference; dimension: number }> {
      const all = await listModels();
      const found = all.find((model) => model.name === name);
      if (found) return { model: { name, sha256: found.sha256 }, dimension: found.dimension };
      const names = all.map((model) => model.name).join(", ");
      throw new HyperFaceError("unknown-model", `there is no embedder $name: use $names`);
    },
>>>>>>> 41b9be5 (Test services answer as generators of several kinds do; the embed client names the embedders there are)

    /** The central face of each image, or none. */
    embedFaces: (
      images: string[],
      model: string,
      signal?: AbortSignal,
      options: Partial<
        Record<"aligned" | "crops" | "cropFormat" | "flip" | "smallestFace", string>
      > = {},
    ) => {
      const query = { faces: "central", allowMissing: "true", model, ...options };
      const path = `/v1/embeddings?${new URLSearchParams(query)}`;
      return json(path, CreateEmbeddingsResponse, { images }, { signal });
    },
    listModels,
    ready,
    /** A client's own request, as it is. */
    forward: (request: Request, requestId: string, signal: AbortSignal) => {
      const { search } = new URL(request.url);
      const headers = new Headers({ "x-request-id": requestId });
      for (const name of ["content-type", "accept"]) {
        const value = request.headers.get(name);
        if (value) headers.set(name, value);
      }
      const init = { method: "POST", headers, body: request.body, duplex: "half" };
      return send(`/v1/embeddings$search`, init as RequestInit, { signal });
    },
  };
}
