import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { archiveOf, findFiles } from "./photographs.ts";

let folder: string;
const long = `${"folder/".repeat(20)}ü.jpg`;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "photographs-"));
  await mkdir(join(folder, "folder/".repeat(20)), { recursive: true });
  await writeFile(join(folder, "b.jpg"), "b".repeat(200_000));
  await writeFile(join(folder, "a.jpg"), "");
  await writeFile(join(folder, long), "c");
  await symlink("/etc/passwd", join(folder, "link.jpg"));
});
afterAll(() => rm(folder, { recursive: true }));

async function unpack(files: readonly string[]) {
  const archive = extract();
  const read = async () => {
    const found: [string, string][] = [];
    for await (const entry of archive) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk as Uint8Array);
      found.push([entry.header.name, Buffer.concat(chunks).toString()]);
    }
    return found;
  };
  const feeding = pipeline(Readable.from(archiveOf(files)), archive);
  const [found] = await Promise.all([read(), feeding]);
  return found;
}

test("files and those in folders come in order, without what leads out and what is linked", async () => {
  const files = await findFiles([join(folder, "b.jpg"), folder]);
  const label = (name: string) => join(folder, name).slice(1);
  const whole = "b".repeat(200_000);
  expect(await unpack(files)).toEqual([
    [label("b.jpg"), whole],
    [label("a.jpg"), ""],
    [label("b.jpg"), whole],
    [label(long), "c"],
  ]);
});

test("what is not there, and a folder without a file, are told", async () => {
  const none = join(folder, "none");
  await expect(findFiles([none])).rejects.toThrow(`${none} cannot be read: ENOENT`);
  await mkdir(join(folder, "empty"));
  await expect(findFiles([join(folder, "empty")])).rejects.toThrow("there is no file in");
});

test("a file that is gone when it is to be sent breaks the archive off", async () => {
  await expect(unpack([join(folder, "b.jpg"), join(folder, "none")])).rejects.toThrow("ENOENT");
});
