import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Dataset } from "@hyperface/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type System, startOne, temporaryHome } from "./servers.ts";

const bin = fileURLToPath(new URL("../cli/bin/hyperface.mjs", import.meta.url));

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

const hyperface = (...args: string[]): Promise<Run> =>
  new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
let made: { dataset: Dataset; files: string[] };
const whole = ["dataset", "--identities", "8", "--gallery", "12", "--images", "2", "--seed", "4"];
const build = (...args: string[]) =>
  hyperface("--url", system.url, "--json", ...whole, "--formats", "webdataset,recordio", ...args);
const out = () => join(place.home, "out");
beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home);
  const { code, stdout, stderr } = await build("--out", out());
  expect({ code, stderr }).toMatchObject({ code: 0 });
  made = JSON.parse(stdout);
  // Nobody watches: a line of each step, and nothing else.
  expect(stderr).toBe("gallery    12/12\npacking    130/130\nimages     16/16\ndownload   9/9\n");
});
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

test("a dataset is whole from nothing, and its files are those of the server", async () => {
  expect(made.dataset).toMatchObject({ status: "ready", made: 16, missing: 0 });
  const names: string[] = [];
  for await (const { name, sha256 } of system.hyperface.datasets.files(made.dataset.id)) {
    names.push(join(out(), name));
    const bytes = await readFile(join(out(), name));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
  }
  expect(made.files).toEqual(names);
});

test("run again it makes nothing again, and mends the files that are not as they should be", async () => {
  const [record, tar] = [
    join(out(), "recordio/train.rec"),
    join(out(), "webdataset/train-00000.tar"),
  ];
  const before = await readFile(record);
  await truncate(record, 1000);
  await rm(tar);
  await writeFile(`${tar}.part`, (await readFile(record)).subarray(0, 0));
  const { size } = await stat(join(out(), "dataset.json"));
  const again = JSON.parse((await build("--out", out())).stdout);
  expect(again.dataset.id).toBe(made.dataset.id);
  expect((await readFile(record)).equals(before)).toBe(true);
  expect((await stat(tar)).size).toBeGreaterThan(size);
});

test("a download that was cut off goes on from where it ended", async () => {
  const tar = join(out(), "webdataset/train-00000.tar");
  const before = await readFile(tar);
  await rm(tar);
  await writeFile(`${tar}.part`, before.subarray(0, 700));
  await build("--out", out());
  expect((await readFile(tar)).equals(before)).toBe(true);
  await rm(tar);
  await writeFile(`${tar}.part`, Buffer.alloc(700, 1));
  const damaged = await build("--out", out());
  expect(damaged.code).toBe(1);
  expect(damaged.stderr).toMatch(/train-00000.tar came with sha256 .*run the command again/);
  expect((await build("--out", out())).code).toBe(0);
  expect((await readFile(tar)).equals(before)).toBe(true);
});

test("verify says how many images came out equal", async () => {
  const verify = await hyperface("--url", system.url, "verify", made.dataset.id, "--count", "5");
  expect(verify.code).toBe(0);
  expect(verify.stdout).toBe(`5 of 5 images of ${made.dataset.id} came out byte for byte\n`);
});

test("an estimate, samples, embeddings, a certificate and a sweep", async () => {
  const { packingId } = made.dataset;
  const url = ["--url", system.url];
  const estimate = await build("--packing", packingId, "--images", "1000", "--dry-run");
  expect(JSON.parse(estimate.stdout)).toMatchObject({ images: 8000, identities: 8 });
  const folder = join(place.home, "samples");
  const options = ["--identities", "3-4", "--images", "1", "--out", folder];
  expect((await hyperface(...url, "sample", packingId, ...options)).code).toBe(0);
  const files = [join(folder, "3-0.png"), join(folder, "4-0.png")];
  const npy = join(folder, "embeddings.npy");
  const embed = await hyperface(...url, "--json", "embed", ...files, "--out", npy);
  expect(JSON.parse(embed.stdout).images.map(({ file }: { file: string }) => file)).toEqual(files);
  const gallery = await hyperface(...url, "--json", "gallery", "--upload", npy);
  const { id } = JSON.parse(gallery.stdout);
  const certificate = await hyperface(...url, "--json", "certify", id);
  expect(JSON.parse(certificate.stdout)).toMatchObject({ set: id, count: 2, dimension: 512 });
  const table = join(place.home, "sweep.csv");
  const axes = ["--identities", "2", "--gallery", "none", "--alpha", "0", "--images", "1,2"];
  const sweep = await hyperface(...url, "sweep", ...axes, "--iterations", "9", "--out", table);
  expect(sweep.stderr).toBe("cells      2/2\n");
  expect(sweep.stdout).toMatch(/^Sweep swp_\w+: .*\n\n\| cell \| images per identity /);
  expect((await readFile(table, "utf8")).split("\r\n")).toHaveLength(4);
  const pack = await hyperface(...url, "--json", "pack", "--count", "5", "--iterations", "10");
  expect(JSON.parse(pack.stdout)).toMatchObject({ count: 5, status: "ready" });
});

test("conditions are those of every image, and a deviation gives each a place of its own", async () => {
  const { packingId } = made.dataset;
  const few = ["--packing", packingId, "--only", "2-3", "--align", "none", "--formats", ""];
  const asked = ["--ground", "none", "--yaw", "-0.5", "--deviation", "yaw=1.5,side=0"];
  const line = ["--url", system.url, "--json", "dataset", ...few, "--images", "2", ...asked];
  const { dataset } = JSON.parse((await hyperface(...line)).stdout);
  expect(dataset).toMatchObject({ made: 4, spec: { ground: "none", yaw: -0.5, draw: 0 } });
  expect(dataset.spec.deviation).toEqual({ yaw: 1.5, side: 0 });
  const folder = join(place.home, "turned");
  const sample = ["sample", packingId, "--identities", "2", "--images", "1", "--out", folder];
  const conditions = ["--ground", "none", "--yaw", "-0.5", "--camera", "none"];
  expect((await hyperface("--url", system.url, ...sample, ...conditions)).code).toBe(0);
  const options = { ground: "none", yaw: -0.5 } as const;
  const image = await system.hyperface.images.get(packingId, 2, 0, options);
  expect((await readFile(join(folder, "2-0.png"))).equals(Buffer.from(image))).toBe(true);
  const beyond = await hyperface(...line, "--deviation", "light=4");
  expect(beyond).toMatchObject({ code: 1, stdout: "" });
  expect(beyond.stderr).toContain("/deviation/light");
});

test("exit codes tell a wrong line from a failure", async () => {
  const unknown = await hyperface("--url", system.url, "verify", "dat_none");
  expect(unknown).toMatchObject({ code: 1, stdout: "" });
  expect(unknown.stderr).toMatch(/^hyperface: Not found: there is no dataset dat_none/);
  for (const line of [
    ["dataset", "--imges", "3"],
    ["sample", "pak_1", "--identities", "9-3"],
    ["dataset", "--deviation", "yow=1"],
    ["nothing"],
  ]) {
    expect(await hyperface(...line)).toMatchObject({ code: 2, stdout: "" });
  }
  expect((await hyperface("--help")).code).toBe(0);
});
