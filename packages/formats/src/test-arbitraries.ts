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

const flipped = (file: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.nat({ max: 8 * file.length - 1 }).map((bit) => {
    const bytes = Uint8Array.from(file);
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    return bytes;
  });

/**
 * Fails where `read` throws anything but the refusal `code` for bytes of any kind and for `file` with a bit or some
 * bytes changed, or gives more typed arrays than the file can hold.
 */
export function readsOrRefuses(
  read: (bytes: Uint8Array) => unknown,
  file: Uint8Array,
  code: HyperFaceError["code"],
): void {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    mutated(fc.constant(file)),
    flipped(file),
  );
  const property = fc.property(bytes, (given) => {
    try {
      const held = bytesOf(read(given));
      if (held > 2 * given.length) throw new Error(`${held} bytes of a file of ${given.length}`);
    } catch (error) {
      if (!(error instanceof HyperFaceError && error.code === code)) throw error;
    }
  });
  fc.assert(property, { numRuns: file.length > 1e5 ? 100 : 1000 });
}

/** Of all typed arrays within a value. */
function bytesOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, each) => sum + bytesOf(each), 0);
}

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
