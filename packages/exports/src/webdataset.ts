import { checked, type Images, type Place, type Put, shardName } from "./export.ts";
import { type TarEntry, tarOf } from "./tar.ts";

/**
 * One shard as WebDataset reads it: for each image `key.jpg`, `key.cls` (its label) and `key.json` (its provenance).
 * @returns where each image is
 */
export async function writeWebDatasetShard(
  images: Images,
  put: Put,
  shard: number,
): Promise<Place[]> {
  const file = shardName("train", shard, "tar");
  const places: Place[] = [];
  async function* entries(): AsyncGenerator<TarEntry> {
    for await (const { key, label, bytes, extension, provenance } of checked(images)) {
      const place = { key, file, row: places.length, length: bytes.length };
      const placed = (offset: number) => places.push({ ...place, offset });
      yield { name: `${key}.${extension}`, data: bytes, placed };
      yield { name: `${key}.cls`, data: Buffer.from(String(label)) };
      yield { name: `${key}.json`, data: Buffer.from(JSON.stringify(provenance)) };
    }
  }
  await put(file, tarOf(entries()));
  return places;
}
