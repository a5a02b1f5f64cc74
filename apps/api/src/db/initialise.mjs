import { PGlite } from "@electric-sql/pglite";

// Makes the files of an empty database in the folder named: a process of its own, since it takes 850 MB that PGlite
// keeps as long as it is open.
const [folder] = process.argv.slice(2);
try {
  const database = await PGlite.create(folder);
  await database.close();
} catch (error) {
  process.stdout.write(JSON.stringify({ message: error?.message, errno: error?.errno }));
  process.exitCode = 1;
}
