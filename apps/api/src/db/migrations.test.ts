import { readdir, readFile } from "node:fs/promises";
import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { useDependencies } from "../test-dependencies.ts";

/**
 * While an upgrade rolls, gateways of the last release work on a database that the new one has migrated. So what a
 * release adds, the one before can do without; and only what no gateway of the last release knows any more is taken away.
 */
const drizzle = new URL("../../drizzle/", import.meta.url);
const readJson = async (name: string) => JSON.parse(await readFile(new URL(name, drizzle), "utf8"));
const { migration: released } = (await readJson("released.json")) as { migration: string };

interface Column {
  name: string;
  type: string;
  notNull: boolean;
  default?: unknown;
}
const number = released.slice(0, 4);
const { tables } = (await readJson(`meta/${number}_snapshot.json`)) as {
  tables: Record<string, { name: string; columns: Record<string, Column> }>;
};

/** Of each type, a value as the last release may write it. */
const SAMPLES: Record<string, string> = {
  text: "'some text'",
  integer: "3",
  bigint: "3000000000",
  jsonb: `'{"a": [1]}'`,
  "timestamp with time zone": "now()",
  "timestamp (3) with time zone": "now()",
};

describe("a database that this release has migrated", () => {
  const gateway = useDependencies();

  test.each(
    Object.values(tables).map(({ name, columns }) => [name, Object.values(columns)] as const),
  )("takes and gives rows of %s as the last release does", async (table, columns) => {
    const written = sql.raw(columns.map(({ name }) => `"${name}"`).join(", "));
    const values = sql.raw(
      columns.map(({ type }) => SAMPLES[type] ?? `no sample of ${type}`).join(", "),
    );
    const into = sql.raw(`"${table}"`);
    const rollBack = new Error("enough was seen");
    const looking = gateway.deps.db.transaction(async (transaction) => {
      // Rows that others refer to are not there.
      await transaction.execute(sql`set local session_replication_role = replica`);
      await transaction.execute(sql`insert into ${into} (${written}) values (${values})`);
      // What is optional to it is left out.
      const needed = columns.filter((column) => column.notNull && column.default === undefined);
      await transaction.execute(sql`delete from ${into}`);
      await transaction.execute(
        sql`insert into ${into} (${sql.raw(needed.map(({ name }) => `"${name}"`).join(", "))})
              values (${sql.raw(needed.map(({ type }) => SAMPLES[type]).join(", "))})`,
      );
      const { rows } = (await transaction.execute(sql`select ${written} from ${into}`)) as {
        rows: unknown[];
      };
      expect(rows).toHaveLength(1);
      throw rollBack;
    });
    await expect(looking).rejects.toBe(rollBack);
  });
});

/** What a gateway of the last release does not notice. */
const EXPANDS =
  /^(CREATE (TABLE|(UNIQUE )?INDEX|SCHEMA)|ALTER TABLE "\w+" ADD COLUMN "\w+" (?!.*NOT NULL)|ALTER TABLE "\w+" ADD COLUMN .* DEFAULT .* NOT NULL|UPDATE )/;
const contracts = (file: string) => /_contract\.sql$/.test(file);

const statementsOf = async (file: string) =>
  (await readFile(new URL(file, drizzle), "utf8"))
    .split("--> statement-breakpoint")
    .map((statement) => statement.replace(/^--.*$/gm, "").trim())
    .filter((statement) => statement !== "");

const files = (await readdir(drizzle)).filter((name) => name.endsWith(".sql")).sort();
const since = files.filter((file) => file > `${released}.sql`);

test.each(since)("%s only adds, or says by its name that it takes away", async (file) => {
  const statements = await statementsOf(file);
  expect(statements.length).toBeGreaterThan(0);
  if (contracts(file)) return;
  const made = statements.flatMap((s) => /^CREATE TABLE "(\w+)"/.exec(s)?.[1] ?? []);
  const others = statements.filter(
    (statement) =>
      !EXPANDS.test(statement) &&
      !made.some((table) => statement.startsWith(`ALTER TABLE "${table}" `)),
  );
  expect(others).toEqual([]);
});
