import type { CreateEmbeddingsResponse, Face } from "@hyperface/contracts";
import { createEmbedService, Environment } from "@hyperface/embed-svc";
import { createLogger, readEnvironment } from "@hyperface/service-kit";

/** The central face of a picture; undefined where none is found. */
export type EmbedCentral = (
  file: Uint8Array,
  mediaType?: "image/png" | "image/jpeg",
) => Promise<Face | undefined>;

/** Runs `work` on the embed service in this process: detect, align, flip-sum. */
export async function withEmbedder<T>(work: (embed: EmbedCentral) => Promise<T>): Promise<T> {
  const environment = readEnvironment(Environment);
  const { app, close } = createEmbedService({ environment, logger: createLogger("bench", "warn") });
  try {
    return await work(async (file, mediaType = "image/png") => {
      const response = await app.request("/v1/embeddings?faces=central&allowMissing=true", {
        method: "POST",
        headers: { "content-type": mediaType },
        body: new Uint8Array(file),
      });
      const { images } = (await response.json()) as CreateEmbeddingsResponse;
      return images[0]?.faces[0];
    });
  } finally {
    await close();
  }
}
