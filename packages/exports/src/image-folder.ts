import {
  checked,
  type ExportImage,
  type Images,
  type Place,
  type Put,
  shardName,
} from "./export.ts";
import { type TarEntry, tarOf } from "./tar.ts";

/** Folders sort by name as labels do by number, so a reader that numbers folders finds the labels. */
const path = ({ label, key, extension }: ExportImage) =>
  `${String(label).padStart(8, "0")}/${key}.${extension}`;

/**
 * A folder for each identity, a file for each image, as torchvision's ImageFolder reads them.
 * @returns where each image is
 */
export async function writeImageFolder(images: Images, put: Put): Promise<Place[]> {
  const places: Place[] = [];
  for await (const image of checked(images)) {
    const { key, bytes } = image;
    const file = path(image);
    async function* whole() {
      yield bytes;
    }
    await put(file, whole());
    places.push({ key, file, row: 0, offset: 0, length: bytes.length });
  }
  return places;
}

/** The same folders in an archive. @returns where each image is in it */
export async function writeImageFolderTar(
  images: Images,
  put: Put,
  shard: number,
): Promise<Place[]> {
  const file = shardName("images", shard, "tar");
  const places: Place[] = [];
  async function* entries(): AsyncGenerator<TarEntry> {
    for await (const image of checked(images)) {
      const place = { key: image.key, file, row: places.length, length: image.bytes.length };
      const placed = (offset: number) => places.push({ ...place, offset });
      yield { name: path(image), data: image.bytes, placed };
    }
  }
  await put(file, tarOf(entries()));
  return places;
}
