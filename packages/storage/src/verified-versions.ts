import { memoiseLoads } from "@hyperface/contracts";
import { LRUCache } from "lru-cache";

/** Most versions that are remembered as whole; the one longest not asked for is read again. */
const MOST_VERSIONS = 10_000;

/**
 * A part of an object has no checksum of its own: the whole is read and verified before a part of it is given, once for each
 * version of it. @param getStream throws `damaged-object` at its end
 */
export function createVerifiedVersions(
  getStream: (key: string) => AsyncIterable<Uint8Array>,
): (key: string, version: string) => Promise<void> {
  const verify = memoiseLoads(
    async (named: string) => {
      const stream = getStream(named.slice(named.indexOf(" ") + 1))[Symbol.asyncIterator]();
      while (!(await stream.next()).done);
    },
    new LRUCache<string, Promise<void>>({ max: MOST_VERSIONS }),
  );
  return (key, version) => verify(`${version} ${key}`);
}
