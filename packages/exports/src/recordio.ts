/** dmlc-core's RecordIO: a magic number, then 3 bits of what part of a record follows and 29 bits of its length. */
const MAGIC = Buffer.from([0x0a, 0x23, 0xd7, 0xce]);
const MAX_LENGTH = 2 ** 29 - 1;
const WHOLE = 0;
const FIRST = 1;
const MIDDLE = 2;
const LAST = 3;

/** The header MXNet puts before each record's data: `IRHeader`. */
export interface RecordHeader {
  /** One number, or several. Float32 in the file. */
  label: number | readonly number[];
  id: number;
}

/** Bytes before an image of one label in a record that is in one piece. */
export const RECORD_HEAD = 8 + 24;

/**
 * A record as `mxnet.recordio.pack` and dmlc-core's RecordIOWriter write it, padded to 4 bytes. Where the data
 * hold the magic number at a multiple of 4 the record is split there and the number left out, so that a reader
 * that looks for it finds only beginnings of records.
 * @throws RangeError where a label is not exact in float32 or the record is 512 MiB or more
 */
export function encodeRecord({ label, id }: RecordHeader, data: Uint8Array): Buffer {
  const labels = typeof label === "number" ? [label] : label;
  const inexact = labels.find((value) => Math.fround(value) !== value);
  if (inexact !== undefined) throw new RangeError(`label ${inexact} is not exact in float32`);
  const several = typeof label !== "number";
  const head = Buffer.alloc(24 + (several ? 4 * labels.length : 0));
  head.writeUInt32LE(several ? labels.length : 0, 0);
  head.writeFloatLE(several ? 0 : label, 4);
  head.writeBigUInt64LE(BigInt(id), 8);
  for (const [k, value] of several ? labels.entries() : []) head.writeFloatLE(value, 24 + 4 * k);
  return frame(Buffer.concat([head, data]));
}

function frame(payload: Buffer): Buffer {
  if (payload.length > MAX_LENGTH) throw new RangeError(`a record of ${payload.length} bytes`);
  const parts: Buffer[] = [];
  let start = 0;
  const part = (kind: number, end: number) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(((kind << 29) | (end - start)) >>> 0);
    parts.push(MAGIC, size, payload.subarray(start, end));
  };
  for (let at = payload.indexOf(MAGIC); at >= 0; at = payload.indexOf(MAGIC, at + 1)) {
    if (at % 4 !== 0) continue;
    part(start === 0 ? FIRST : MIDDLE, at);
    start = at + 4;
  }
  part(start === 0 ? WHOLE : LAST, payload.length);
  parts.push(Buffer.alloc(-payload.length & 3));
  return Buffer.concat(parts);
}

/** Whether a record is in one piece. */
export const isWhole = (record: Buffer): boolean => record.readUInt32LE(4) >>> 29 === WHOLE;
