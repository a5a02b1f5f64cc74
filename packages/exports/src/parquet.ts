import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from "hyparquet-writer";

export interface ParquetFile<Row> {
  rows: AsyncIterable<Row>;
  schema: SchemaElement[];
  metadata?: { key: string; value: string }[];
  /** The columns of some rows. */
  columns: (rows: Row[]) => ColumnSource[];
  /** What a row takes in memory, in bytes. */
  sizeOf: (row: Row) => number;
  maxRows: number;
}

/** A row group is held whole while it is written: it ends at this many bytes, or at its rows. */
const MAX_GROUP_BYTES = 64 * 1024 * 1024;

/** A Parquet file's bytes, a row group at a time. */
export async function* parquetOf<Row>(file: ParquetFile<Row>): AsyncGenerator<Uint8Array> {
  const output = new ByteWriter();
  const { schema, metadata, columns, sizeOf, maxRows } = file;
  const kvMetadata = metadata ? { kvMetadata: metadata } : {};
  const writer = new ParquetWriter({
    writer: output,
    schema,
    createdBy: "hyperface",
    ...kvMetadata,
  });
  const flush = () => {
    const bytes = output.getBytes().slice();
    output.index = 0;
    return bytes;
  };
  let group: Row[] = [];
  let size = 0;
  const write = () => {
    writer.write({ columnData: columns(group), rowGroupSize: group.length });
    group = [];
    size = 0;
    return flush();
  };
  for await (const row of file.rows) {
    if (group.length > 0 && size + sizeOf(row) > MAX_GROUP_BYTES) yield write();
    group.push(row);
    size += sizeOf(row);
    if (group.length === maxRows) yield write();
  }
  if (group.length > 0) yield write();
  writer.finish();
  yield flush();
}
