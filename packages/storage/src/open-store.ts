import { join } from "node:path";
import { createFileStore } from "./file-store.ts";
import type { ObjectStore } from "./object-store.ts";

/**
 * The object store that a process works on.
 * @param home folder of all state, where objects/ is used without a url
 * @param url `s3://bucket/prefix?region=...&endpoint=http://...`, credentials as AWS's tools find them
 * @throws Error where the url is none of a store
 */
export async function openStore({
  home,
  url,
}: {
  home: string;
  url?: string | undefined;
}): Promise<ObjectStore> {
  if (url === undefined) return createFileStore(join(home, "objects"));
  const { protocol, hostname, pathname, searchParams } = new URL(url);
  if (protocol !== "s3:" || !hostname) {
    throw new Error(`${url} is no store: s3://bucket/prefix?region=...&endpoint=... is needed`);
  }
  // AWS's client takes a fifth of a second to load.
  const { createS3Store } = await import("./s3-store.ts");
  const endpoint = searchParams.get("endpoint");
  const region = searchParams.get("region");
  return createS3Store({
    bucket: hostname,
    prefix: pathname.replace(/^\/|\/$/g, ""),
    ...(endpoint ? { endpoint } : {}),
    ...(region ? { region } : {}),
  });
}
