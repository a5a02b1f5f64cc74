import { type BinaryLike, createHash } from "node:crypto";
import { env } from "onnxruntime-node";

/**
 * Names the arithmetic of this process: the versions of what computes, and a hash of what a fixed probe gave.
 * Equal names, equal bytes; two processors whose kernels round otherwise have two names.
 * @param libraries versions beside those of Node and ONNX Runtime, by name
 * @param probe outputs of everything whose rounding reaches a result
 * @example nameArithmetic({ libvips: "8.18.7" }, [output]) // "node-20.20.2 onnxruntime-1.30.0 libvips-8.18.7 5f0c2c4be0a1d3f7"
 */
export function nameArithmetic(
  libraries: Record<string, string>,
  probe: readonly BinaryLike[],
): string {
  const versions = { node: process.versions.node, onnxruntime: env.versions.node, ...libraries };
  const hash = createHash("sha256");
  for (const values of probe) hash.update(values).update("\0");
  const named = Object.entries(versions).map(([name, version]) => `${name}-${version}`);
  return [...named, hash.digest("hex").slice(0, 16)].join(" ");
}

/** Numbers in [0, 1) for a probe's input: the same on every machine, and nothing regular. */
export const probeValues = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, k) => (Math.imul(k + 1, 0x9e3779b1) >>> 8) / 2 ** 24);
