import {
  checked,
  type ExportImage,
  type Images,
  type Place,
  type Put,
  shardName,
} from "./export.ts";
import { parquetOf } from "./parquet.ts";

/** As Hugging Face writes images: small groups, so that a viewer reads a page of them alone. */
const ROWS_IN_GROUP = 100;

const SCHEMA = [
  { name: "schema", num_children: 2 },
  { name: "image", repetition_type: "OPTIONAL" as const, num_children: 2 },
  { name: "bytes", type: "BYTE_ARRAY" as const, repetition_type: "OPTIONAL" as const },
  {
    name: "path",
    type: "BYTE_ARRAY" as const,
    converted_type: "UTF8" as const,
    repetition_type: "OPTIONAL" as const,
  },
  { name: "label", type: "INT64" as const, repetition_type: "OPTIONAL" as const },
];

/** What `label` is to the datasets library: a number, or a class where classes have names. */
const featuresOf = (classNames?: readonly string[]) => ({
  image: { _type: "Image" },
  label: classNames
    ? { names: classNames, _type: "ClassLabel" }
    : { dtype: "int64", _type: "Value" },
});

/**
 * One shard of a dataset as the datasets library reads it: `image` is a struct of the file's bytes and its name,
 * `label` the identity.
 * @returns where each image is: by its row
 */
export async function writeParquetShard(
  images: Images,
  put: Put,
  shard: number,
  { classNames }: { classNames?: readonly string[] } = {},
): Promise<Place[]> {
  const file = shardName("data/train", shard, "parquet");
  const places: Place[] = [];
  async function* rows() {
    for await (const image of checked(images)) {
      const { key, bytes } = image;
      places.push({ key, file, row: places.length, offset: null, length: bytes.length });
      yield image;
    }
  }
  const columns = (group: ExportImage[]) => [
    {
      name: "image",
      data: group.map(({ bytes, key, extension }) => ({ bytes, path: `${key}.${extension}` })),
      // Images do not compress, and no two are equal.
      codec: "UNCOMPRESSED" as const,
      encoding: "PLAIN" as const,
      statistics: false,
    },
    { name: "label", data: group.map(({ label }) => BigInt(label)) },
  ];
  const info = { info: { features: featuresOf(classNames) } };
  await put(
    file,
    parquetOf({
      rows: rows(),
      schema: SCHEMA,
      metadata: [{ key: "huggingface", value: JSON.stringify(info) }],
      columns,
      sizeOf: ({ bytes }) => bytes.length,
      maxRows: ROWS_IN_GROUP,
    }),
  );
  return places;
}
