import { HyperFaceError } from "@hyperface/contracts";
import { type Literal, parseLiteral } from "./python-literal.ts";
import { elements, type Kind, kindNamed, unsupportedType } from "./tensor.ts";

export const NPY_MAGIC = "\x93NUMPY";

/** As many of a file's first bytes hold any header that is read here; NumPy writes 128 and reads 10,000. */
export const NPY_HEADER_LIMIT = 12 + 65_536;

export interface NpyHeader {
  /** The type as the file names it: `<f4`. */
  descr: string;
  kind: Kind;
  bigEndian: boolean;
  /** Whether the first index varies fastest. */
  fortranOrder: boolean;
  shape: number[];
  /** Where the elements begin in the file. */
  dataOffset: number;
}

/**
 * The header of a .npy file, versions 1.0 to 3.0 (numpy.lib.format).
 * @param bytes the file, or as much of it as holds the header
 * @param fileSize the whole file's length: the shape must need exactly that
 * @throws HyperFaceError `malformed-body`, `unsupported-dtype`
 */
export function readNpyHeader(bytes: Uint8Array, fileSize = bytes.length): NpyHeader {
  const { text, dataOffset } = headerText(bytes);
  const { descr, fortran_order: fortran, shape: sizes } = entriesOf(parse(text));
  if (fortran.kind !== "boolean") {
    throw malformedNpy(`its fortran_order is ${fortran.text}: True or False is needed`);
  }
  const shape = shapeOf(sizes);
  const type = typeOf(descr);
  const expected = elements(shape) * type.kind.width;
  if (fileSize - dataOffset !== expected) {
    throw malformedNpy(
      `shape (${shape}) needs ${expected} bytes, there are ${fileSize - dataOffset}`,
    );
  }
  return { ...type, fortranOrder: fortran.value, shape, dataOffset };
}

function headerText(bytes: Uint8Array): { text: string; dataOffset: number } {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString("latin1", 0, 6) !== NPY_MAGIC) {
    throw malformedNpy("it does not begin with \\x93NUMPY");
  }
  if (file.length < 12) throw malformedNpy("its header is cut short");
  const [major = 0, minor = 0] = file.subarray(6, 8);
  if (major < 1 || major > 3 || minor !== 0) {
    throw malformedNpy(`its version is ${major}.${minor}: 1.0, 2.0 and 3.0 are read`);
  }
  const start = major === 1 ? 10 : 12;
  const end = start + (major === 1 ? file.readUInt16LE(8) : file.readUInt32LE(8));
  if (end > NPY_HEADER_LIMIT) throw malformedNpy(`its header is of ${end} bytes`);
  if (end > file.length) throw malformedNpy("its header is cut short");
  return { text: file.toString(major === 3 ? "utf8" : "latin1", start, end), dataOffset: end };
}

function parse(text: string): Literal {
  try {
    return parseLiteral(text);
  } catch (error) {
    throw malformedNpy(`its header cannot be read: ${(error as Error).message}`);
  }
}

type Entry = "descr" | "fortran_order" | "shape";

function entriesOf(header: Literal): Record<Entry, Literal> {
  const entries = header.kind === "dict" ? header.entries : [];
  const names = entries.map(([key]) => (key.kind === "string" ? key.value : key.text)).sort();
  if (names.join() !== "descr,fortran_order,shape") {
    throw malformedNpy("its header must have descr, fortran_order and shape, each once");
  }
  return Object.fromEntries(
    entries.map(([key, value]) => [(key as { value: string }).value, value]),
  ) as Record<Entry, Literal>;
}

/** NumPy's arrays have up to 64 axes. */
function shapeOf(literal: Literal): number[] {
  const items = literal.kind === "tuple" ? literal.items : [];
  const sizes = items.flatMap((item) => (item.kind === "integer" ? [item.value] : []));
  const whole = literal.kind === "tuple" && sizes.length === items.length && sizes.length <= 64;
  if (whole && !Number.isNaN(elements(sizes))) return sizes;
  throw malformedNpy(`its shape is ${short(literal.text)}: a tuple of sizes is needed`);
}

function typeOf(literal: Literal): Pick<NpyHeader, "descr" | "kind" | "bigEndian"> {
  const descr = literal.kind === "string" ? literal.value : literal.text;
  const [, order, name = ""] = /^([<>=|]?)(\w+)$/.exec(descr) ?? [];
  const kind = literal.kind === "string" ? kindNamed("npy", name) : undefined;
  if (kind) return { descr, kind, bigEndian: order === ">" };
  throw unsupportedType("the .npy file", short(descr), 'save x.astype("<f4")');
}

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}...` : text);

const malformedNpy = (why: string) =>
  new HyperFaceError("malformed-body", `this is no .npy file: ${why}`);
