import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Makes the folder of all state where it is not there. @throws Error saying why it cannot be one */
export async function makeHome(path: string): Promise<void> {
  try {
    await makeFolder(path);
    if (!(await stat(path)).isDirectory()) throw new Error("it is not a folder");
  } catch (error) {
    const why = (error as Error).message;
    throw new Error(`HYPERFACE_HOME ${path} cannot be used: ${why}`, { cause: error });
  }
}

/** Node's own recursive mkdir tries for ever in a folder that takes none, such as Linux's /proc. */
async function makeFolder(path: string): Promise<void> {
  const make = () =>
    mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await make();
  });
}
