import { fileURLToPath } from "node:url";

export default {
  dialect: "postgresql" as const,
  schema: fileURLToPath(new URL("./src/db/schema.ts", import.meta.url)),
  out: "./apps/api/drizzle",
};
