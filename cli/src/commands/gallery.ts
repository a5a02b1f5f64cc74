import { readFile } from "node:fs/promises";
import { decodeNpy } from "@hyperface/formats";
import type { Gallery, HyperFace, PhotographPage } from "@hyperface/sdk";
import type { Command } from "commander";
import { archiveOf, findFiles } from "../photographs.ts";
import { follow, withSession } from "../session.ts";
import { UsageError, whole } from "../usage.ts";

interface Options {
  count: number;
  seed: number;
  generator: string;
  upload?: string;
  photographs?: string[];
  keepFaces?: boolean;
  name?: string;
}

export function addGallery(program: Command): void {
  program
    .command("gallery")
    .description("a gallery of faces of nobody, of photographs, or of a .npy file's embeddings")
    .option("--count <n>", "faces", whole(1), 512)
    .option("--seed <n>", "seed", whole(0), 0)
    .option("--generator <name>", "generator", "default")
    .option("--upload <file>", "embeddings, .npy float32 [n, d], in place of the generator's")
    .option("--photographs <paths...>", "the central face of each file, and of each in a folder")
    .option("--keep-faces", "of photographs: keep the aligned faces, 112 x 112, to be shown")
    .option("--name <name>", "what it is called")
    .action((options: Options, command: Command) => {
      checkSources(options);
      return withSession(command, async (session) => {
        const { galleries } = session.hyperface;
        const made = await create(galleries, options);
        if (made.jobId) await follow(session, made.jobId, "gallery");
        const gallery = await galleries.get(made.id);
        const missing = options.photographs ? await listMissing(galleries, made.id) : undefined;
        session.answer({ ...gallery, ...(missing && { missing }) }, describe(gallery, missing));
      });
    });
}

function checkSources({ upload, photographs, keepFaces }: Options): void {
  if (upload && photographs) throw new UsageError("--upload and --photographs are two galleries");
  if (keepFaces && !photographs) throw new UsageError("--keep-faces is of --photographs");
}

async function create(galleries: HyperFace["galleries"], options: Options): Promise<Gallery> {
  const { upload, photographs, keepFaces = false, count, seed, generator, name = "" } = options;
  if (photographs) {
    const archive = archiveOf(await findFiles(photographs));
    return galleries.createFromPhotographs(archive, { name, keepFaces });
  }
  return upload
    ? galleries.create({ source: "upload", name, embeddings: await readRows(upload) })
    : galleries.create({ source: "generator", name, count, seed, generator });
}

type Photograph = Pick<PhotographPage["data"][number], "file" | "problem">;

/** The files in which no face was found. */
async function listMissing(galleries: HyperFace["galleries"], id: string): Promise<Photograph[]> {
  const missing: Photograph[] = [];
  for await (const { file, problem } of galleries.photographs(id, { faces: "missing" })) {
    missing.push({ file, problem });
  }
  return missing;
}

/** Files without a face that are named. */
const NAMED = 10;

function describe({ id, count, photographs }: Gallery, missing: Photograph[] = []): string[] {
  const of = photographs ? ` in ${photographs.files} files` : "";
  const more = missing.length - NAMED;
  return [
    `${id}  ${count} faces${of}`,
    ...missing.slice(0, NAMED).map(({ file, problem }) => `${file}  ${problem}`),
    ...(more > 0 ? [`and ${more} more: GET /v1/galleries/${id}/photographs?faces=missing`] : []),
  ];
}

async function readRows(file: string): Promise<number[][]> {
  const { data, shape } = decodeNpy(await readFile(file));
  const [rows = 0, dimension = 0] = shape;
  if (shape.length !== 2)
    throw new UsageError(`${file} has shape (${shape.join(", ")}), not (n, d)`);
  return Array.from({ length: rows }, (_, k) =>
    Array.from(data.subarray(k * dimension, (k + 1) * dimension), Number),
  );
}
