import { pack } from "tar-stream";

/** A file in an archive; `placed` is told the first byte of its data there. */
export interface TarEntry {
  /** Up to 100 ASCII characters. */
  name: string;
  data: Uint8Array;
  placed?: (offset: number) => void;
}

const BLOCK = 512;

/** A tar archive's bytes: the same entries give the same bytes on any machine, at any time. */
export async function* tarOf(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const failed = write(archive, entries).catch((error: Error) => archive.destroy(error));
  yield* archive as AsyncIterable<Uint8Array>;
  await failed;
}

async function write(archive: ReturnType<typeof pack>, entries: AsyncIterable<TarEntry>) {
  let position = 0;
  for await (const { name, data, placed } of entries) {
    // Longer names take headers of their own, and the offsets would be wrong.
    if (!/^[\x20-\x7e]{1,100}$/.test(name)) throw new RangeError(`${name} is too long a name`);
    placed?.(position + BLOCK);
    await new Promise<void>((resolve, reject) => {
      const header = { name, mtime: new Date(0), mode: 0o644, uid: 0, gid: 0 };
      archive.entry(header, Buffer.from(data.buffer, data.byteOffset, data.byteLength), (error) =>
        error ? reject(error) : resolve(),
      );
    });
    position += BLOCK + Math.ceil(data.length / BLOCK) * BLOCK;
  }
  archive.finalize();
}
