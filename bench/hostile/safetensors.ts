import type { Chance } from "./chance.ts";

type Entry = [name: string, type: string, shape: number[], begin: number, end: number];

/** Ways a safetensors file is written by mistake or on purpose; `readable` holds the rows and nothing that is wrong. */
export function corruptSafetensors(rows: Float32Array, columns: number, chance: Chance) {
  const count = rows.length / columns;
  const body = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
  const size = body.length;
  const good: Entry = ["embeddings", "F32", [count, columns], 0, size];
  const [entries, extra, readable] = chance.of<[Entry[], number, boolean]>([
    [[good], 0, true],
    [[good, ["other", "BOOL", [4], size, size + 4]], 4, true],
    // The last wins in many a parser.
    [[good, good], 0, false],
    [[good, ["embeddings", "F32", [count, columns], size, 2 * size]], size, false],
    [[good, ["other", "F32", [2], size - 8, size]], 0, false],
    [[["embeddings", "F32", [count, columns], 8, size + 8]], 8, false],
    [[good], 8, false],
    [[["embeddings", "F32", [count, columns], 0, size - 4]], 0, false],
    [[["embeddings", "F32", [count, 2 ** 53], 0, size]], 0, false],
    [[["embeddings", "F32", [-count, -columns], 0, size]], 0, false],
    [[["embeddings", "F99", [count, columns], 0, size]], 0, false],
    [[["other", "F32", [count, columns], 0, size]], 0, false],
    [[["__proto__", "F32", [count, columns], 0, size]], 0, false],
  ]);
  const described = entries.map(
    ([name, dtype, shape, begin, end]) =>
      `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`,
  );
  const header = Buffer.from(`{${described.join(",")}}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return { file: Buffer.concat([length, header, body, Buffer.alloc(extra)]), readable };
}
