import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isHeldOut } from "./generate/held-out.ts";

/** Photographs are beside the repository, never in it; FACES and LONDON say where else. */
const beside = (name: string) => fileURLToPath(new URL(`../../shared/${name}`, import.meta.url));
export const facesFolder = () => process.env.FACES ?? beside("faces");
export const londonFolder = () => process.env.LONDON ?? beside("london");

export interface Photograph {
  name: string;
  /** A letter for the source it came from. */
  group: string;
  bytes: Uint8Array;
}

export const exists = (folder: string) =>
  access(folder).then(
    () => true,
    () => false,
  );

/** The portraits that training leaves out, in the order of their names. */
export const readHeldOut = () => readFolder(facesFolder(), isHeldOut);

/** Two photographs of each adult of the Face Research Lab London Set, neutral and smiling in turn. */
export const readLondon = () =>
  readFolder(londonFolder(), (name) => /_(neutral|smiling)\.jpg$/.test(name));

async function readFolder(folder: string, wanted: (name: string) => boolean) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jpg") && wanted(name));
  return Promise.all(
    names.sort().map(
      async (name): Promise<Photograph> => ({
        name,
        group: name[0] as string,
        bytes: await readFile(join(folder, name)),
      }),
    ),
  );
}
