import { HyperFaceError } from "@hyperface/contracts";
import fc from "fast-check";
import { elements, type Tensor } from "./tensor.ts";

/** Tensors of every written type, up to four axes. */
export const tensor: fc.Arbitrary<Tensor> = fc
  .array(fc.nat({ max: 4 }), { maxLength: 4 })
  .chain((shape) => {
    const length = { minLength: elements(shape), maxLength: elements(shape) };
    return fc
      .oneof(
        fc.float32Array(length),
        fc.float64Array(length),
        fc.uint8Array(length),
        fc.int32Array(length),
        fc.bigInt64Array(length),
      )
      .map((data) => ({ data, shape }) as Tensor);
  });

/** Valid files with some bytes replaced, cut or added. */
export const mutated = (files: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      files,
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 255 })), {
        maxLength: 4,
      }),
      fc.integer({ min: -64, max: 64 }),
    )
    .map(([file, changes, growth]) => {
      const bytes = new Uint8Array(Math.max(0, file.length + growth));
      bytes.set(file.subarray(0, bytes.length));
      // Towards the front, where headers are.
      for (const [place, value] of changes) bytes[Math.floor(place ** 2 * bytes.length)] = value;
      return bytes;
    });

/** Fails where a parser throws what is no refusal, or makes more than the file can hold. */
export function decodesOrRefuses(
  decode: (bytes: Uint8Array) => Tensor | { tensors: Record<string, Tensor> },
  bytes: Uint8Array,
): void {
  try {
    const decoded = decode(bytes);
    const tensors = "tensors" in decoded ? Object.values(decoded.tensors) : [decoded];
    const size = tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
    // Half precision doubles.
    if (size > 2 * bytes.length) throw new Error(`${size} bytes of a file of ${bytes.length}`);
  } catch (error) {
    if (!(error instanceof HyperFaceError)) throw error;
  }
}
