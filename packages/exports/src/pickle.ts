/** Python's pickle, protocol 3, of `([bytes, ...], [bool, ...])`, a value at a time. */
const PROTOCOL = Buffer.from([0x80, 3]);
const LIST = Buffer.from("](");
const END_OF_LIST = Buffer.from("e");
const PAIR = Buffer.from([0x86]);
const STOP = Buffer.from(".");
const TRUE = 0x88;
const FALSE = 0x89;

/**
 * The bytes of the pickle.
 * @param flags asked for once the files are written
 */
export async function* pickleOf(
  files: AsyncIterable<Uint8Array>,
  flags: () => readonly boolean[],
): AsyncGenerator<Uint8Array> {
  yield Buffer.concat([PROTOCOL, LIST]);
  for await (const file of files) {
    yield head(file.length);
    yield file;
  }
  yield Buffer.concat([END_OF_LIST, LIST]);
  yield Buffer.from(flags().map((flag) => (flag ? TRUE : FALSE)));
  yield Buffer.concat([END_OF_LIST, PAIR, STOP]);
}

/** SHORT_BINBYTES or BINBYTES. */
function head(length: number): Buffer {
  if (length < 256) return Buffer.from([0x43, length]);
  const bytes = Buffer.from([0x42, 0, 0, 0, 0]);
  bytes.writeUInt32LE(length, 1);
  return bytes;
}
