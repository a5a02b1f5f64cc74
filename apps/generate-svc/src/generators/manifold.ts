import type { SafetensorsFile } from "@hyperface/formats";
import { dot, normalise } from "@hyperface/vectors";

/**
 * Draws embeddings to the manifold of plain portraits: a Wiener filter over their principal components,
 * then no further along the direction that tells cluttered portraits from them than they are.
 * @param tensors `plain.mean` [d], `plain.components` [n, d] and what is `plain.kept` [n] of each;
 * `source.direction` [d] and `source.most` [1]
 * @returns undefined where they are not there
 */
export function readManifold(tensors: SafetensorsFile["tensors"]) {
  if (!tensors["plain.mean"]) return undefined;
  const numbers = (name: string, count?: number) => {
    const { data } = tensors[name] ?? {};
    if (data instanceof Float32Array && data.length === (count ?? data.length)) return data;
    throw new Error(`${name} is not ${count} numbers of F32`);
  };
  const mean = numbers("plain.mean");
  const kept = numbers("plain.kept");
  const components = numbers("plain.components", kept.length * mean.length);
  const direction = numbers("source.direction", mean.length);
  const most = numbers("source.most", 1)[0] as number;

  const filter = (embedding: Float32Array) => {
    const apart = embedding.map((value, k) => value - (mean[k] as number));
    const filtered = Float64Array.from(mean);
    kept.forEach((share, n) => {
      const component = components.subarray(n * mean.length, (n + 1) * mean.length);
      const along = share * dot(component, apart);
      component.forEach((value, k) => {
        filtered[k] = (filtered[k] as number) + along * value;
      });
    });
    return normalise(filtered);
  };
  return (embedding: Float32Array, strength: number): Float32Array => {
    if (strength === 0) return embedding;
    const filtered = filter(embedding);
    const back = Math.min(0, most - dot(direction, filtered));
    const drawn = normalise(filtered.map((value, k) => value + back * (direction[k] as number)));
    return normalise(
      embedding.map((value, k) => value + strength * ((drawn[k] as number) - value)),
    );
  };
}
