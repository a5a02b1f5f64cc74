/** An RGB picture as it is, for the way between two services: nothing is compressed on either side. */
export interface Pixmap {
  width: number;
  height: number;
  /** Interleaved RGB bytes, [height, width, 3]. */
  data: Uint8Array;
  /** What an image file says in its EXIF ImageDescription. */
  description: string | undefined;
}

const HEAD = /^P6\n(?:# ([^\n]*)\n)?(\d{1,6}) (\d{1,6})\n255\n/;
/** Longest head that is looked at, bytes. */
const MOST_HEAD = 2 ** 16;

/** Binary PPM, its description a comment of one line. */
export function encodePixmap({ width, height, data, description }: Pixmap): Uint8Array {
  const said = description === undefined ? "" : `# ${description.replaceAll("\n", " ")}\n`;
  return Buffer.concat([Buffer.from(`P6\n${said}${width} ${height}\n255\n`), data]);
}

/** What {@link encodePixmap} was given; undefined of other bytes. */
export function decodePixmap(bytes: Uint8Array): Pixmap | undefined {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x36) return undefined;
  // A character a byte, so that places in the text are those in the bytes.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
    "latin1",
    0,
    MOST_HEAD,
  );
  const [head, said, ...sides] = HEAD.exec(text) ?? [];
  const [width = 0, height = 0] = sides.map(Number);
  if (head === undefined || width * height === 0) return undefined;
  const data = bytes.subarray(head.length);
  if (data.length !== 3 * width * height) return undefined;
  const description = said === undefined ? undefined : Buffer.from(said, "latin1").toString();
  return { width, height, data, description };
}
