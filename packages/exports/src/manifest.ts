import type { SchemaElement } from "hyparquet-writer";
import { type Put, shardName } from "./export.ts";
import { parquetOf } from "./parquet.ts";

export type ManifestRow = Readonly<Record<string, unknown>>;

const TYPES = {
  string: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  json: { type: "BYTE_ARRAY", converted_type: "JSON" },
  integer: { type: "INT64" },
  number: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
} as const satisfies Record<string, Partial<SchemaElement>>;

/** A manifest's columns: each may be null in a row. */
export type ManifestColumns = Readonly<Record<string, keyof typeof TYPES>>;

const ROWS_IN_GROUP = 10_000;

/** A shard of a manifest, a JSON object on each line. */
export async function writeManifestJsonl(
  rows: AsyncIterable<ManifestRow> | Iterable<ManifestRow>,
  put: Put,
  shard: number,
): Promise<void> {
  async function* lines() {
    for await (const row of rows) yield Buffer.from(`${JSON.stringify(row)}\n`);
  }
  await put(shardName("manifest", shard, "jsonl"), lines());
}

/** A shard of a manifest as Parquet. @throws RangeError where a row has a column that is not declared */
export async function writeManifestParquet(
  rows: AsyncIterable<ManifestRow> | Iterable<ManifestRow>,
  columns: ManifestColumns,
  put: Put,
  shard: number,
): Promise<void> {
  const names = Object.keys(columns);
  async function* declared() {
    for await (const row of rows) {
      const odd = Object.keys(row).find((name) => !Object.hasOwn(columns, name));
      if (odd) throw new RangeError(`a manifest row has a column ${odd}: there are ${names}`);
      yield row;
    }
  }
  const file = {
    rows: declared(),
    schema: [
      { name: "schema", num_children: names.length },
      ...names.map((name) => {
        const type = TYPES[columns[name] as keyof typeof TYPES];
        return { name, repetition_type: "OPTIONAL" as const, ...type };
      }),
    ],
    columns: (group: ManifestRow[]) =>
      names.map((name) => ({ name, data: group.map((row) => stored(columns, name, row[name])) })),
    sizeOf: (row: ManifestRow) => JSON.stringify(row).length,
    maxRows: ROWS_IN_GROUP,
  };
  await put(shardName("manifest", shard, "parquet"), parquetOf(file));
}

function stored(columns: ManifestColumns, name: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  return columns[name] === "integer" ? BigInt(value as number) : value;
}
