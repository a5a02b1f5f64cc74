import type { Chance } from "./chance.ts";

/** How numpy and others have written a .npy file; its rows are the same in each. */
export function writeNpy(rows: Float32Array, columns: number, chance: Chance): Buffer {
  const count = rows.length / columns;
  const type = chance.of(["<f4", ">f4", "<f8", ">f8", "=f4", "|f4", "<i4"]);
  const fortran = chance.of([true, false]);
  const order = Array.from({ length: rows.length }, (_, k) =>
    fortran ? (k % count) * columns + Math.floor(k / count) : k,
  );
  const width = Number(type[2]);
  const data = Buffer.alloc(rows.length * width);
  const big = type.startsWith(">");
  const put = (value: number, at: number) => {
    if (width === 8) big ? data.writeDoubleBE(value, at) : data.writeDoubleLE(value, at);
    else big ? data.writeFloatBE(value, at) : data.writeFloatLE(value, at);
  };
  const scale = width === 8 ? chance.of([1, 1e200, 1e-200]) : 1;
  for (const [k, at] of order.entries()) put(scale * (rows[at] as number), k * width);
  const quote = chance.of(["'", '"']);
  const suffix = chance.of(["", "L"]);
  const colon = chance.of([": ", " : ", ":"]);
  const entries = [
    `${quote}descr${quote}${colon}${quote}${type}${quote}`,
    `${quote}fortran_order${quote}${colon}${fortran ? "True" : "False"}`,
    `${quote}shape${quote}${colon}(${count}${suffix}, ${columns}${suffix})`,
  ];
  const literal = `{${entries.join(", ")}, }`;
  const version = chance.of([1, 2, 3]);
  const size = version === 1 ? 2 : 4;
  const before = 8 + size;
  const header = literal.padEnd(64 * Math.ceil((before + literal.length + 1) / 64) - before - 1);
  const head = Buffer.alloc(before);
  head.write("\x93NUMPY", "latin1");
  head.writeUInt8(version, 6);
  head.writeUIntLE(header.length + 1, 8, size);
  return Buffer.concat([head, Buffer.from(`${header}\n`), data]);
}
