import { type Answer, HyperFaceApiError, JobFailedError, unwrap } from "./errors.ts";
import { createClient } from "./gen/client/index.ts";
import type { Options } from "./gen/sdk.gen.ts";
import * as api from "./gen/sdk.gen.ts";
import type {
  CreateDatasetRequest,
  CreateEmbeddingsData,
  CreateGalleryData,
  CreateGalleryRequest,
  CreateIdentityImagesRequest,
  CreateKeyRequest,
  CreateLeakageCheckRequest,
  CreatePackingRequest,
  CreateSweepRequest,
  Dataset,
  DatasetCertificate,
  DatasetEstimate,
  DeleteGalleryData,
  GetIdentityData,
  GetIdentityImageData,
  Job,
  JobEvent,
  JobPriority,
  LeakageReport,
  ListAuditData,
  ListGalleriesData,
  ListGalleryPhotographsData,
  ListJobsData,
  ResourceUpdate,
  RotateKeyRequest,
  Sweep,
  SweepEstimate,
  UpdateGalleryData,
  VerifyDatasetRequest,
} from "./gen/types.gen.ts";
import { type PatienceOptions, patientFetch } from "./patience.ts";

export type * from "./gen/types.gen.ts";
export { HyperFaceApiError, JobFailedError };

export interface HyperFaceOptions extends PatienceOptions {
  /** Of the gateway, e.g. "http://127.0.0.1:8080". */
  baseUrl: string;
  /** Where the server asks for one. */
  apiKey?: string | undefined;
  fetch?: typeof globalThis.fetch;
}

export interface CreationOptions {
  /** The same key and body never create twice. */
  idempotencyKey?: string;
  /** Answer when the resource is ready, or after this many seconds. */
  waitSeconds?: number;
  /** Of the job that makes it, among those that wait for a worker. */
  priority?: JobPriority;
}

/** What a gallery of photographs is called, what embeds it, and whether its aligned faces are kept. */
export type PhotographsQuery = NonNullable<CreateGalleryData["query"]>;

export type ImageFormat = "png" | "webp" | "jpeg";
export type HyperFace = ReturnType<typeof createHyperFace>;

/** A client of the gateway. Every method throws HyperFaceApiError where the answer is no success. */
export function createHyperFace({
  baseUrl,
  apiKey,
  fetch = globalThis.fetch,
  ...patience
}: HyperFaceOptions) {
  const client = createClient({
    baseUrl,
    ...(apiKey ? { auth: apiKey } : {}),
    fetch: patientFetch(fetch, patience),
  });
  const bytes = async (call: Promise<{ data?: unknown; error?: unknown; response?: Response }>) =>
    new Uint8Array((await unwrap(call)) as ArrayBuffer);
  /** What galleries and packings have in common: each is a set of unit embeddings. */
  const set = (get: typeof api.getGalleryEmbeddings, certify: typeof api.getGalleryCertificate) => {
    return {
      /** Unit embeddings, with the model they belong to. */
      embeddings: (id: string) => unwrap(get({ client, path: { id } })),
      /** The same as a .npy file, float32 [n, d]. */
      embeddingsNpy: (id: string) =>
        bytes(
          get({
            client,
            path: { id },
            headers: { Accept: "application/x-npy" },
            parseAs: "arrayBuffer",
          }),
        ),
      /** How good it is as a set, against what is possible. */
      certificate: (id: string) => unwrap(certify({ client, path: { id } })),
    };
  };

  /** What all that a client made have in common. */
  const made = <R>(
    list: (
      options: Options<ListGalleriesData>,
    ) => Promise<Answer<{ data: R[]; nextCursor: string | null }>>,
    update: (options: Options<UpdateGalleryData>) => Promise<Answer<R>>,
    remove: (options: Options<DeleteGalleryData>) => Promise<Answer<unknown>>,
  ) => ({
    /** Those that fit every filter, newest first unless `sort` says otherwise. */
    list: (query: Unpaged<ListGalleriesData> = {}) =>
      pages((cursor) => unwrap(list({ client, query: { ...query, ...page(cursor) } }))),
    /** Gives it another name. */
    update: (id: string, body: ResourceUpdate) => unwrap(update({ client, path: { id }, body })),
    /** Deletes it and its job; with `cascade` all that refers to it too. */
    delete: (id: string, query: DeleteGalleryData["query"] = {}) =>
      unwrap(remove({ client, path: { id }, query })),
  });

  const jobs = {
    get: (id: string) => unwrap(api.getJob({ client, path: { id } })),
    cancel: (id: string) => unwrap(api.cancelJob({ client, path: { id } })),
    /** Queues a failed job again, from where it stood. */
    retry: (id: string) => unwrap(api.retryJob({ client, path: { id } })),
    list: (query: Unpaged<ListJobsData> = {}) =>
      pages((cursor) => unwrap(api.listJobs({ client, query: { ...query, ...page(cursor) } }))),
    /** Deletes the record of a job that has ended, and what it was making where that never became ready. */
    delete: (id: string) => unwrap(api.deleteJob({ client, path: { id } })),
    /**
     * A job's events from its beginning to its end; a connection that breaks is taken up again.
     * @throws HyperFaceApiError where the job is deleted meanwhile
     */
    async *events(id: string): AsyncGenerator<JobEvent> {
      await jobs.get(id);
      const refused = new AbortController();
      const { stream } = await api.streamJobEvents({
        client,
        path: { id },
        signal: refused.signal,
        onSseError(error) {
          if (/^SSE failed: 4/.test((error as Error).message)) refused.abort();
        },
      });
      for await (const event of stream) {
        yield event as JobEvent;
        if ((event as JobEvent).type === "finished") return;
      }
      await jobs.get(id);
    },
    /** The job once it has succeeded. @throws JobFailedError where it failed or was cancelled */
    async wait(id: string, onEvent: (event: JobEvent) => void = () => {}): Promise<Job> {
      for await (const event of jobs.events(id)) onEvent(event);
      const job = await jobs.get(id);
      if (job.status === "succeeded") return job;
      throw new JobFailedError(id, job.error ? `failed: ${job.error.detail}` : `is ${job.status}`);
    },
  };

  const createImages = async (
    packingId: string,
    identity: number,
    body: CreateIdentityImagesRequest,
  ) => {
    const path = { id: packingId, identity };
    const { images, failures } = await unwrap(api.createIdentityImages({ client, path, body }));
    const files = images.map(({ data, provenance }) => ({ bytes: fromBase64(data), provenance }));
    return { images: files, failures };
  };

  return {
    jobs,
    galleries: {
      ...set(api.getGalleryEmbeddings, api.getGalleryCertificate),
      create: (body: CreateGalleryRequest, options: CreationOptions = {}) =>
        unwrap(api.createGallery({ client, body, headers: creationHeaders(options) })),
      /**
       * Of the faces in photographs: a tar archive of them, as it comes. It is sent once, and may take as long as it
       * does: neither `retries` nor `timeoutSeconds` hold.
       */
      createFromPhotographs: (
        tar: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
        query: PhotographsQuery = {},
        options: CreationOptions = {},
      ) =>
        unwrap(
          api.createGallery({
            client,
            query,
            // The generated type knows of the JSON body alone.
            body: tar as never,
            bodySerializer: null,
            headers: { ...creationHeaders(options), "Content-Type": "application/x-tar" },
            fetch,
            ...({ duplex: "half" } as object),
          }),
        ),
      /** The files that a gallery was made of: which row each is, or why it is none. */
      photographs: (id: string, query: Unpaged<ListGalleryPhotographsData> = {}) =>
        pages((cursor) =>
          unwrap(
            api.listGalleryPhotographs({
              client,
              path: { id },
              query: { ...query, ...page(cursor) },
            }),
          ),
        ),
      get: (id: string) => unwrap(api.getGallery({ client, path: { id } })),
      ...made(api.listGalleries, api.updateGallery, api.deleteGallery),
    },
    packings: {
      ...set(api.getPackingEmbeddings, api.getPackingCertificate),
      create: (body: CreatePackingRequest, options: CreationOptions = {}) =>
        unwrap(api.createPacking({ client, body, headers: creationHeaders(options) })),
      get: (id: string) => unwrap(api.getPacking({ client, path: { id } })),
      ...made(api.listPackings, api.updatePacking, api.deletePacking),
    },
    identities: {
      /** With `draw`, also what images of it are made from at that strength. */
      get: (packingId: string, identity: number, query: GetIdentityData["query"] = {}) =>
        unwrap(api.getIdentity({ client, path: { id: packingId, identity }, query })),
      list: (packingId: string) =>
        pages((cursor) =>
          unwrap(api.listIdentities({ client, path: { id: packingId }, query: page(cursor) })),
        ),
    },
    images: {
      /** One image's file. */
      get: (
        packingId: string,
        identity: number,
        sample: number,
        { format = "png", ...query }: GetIdentityImageData["query"] & { format?: ImageFormat } = {},
      ) =>
        bytes(
          api.getIdentityImage({
            client,
            path: { id: packingId, identity, sample },
            query,
            headers: { Accept: `image/${format}` },
            parseAs: "arrayBuffer",
          }),
        ),
      /** Many images of an identity at once, as files. */
      create: async (packingId: string, identity: number, body: WholeImages) =>
        (await createImages(packingId, identity, body)).images,
      /** The same of faces detected and aligned, 112 x 112, and the samples in which none was found. */
      createAligned: (packingId: string, identity: number, body: WholeImages) =>
        createImages(packingId, identity, { ...body, align: true }),
    },
    datasets: {
      create: async (body: CreateDatasetRequest, options: CreationOptions = {}) =>
        (await unwrap(
          api.createDataset({ client, body, headers: creationHeaders(options) }),
        )) as Dataset,
      /** What it would take, from images of it made and measured now. */
      estimate: async (body: CreateDatasetRequest) =>
        (await unwrap(
          api.createDataset({ client, body: { ...body, dryRun: true } }),
        )) as DatasetEstimate,
      get: (id: string) => unwrap(api.getDataset({ client, path: { id } })),
      ...made(api.listDatasets, api.updateDataset, api.deleteDataset),
      files: (id: string) =>
        pages((cursor) =>
          unwrap(api.listDatasetFiles({ client, path: { id }, query: page(cursor) })),
        ),
      /** A file's bytes as they come, from byte `start` on. */
      file: async (id: string, name: string, start = 0) =>
        (await unwrap(
          api.getDatasetFile({
            client,
            path: { id, name },
            ...(start > 0 ? { headers: { range: `bytes=${start}-` } } : {}),
            parseAs: "stream",
          }),
        )) as unknown as ReadableStream<Uint8Array>,
      /** What it is worth. */
      certificate: async (id: string) =>
        (await unwrap(api.getDatasetCertificate({ client, path: { id } }))) as DatasetCertificate,
      /** The same as one HTML page. */
      certificatePage: (id: string) =>
        unwrap(api.getDatasetCertificatePage({ client, path: { id } })),
      /** Makes some rows of the manifest again, and compares them byte for byte. */
      verify: (id: string, body: VerifyDatasetRequest = {}) =>
        unwrap(api.verifyDataset({ client, path: { id }, body })),
    },
    leakageChecks: {
      ...made(api.listLeakageChecks, api.updateLeakageCheck, api.deleteLeakageCheck),
      create: (body: CreateLeakageCheckRequest, options: CreationOptions = {}) =>
        unwrap(api.createLeakageCheck({ client, body, headers: creationHeaders(options) })),
      get: (id: string) => unwrap(api.getLeakageCheck({ client, path: { id } })),
      /** What it found, signed where the installation has a key. */
      report: async (id: string) =>
        (await unwrap(api.getLeakageReport({ client, path: { id } }))) as LeakageReport,
      /** The same as one HTML page. */
      reportPage: (id: string) => unwrap(api.getLeakageReportPage({ client, path: { id } })),
      /** The dataset's manifest without what the check leaves out: a JSON object on each line. */
      manifest: async (id: string) =>
        (await unwrap(
          api.getCleanedManifest({ client, path: { id }, parseAs: "stream" }),
        )) as unknown as ReadableStream<Uint8Array>,
    },
    sweeps: {
      ...made(api.listSweeps, api.updateSweep, api.deleteSweep),
      create: async (body: CreateSweepRequest, options: CreationOptions = {}) =>
        (await unwrap(
          api.createSweep({ client, body, headers: creationHeaders(options) }),
        )) as Sweep,
      /** What it would take, from a packing and images begun and measured now. */
      estimate: async (body: CreateSweepRequest) =>
        (await unwrap(
          api.createSweep({ client, body: { ...body, dryRun: true } }),
        )) as SweepEstimate,
      get: (id: string) => unwrap(api.getSweep({ client, path: { id } })),
      /** What its cells came to so far. */
      table: (id: string) => unwrap(api.getSweepTableAsJson({ client, path: { id } })),
      tableCsv: (id: string) => unwrap(api.getSweepTableAsCsv({ client, path: { id } })),
      tableMarkdown: (id: string) => unwrap(api.getSweepTableAsMarkdown({ client, path: { id } })),
    },
    embeddings: {
      /** Embeddings of the faces in image files. */
      create: (files: Uint8Array[], query: CreateEmbeddingsData["query"] = {}) =>
        unwrap(api.createEmbeddings({ client, query, body: { images: files.map(toBase64) } })),
    },
    keys: {
      /** The answer is the only place where the key stands. */
      create: (body: CreateKeyRequest) => unwrap(api.createKey({ client, body })),
      list: () => pages((cursor) => unwrap(api.listKeys({ client, query: page(cursor) }))),
      delete: (id: string) => unwrap(api.deleteKey({ client, path: { id } })),
      /** A new key in place of one, which holds for `graceSeconds` more. */
      rotate: (id: string, body: RotateKeyRequest = {}) =>
        unwrap(api.rotateKey({ client, path: { id }, body })),
    },
    audit: {
      /** Who made, changed, deleted or downloaded what, newest first. */
      list: (query: Unpaged<ListAuditData> = {}) =>
        pages((cursor) => unwrap(api.listAudit({ client, query: { ...query, ...page(cursor) } }))),
    },
    models: { list: () => unwrap(api.listModels({ client })) },
  };
}

type WholeImages = Omit<CreateIdentityImagesRequest, "align">;

/** A list's query without what turns its pages. */
type Unpaged<D extends { query?: object }> = Omit<NonNullable<D["query"]>, "limit" | "cursor">;

const page = (cursor: string | undefined) => ({ limit: 100, ...(cursor ? { cursor } : {}) });

/** Every item of every page. */
async function* pages<T>(
  get: (cursor: string | undefined) => Promise<{ data: T[]; nextCursor: string | null }>,
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const { data, nextCursor } = await get(cursor);
    yield* data;
    cursor = nextCursor ?? undefined;
  } while (cursor);
}

const creationHeaders = ({ idempotencyKey, waitSeconds, priority }: CreationOptions) => ({
  ...(idempotencyKey ? { "idempotency-key": idempotencyKey } : {}),
  ...(waitSeconds ? { prefer: `wait=${waitSeconds}` } : {}),
  ...(priority ? { "job-priority": priority } : {}),
});

const toBase64 = (bytes: Uint8Array): string => {
  let text = "";
  const step = 0x8000;
  for (let i = 0; i < bytes.length; i += step) {
    text += String.fromCharCode(...bytes.subarray(i, i + step));
  }
  return btoa(text);
};
/** In a loop: `Uint8Array.from` takes twenty times as long. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
