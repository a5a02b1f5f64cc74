import {
  Embeddings,
  MODEL_HEADER,
  type ModelReference,
  NPY,
  TENSOR_MEDIA_TYPES,
  tensorContent,
} from "@hyperface/contracts";
import { encodeNpy, encodeSafetensors } from "@hyperface/formats";
import { negotiate, notJson } from "@hyperface/service-kit";
import { toArrays } from "@hyperface/vectors";
import type { Context } from "hono";

export const embeddingsContent = tensorContent(Embeddings);

/** Unit embeddings in the media type the request prefers. */
export function answerEmbeddings(
  c: Context,
  { model, dimension }: { model: ModelReference; dimension: number },
  data: Float32Array,
) {
  const media = negotiate(c, TENSOR_MEDIA_TYPES);
  const shape = [data.length / dimension, dimension];
  if (media === "application/json") {
    return c.json({ model, dimension, embeddings: toArrays({ data, dimension }) }, 200);
  }
  const bytes =
    media === NPY
      ? encodeNpy({ data, shape })
      : encodeSafetensors({
          tensors: { embeddings: { data, shape } },
          metadata: { model: model.name, sha256: model.sha256 },
        });
  const named = `${model.name}; sha256=${model.sha256}`;
  const headers = { "content-type": media, [MODEL_HEADER]: named };
  return notJson(c.body(bytes as Uint8Array<ArrayBuffer>, 200, headers));
}
