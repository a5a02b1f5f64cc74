import type { Chance } from "./chance.ts";

/** Nearest half towards zero of a number under 2^16; those under 2^-14 become 0. */
function halfOf(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

const TYPES = ["<f4", ">f4", "=f4", "|f4", "<f2", ">f2", "<f8", ">f8", "<i4", "<c8", "|O", "<f16"];
const READABLE = /f[248]$/;
/** Rows times such a factor have the same directions, and are beyond what float32 holds. */
const FACTORS: Record<number, number[]> = { 8: [1, 1e200, 1e-200] };

/** How numpy and others have written a .npy file; its rows are the same in each that is readable. */
export function writeNpy(rows: Float32Array, columns: number, chance: Chance) {
  const count = rows.length / columns;
  const type = chance.of(TYPES);
  const fortran = chance.of([true, false]);
  const order = Array.from({ length: rows.length }, (_, k) =>
    fortran ? (k % count) * columns + Math.floor(k / count) : k,
  );
  const width = Number(type.slice(2)) || 8;
  const data = Buffer.alloc(rows.length * width);
  const factor = chance.of(FACTORS[width] ?? [1]);
  const put = writerOf(data, width, type.startsWith(">"));
  for (const [k, at] of order.entries()) put(factor * (rows[at] as number), k * width);
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
  const file = Buffer.concat([head, Buffer.from(`${header}\n`), data]);
  return { file, readable: READABLE.test(type) };
}

function writerOf(data: Buffer, width: number, bigEndian: boolean) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return (value: number, at: number) => {
    if (width === 2) view.setUint16(at, halfOf(value), !bigEndian);
    else if (width === 4) view.setFloat32(at, value, !bigEndian);
    else view.setFloat64(at, value, !bigEndian);
  };
}
