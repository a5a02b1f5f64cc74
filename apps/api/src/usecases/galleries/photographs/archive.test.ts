import { HyperFaceError } from "@hyperface/contracts";
import { type Header, pack } from "tar-stream";
import { expect, test } from "vitest";
import { readArchive } from "./archive.ts";

const LIMITS = { bytes: 2 ** 24, files: 100 };

type Entry = Partial<Header> & { name: string; data?: Uint8Array | string };

async function collect<T>(each: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of each) all.push(one);
  return all;
}

async function tarOf(...entries: Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { data = "", ...header } of entries) archive.entry(header, Buffer.from(data));
  archive.finalize();
  return Buffer.concat(await collect(archive as AsyncIterable<Uint8Array>));
}

/** In pieces of a size that is no multiple of a block. */
async function* inPieces(bytes: Uint8Array, size = 700) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const read = (bytes: Uint8Array, limits = LIMITS) => collect(readArchive(inPieces(bytes), limits));
const refusal = (code: string) => ({ code });

test("files come in order with their bytes, folders are passed over, and names are labels", async () => {
  const long = `${"d/".repeat(150)}ü.jpg`;
  const tar = await tarOf(
    { name: "photos/", type: "directory" },
    { name: "../../etc/passwd", data: "a" },
    { name: "/absolute", data: "b".repeat(1500) },
    { name: "same", data: "c" },
    { name: "same", data: "d" },
    { name: long, data: "e" },
  );
  expect(
    (await read(tar)).map(({ name, bytes }) => [name, String(Buffer.from(bytes ?? ""))]),
  ).toEqual([
    ["../../etc/passwd", "a"],
    ["/absolute", "b".repeat(1500)],
    ["same", "c"],
    ["same", "d"],
    [long, "e"],
  ]);
});

test("a name that a database cannot keep is changed, one without end cut", async () => {
  const pax = { path: `nul\0byte${"x".repeat(10_000)}` };
  const [file] = await read(await tarOf({ name: "a", pax, data: "a" } as Entry));
  expect(file?.name).toMatch(/^nul\ufffdbytex+$/);
  expect(file?.name).toHaveLength(500);
});

test("what is no plain file is told and not followed", async () => {
  const tar = await tarOf(
    { name: "link", type: "symlink", linkname: "/etc/passwd" },
    { name: "hard", type: "link", linkname: "link" },
    { name: "device", type: "character-device" },
    { name: "pipe", type: "fifo" },
    { name: "empty" },
  );
  expect(await read(tar)).toEqual([
    { name: "link", problem: "is no file but a symlink" },
    { name: "hard", problem: "is no file but a link" },
    { name: "device", problem: "is no file but a character-device" },
    { name: "pipe", problem: "is no file but a fifo" },
    { name: "empty", problem: "is empty" },
  ]);
});

test("a sparse file is not taken for its parts, and a length beyond any is not waited for", async () => {
  const tar = await tarOf({ name: "sparse" });
  const typed = (change: (header: Buffer) => void) => {
    const header = Buffer.from(tar);
    change(header);
    header.fill(" ", 148, 156);
    const sum = header.subarray(0, 512).reduce((a, b) => a + b, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return header;
  };
  const sparse = typed((header) => header.write("S", 156));
  const problem = "is no file but a thing of another kind";
  expect(await read(sparse)).toEqual([{ name: "sparse", problem }]);
  const huge = typed((header) => header.fill(Buffer.from([0x80, 0, 0, 0, 0x40]), 124, 129));
  await expect(read(huge)).rejects.toMatchObject(refusal("malformed-body"));
});

test("an archive that ends early is refused, wherever that is", async () => {
  const tar = await tarOf({ name: "a", data: "a".repeat(600) }, { name: "b", data: "b" });
  expect(await read(tar)).toHaveLength(2);
  for (let end = 0; end < tar.length; end += 256) {
    await expect(read(tar.subarray(0, end)), `${end} bytes`).rejects.toMatchObject(
      refusal("malformed-body"),
    );
  }
});

test("what is none is refused", async () => {
  const tar = await tarOf({ name: "a", data: "a" });
  const changed = Buffer.from(tar);
  changed[3] = 1;
  const negative = Buffer.from(tar);
  negative.write("-0000000001\0", 124);
  for (const bytes of [
    changed,
    negative,
    Buffer.from([0x1f, 0x8b, 8]),
    Buffer.from("x".repeat(2000)),
  ]) {
    await expect(read(bytes)).rejects.toMatchObject(refusal("malformed-body"));
  }
});

test("more bytes, or more names, than there may be are refused before the rest is read", async () => {
  const empty = await tarOf(...Array.from({ length: 101 }, (_, k) => ({ name: `${k}` })));
  await expect(read(empty)).rejects.toMatchObject(refusal("too-many-images"));
  let given = 0;
  async function* endless() {
    yield await tarOf({ name: "a", data: "a" }).then((tar) => tar.subarray(0, 1024));
    for (;;) {
      given += 2 ** 16;
      yield Buffer.alloc(2 ** 16);
    }
  }
  const reading = collect(readArchive(endless(), { bytes: 2 ** 20, files: 9 }));
  await expect(reading).rejects.toMatchObject(refusal("body-too-large"));
  expect(given).toBeLessThan(2 ** 21);
});

test("what its sender fails of is told as it is", async () => {
  const gone = new HyperFaceError("client-left", "gone");
  async function* broken() {
    yield (await tarOf({ name: "a", data: "a".repeat(5000) })).subarray(0, 2000);
    throw gone;
  }
  await expect(collect(readArchive(broken(), LIMITS))).rejects.toBe(gone);
});
