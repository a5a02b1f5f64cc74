import { EmbedderList, EmbedImagesResponse, LoadedEmbedder } from "@hyperface/contracts";
import { rememberFor } from "../remember.ts";
import type { ServiceClient } from "./service.ts";

export type EmbedClient = ReturnType<typeof createEmbedClient>;

/** @param rememberSeconds how long what is known of an embedder holds */
export function createEmbedClient(
  { json, message, send, ready }: ServiceClient,
  rememberSeconds = 0,
) {
  const listModels = async () => (await json("/v1/models", EmbedderList)).data;
  return {
    /** Loaded, where it was not. @throws HyperFaceError `unknown-model` */
    describe: rememberFor(rememberSeconds, (name) =>
      json(`/v1/models/${encodeURIComponent(name)}`, LoadedEmbedder),
    ),

    /** The central face of each image, or none. */
    embedFaces: (
      images: Uint8Array[],
      model: string,
      signal?: AbortSignal,
      options: Partial<
        Record<"aligned" | "crops" | "cropFormat" | "flip" | "smallestFace", string>
      > = {},
    ) => {
      const query = { faces: "central", allowMissing: "true", model, ...options };
      const path = `/v1/embeddings?${new URLSearchParams(query)}`;
      return message(path, EmbedImagesResponse, { images }, { signal });
    },
    listModels,
    ready,
    /** A client's own request, as it is. */
    forward: (request: Request, signal: AbortSignal) => {
      const { search } = new URL(request.url);
      const headers = new Headers({ "accept-encoding": "identity" });
      for (const name of ["content-type", "accept"]) {
        const value = request.headers.get(name);
        if (value) headers.set(name, value);
      }
      const init = { method: "POST", headers, body: request.body, duplex: "half" };
      return send(`/v1/embeddings${search}`, init as RequestInit, { signal });
    },
  };
}
