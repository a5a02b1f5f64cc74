import type { CreateEmbeddingsResponse, EmbedderDescription } from "@hyperface/contracts";
import type { ServiceClient } from "./service.ts";

export type EmbedClient = ReturnType<typeof createEmbedClient>;

export const createEmbedClient = ({ json, send }: ServiceClient) => ({
  /** The largest face of each image, or none. */
  embedFaces: (images: string[], model: string) =>
    json<CreateEmbeddingsResponse>(
      `/v1/embeddings?faces=largest&allowMissing=true&model=${encodeURIComponent(model)}`,
      { images },
    ),
  listModels: async () => (await json<{ data: EmbedderDescription[] }>("/v1/models")).data,
  /** A client's own request, as it is. */
  forward: (request: Request, requestId: string) => {
    const { search } = new URL(request.url);
    const headers = new Headers({ "x-request-id": requestId });
    for (const name of ["content-type", "accept"]) {
      const value = request.headers.get(name);
      if (value) headers.set(name, value);
    }
    const init = { method: "POST", headers, body: request.body, duplex: "half" };
    return send(`/v1/embeddings${search}`, init as RequestInit);
  },
});
