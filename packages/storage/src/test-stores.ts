import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createFileStore } from "./file-store.ts";
import type { ObjectStore } from "./object-store.ts";
import { createS3Store, type S3StoreOptions } from "./s3-store.ts";

/** A store for tests, and a way to its objects behind its back. */
export interface TestStore {
  store: ObjectStore;
  /** Turns one bit of an object. */
  flipBit(key: string): Promise<void>;
  /** Takes an object away. */
  lose(key: string): Promise<void>;
  close(): Promise<void>;
}

export async function openTestFileStore(): Promise<TestStore & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "file-store-"));
  return {
    folder,
    store: createFileStore(`${folder}/`),
    flipBit: (key) => flipBit(join(folder, key)),
    lose: (key) => rm(join(folder, key)),
    close: () => rm(folder, { recursive: true }),
  };
}

/** The S3 server of the tests: https://github.com/versity/versitygw, built by Go. Undefined where there is none. */
export const versitygw = [
  process.env.VERSITYGW,
  ...(process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "versitygw")),
].find((path) => {
  try {
    if (path) accessSync(path, constants.X_OK);
    return Boolean(path);
  } catch {
    return false;
  }
});

const SECRET = { accessKeyId: "tests", secretAccessKey: "secret-of-tests" };
const BUCKET = "objects";

/** A versitygw of its own on a folder of its own: a bucket is a folder in it, an object a file. */
export async function openTestS3Store(): Promise<TestStore & { options: S3StoreOptions }> {
  const folder = await mkdtemp(join(tmpdir(), "s3-store-"));
  await mkdir(join(folder, BUCKET));
  const port = await freePort();
  const keys = ["--access", SECRET.accessKeyId, "--secret", SECRET.secretAccessKey];
  const server = spawn(
    versitygw as string,
    ["--port", `127.0.0.1:${port}`, ...keys, "posix", folder],
    { stdio: "ignore" },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const options = { bucket: BUCKET, prefix: "some/prefix", endpoint, credentials: SECRET };
  const path = (key: string) => join(folder, BUCKET, "some/prefix", key);
  await listening(endpoint, server);
  return {
    options,
    store: createS3Store(options),
    flipBit: (key) => flipBit(path(key)),
    lose: (key) => rm(path(key)),
    async close() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] as number) ^ 1;
  await writeFile(path, bytes);
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

async function listening(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`versitygw ended with ${server.exitCode}`);
    const answer = await fetch(url).catch(() => null);
    if (answer) return;
    await wait(100);
  }
  throw new Error("versitygw does not answer");
}
