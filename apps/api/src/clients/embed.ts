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
    /** A client's own request, as it is, but for what it `accept`s. */
    forward: ({ url, headers, body }: Request, accept: string, signal: AbortSignal) => {
      const type = headers.get("content-type");
      const passed = {
        ...{ accept, "accept-encoding": "identity" },
        ...(type ? { "content-type": type } : {}),
      };
      const path = `/v1/embeddings${new URL(url).search}`;
      return send(path, { method: "POST", headers: passed, body }, { signal });
    },
  };
}
