import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { HyperFaceError, ServiceAway } from "@hyperface/contracts";
import {
  checkKey,
  damagedObject,
  damageOf,
  missingObject,
  type ObjectStore,
  storageFull,
} from "./object-store.ts";
import { createVerifiedVersions } from "./verified-versions.ts";

export interface S3StoreOptions {
  bucket: string;
  /** What keys begin with in the bucket; empty for its whole. */
  prefix?: string;
  /** Of a server that is not AWS's. */
  endpoint?: string;
  region?: string;
  /** Where they are not given, as AWS's tools find them: AWS_ACCESS_KEY_ID, a profile, the machine's role. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** Two parts of an object of at most 10,000 parts are in memory while it is written: 160 GB at most. */
const PART_BYTES = 16 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/** How long a server may take to be reached, and to say anything once it is. */
const CONNECT_MS = 5000;
const SILENT_MS = 30_000;

/**
 * An object store in a bucket of S3, or of a server with its protocol. Checksums are the server's: CRC-32 over the
 * whole object, sent with every write and compared here with the bytes of every whole read.
 */
export function createS3Store(options: S3StoreOptions): ObjectStore {
  const { bucket: Bucket, prefix = "", endpoint, region = "us-east-1", credentials } = options;
  const client = new S3Client({
    region,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENT_MS },
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(credentials ? { credentials } : {}),
  });
  const root = prefix ? `${prefix}/` : "";
  const at = (key: string) => ({ Bucket, Key: root + checkKey(key) });

  async function put(key: string, bytes: Uint8Array, IfNoneMatch?: "*"): Promise<void> {
    const ChecksumCRC32 = base64(crc32(bytes));
    const condition = IfNoneMatch ? { IfNoneMatch } : {};
    const command = new PutObjectCommand({ ...at(key), Body: bytes, ChecksumCRC32, ...condition });
    await client.send(command);
  }

  async function* getStream(key: string): AsyncGenerator<Uint8Array> {
    const answer = await client
      .send(new GetObjectCommand({ ...at(key), ChecksumMode: "ENABLED" }))
      .catch(failed(key));
    let sum = 0;
    try {
      for await (const bytes of answer.Body as Readable) {
        sum = crc32(bytes, sum);
        yield bytes;
      }
    } catch (error) {
      // The client verifies as well, and says so in its message alone.
      throw /^Checksum mismatch/.test((error as Error).message)
        ? damagedObject(key, error)
        : away(error);
    }
    verify(key, answer, sum);
  }

  const verifyVersion = createVerifiedVersions(getStream);

  const exists = (key: string) =>
    head(key).then(
      () => true,
      (error) => {
        if (error instanceof HyperFaceError && error.code === "missing-object") return false;
        throw error;
      },
    );

  return {
    getStream,
    put: (key, bytes) => put(key, bytes).catch(failed(key)),
    putIfAbsent: (key, bytes) =>
      put(key, bytes, "*")
        .then(() => true)
        .catch((error) => statusOf(error) !== 412 && failed(key)(error)),
    async putStream(key, bytes) {
      let failure: unknown;
      async function* source() {
        try {
          yield* bytes;
        } catch (error) {
          failure = error;
          throw error;
        }
      }
      const upload = new Upload({
        client,
        params: {
          ...at(key),
          Body: Readable.from(source(), { objectMode: false }),
          ChecksumAlgorithm: "CRC32",
          ChecksumType: "FULL_OBJECT",
        },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
      });
      await upload.done().catch((error) => {
        throw failure ?? failed(key)(error);
      });
    },
    async get(key) {
      const parts: Uint8Array[] = [];
      for await (const bytes of getStream(key)) parts.push(bytes);
      return Buffer.concat(parts);
    },
    async getRange(key, start, length) {
      if (length <= 0) {
        await head(key);
        return new Uint8Array(0);
      }
      // The server ends the range with the object, and refuses one that begins behind it.
      const Range = `bytes=${start}-${start + length - 1}`;
      const answer = await client
        .send(new GetObjectCommand({ ...at(key), Range }))
        .catch((error) => (statusOf(error) === 416 ? null : failed(key)(error)));
      const bytes = await answer?.Body?.transformToByteArray().catch((error) => {
        throw away(error);
      });
      if (answer) await verifyVersion(key, answer.ETag ?? "");
      return bytes ?? new Uint8Array(0);
    },
    ready: () => exists("ready"),
    exists,
    size: async (key) => (await head(key)).size,
    async delete(key) {
      await client.send(new DeleteObjectCommand(at(key))).catch(failed(key));
    },
    list,
    temporaryUrl: async (key, expiresIn) =>
      new URL(await getSignedUrl(client, new GetObjectCommand(at(key)), { expiresIn })),
    async *findDamage() {
      for (const key of await list("")) {
        const kind = await damageOf({ getStream }, key);
        if (kind) yield { key, kind };
      }
    },
  };

  async function head(key: string): Promise<{ size: number }> {
    const answer = await client.send(new HeadObjectCommand(at(key))).catch(failed(key));
    return { size: answer.ContentLength as number };
  }

  async function list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    try {
      for await (const page of paginateListObjectsV2(
        { client },
        { Bucket, Prefix: root + prefix },
      )) {
        for (const { Key = "" } of page.Contents ?? []) keys.push(Key.slice(root.length));
      }
    } catch (error) {
      failed(prefix)(error as ServerError);
    }
    return keys.filter((key) => !key.endsWith("/")).sort();
  }
}

/** S3 writes a CRC-32 as its four bytes, the highest first, in base64. */
function base64(sum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum);
  return bytes.toString("base64");
}

function verify(key: string, { ChecksumCRC32 }: GetObjectCommandOutput, sum: number): void {
  if (ChecksumCRC32 === base64(sum)) return;
  const why = ChecksumCRC32 ? undefined : new Error("the server has no CRC-32 of the whole object");
  throw damagedObject(key, why);
}

interface ServerError {
  name?: string;
  /** Of the network: ECONNREFUSED. */
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const statusOf = (error: ServerError) => error.$metadata?.httpStatusCode;

const away = (cause: unknown) => new ServiceAway("the object store", cause);

/** What the server's or the network's refusal means for an object. */
const failed =
  (key: string) =>
  (error: ServerError): never => {
    const status = statusOf(error);
    if (error instanceof HyperFaceError) throw error;
    if (status === 404 && error.name !== "NoSuchBucket") throw missingObject(key, error);
    if (status === 507 || /StorageFull|QuotaExceeded/.test(error.name ?? "")) {
      throw storageFull(key, error);
    }
    // A wrong secret or bucket is ours to mend, not to wait for.
    const network = status === undefined && (error.code ?? error.name === "TimeoutError");
    if (network || (status ?? 0) >= 500) throw away(error);
    throw error;
  };
