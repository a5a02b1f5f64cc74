import {
  DrawEmbeddingsRequest,
  type EmbeddedFace,
  EmbedImagesRequest,
  type EmbedImagesResponse,
  GenerateImagesRequest,
  type GenerateImagesResponse,
  type LoadedGenerator,
  type Provenance,
  problemType,
  SampleIdentitiesRequest,
} from "@hyperface/contracts";
import { decodeMessage, encodeMessage } from "@hyperface/formats";
import type { Fetch } from "./clients/service.ts";
import { EMBEDDER, type TestServices } from "./test-dependencies.ts";

const { name, sha256, dimension } = EMBEDDER;
const embedder = { name, sha256 };

/** A generator of {@link EMBEDDER}'s identities. */
export const GENERATOR: LoadedGenerator = {
  name: "default",
  version: "1",
  sha256: "1".repeat(64),
  embedder,
  size: 64,
  embeddingDimension: dimension,
  latentDimension: 2,
  arithmetic: "here",
  axes: ["yaw"],
  draw: true,
  controls: null,
  ...{ sampling: null, grounds: true, prior: true, state: "ready", files: [], memoryBytes: 0 },
  terms: "none",
};

/** A picture of the generator below: instead of a file, what was asked for. */
export type Picture = Omit<GenerateImagesRequest, "items"> & GenerateImagesRequest["items"][number];

export const readPicture = (file: Uint8Array): Picture => decodeMessage(file) as Picture;

/** What an embedder sees that finds one face, looking at the camera. */
export const faceOf = (embedding: ArrayLike<number>): EmbeddedFace => ({
  embedding: Float32Array.from(embedding),
  quality: { value: 1, size: 112, sharpness: 9, noise: 1, norm: 10, landmarkFit: 1 },
  detection: {
    box: { x: 0, y: 0, width: 112, height: 112 },
    score: 0.9,
    turn: 0,
    landmarks: [
      [38.2946, 51.6963],
      [73.5318, 51.5014],
      [56.0252, 71.7366],
      [41.5493, 92.3655],
      [70.7299, 92.2041],
    ],
  },
});

export interface Behaviour {
  generator?: LoadedGenerator;
  /** The faces in a picture. Where it is not given: one, of the identity asked for. */
  look?: (picture: Picture) => EmbeddedFace[];
}

/** A generator and an embedder that keep to the contract and compute nothing; `behaviour` is read at each call. */
export const testServices = (behaviour: Behaviour = {}): TestServices => ({
  generate: generating(behaviour),
  embed: embedding(behaviour),
});

/** The message that a service received. */
export const receivedBy = async (request: Request) =>
  decodeMessage(new Uint8Array(await request.arrayBuffer()));
export const answerWith = (value: object) =>
  new Response(encodeMessage(value) as Uint8Array<ArrayBuffer>);

function generating(behaviour: Behaviour): Fetch {
  return async (request) => {
    const { generator = GENERATOR } = behaviour;
    const reference = { name: generator.name, sha256: generator.sha256 };
    const body = request.method === "POST" ? await receivedBy(request) : undefined;
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case `/v1/models/${generator.name}`:
        return Response.json(generator);
      case "/v1/images":
        return answerWith(draw(generator, GenerateImagesRequest.parse(body)));
      case "/v1/identities": {
        const { count, seed, offset } = SampleIdentitiesRequest.parse(body);
        const rows = Array.from({ length: count }, (_, k) => identityAt(offset + k + seed));
        const embeddings = Float32Array.from(rows.flat());
        return answerWith({ generator: reference, embedder, dimension, embeddings });
      }
      case "/v1/drawn-embeddings": {
        const { embeddings } = DrawEmbeddingsRequest.parse(body);
        const drawn = embeddings.map(() => Float32Array.from(identityAt(0)));
        return answerWith({ generator: reference, embeddings: drawn });
      }
      default: {
        const problem = { type: problemType("unknown-model"), detail: `there is no ${pathname}` };
        return Response.json(problem, { status: 422 });
      }
    }
  };
}

/** Identity k of the generator's prior: a unit vector. */
export const identityAt = (k: number): number[] => [Math.cos(k), Math.sin(k), 0, 0];

function draw(generator: LoadedGenerator, request: GenerateImagesRequest) {
  const { items, ...asked } = request;
  const { format, size = generator.size, labels } = asked;
  const images = items.map((item) => {
    const { identity, sample, beta, seed } = item;
    const provenance: Provenance = {
      generator: { name: generator.name, sha256: generator.sha256 },
      embedder: generator.embedder,
      arithmetic: generator.arithmetic,
      ...{ identity, sample, beta, seed, labels },
      ...{
        ground: "none",
        draw: item.draw,
        axes: {},
        draws: 1,
        attempts: 1,
        camera: null,
        sampling: null,
      },
    };
    return { data: encodeMessage({ ...asked, ...item }), provenance };
  });
  return { format, size, images } satisfies GenerateImagesResponse;
}

function embedding(behaviour: Behaviour): Fetch {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === `/v1/models/${name}`) return Response.json(EMBEDDER);
    const { images } = EmbedImagesRequest.parse(await receivedBy(request));
    const { look = (picture: Picture) => [faceOf(picture.embedding)] } = behaviour;
    const embedded: EmbedImagesResponse = {
      model: embedder,
      dimension,
      arithmetic: "here",
      images: images.map((file) => {
        const faces = look(readPicture(file)).map((face) => ({
          ...face,
          ...(searchParams.has("aligned") ? { detection: null } : {}),
          ...(searchParams.has("crops") ? { crop: file } : {}),
        }));
        return { width: 64, height: 64, found: faces.length, faces };
      }),
    };
    return answerWith(embedded);
  };
}
