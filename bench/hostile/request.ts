import type { Chance } from "./chance.ts";

export interface Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

export interface HostileRequest {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** Statuses that are right; left out, any but a failure of the server. */
  right?: readonly number[];
  /** Pictures that it asks to be embedded or made, one where it does not say. */
  asks?: number;
  /** The client closes its connection after so many milliseconds. */
  leavesAfter?: number;
  /** Whether an answer of success stands for something else than what was asked. */
  isSilentChange?(answer: Answer): boolean | Promise<boolean>;
}

/** What there is at the server, to ask it about. */
export interface Target {
  gallery: string;
  packing: string;
  finishedJob: string;
  /** Number of the last event of that job. */
  lastEvent: number;
  /** Entity tag of the image that {@link imagePath} leads to. */
  imageTag: string;
  /** Key of a creation of `/v1/galleries?name=first` by the rows below as .npy, already there. */
  usedKey: string;
  upload: Uint8Array<ArrayBuffer>;
  /** A picture of a face. */
  face: Buffer;
  /** Unit rows of length `columns`, and what compares them with a gallery's. */
  rows: Float32Array;
  columns: number;
  isOtherThanRows(gallery: string): Promise<boolean>;
  /** Whether faces in an answer are others than that of `face`. */
  isOtherFace(answer: Answer): boolean;
}

export type Kind = (chance: Chance, target: Target) => HostileRequest | Promise<HostileRequest>;

export const JSON_TYPE = { "content-type": "application/json" };

export const post = (
  path: string,
  body: unknown,
  rest: Partial<HostileRequest> = {},
): HostileRequest => ({
  path,
  method: "POST",
  headers: JSON_TYPE,
  body: typeof body === "string" ? body : JSON.stringify(body),
  ...rest,
});

/** A picture to embed. */
export const picture = (
  bytes: Uint8Array,
  query = "",
  rest: Partial<HostileRequest> = {},
): HostileRequest => ({
  path: `/v1/embeddings?faces=largest${query}`,
  method: "POST",
  headers: { "content-type": "image/png" },
  body: new Uint8Array(bytes),
  ...rest,
});

/** A file of vectors to upload. */
export const upload = (
  bytes: Uint8Array,
  media: "x-npy" | "vnd.safetensors",
  rest: Partial<HostileRequest> = {},
): HostileRequest => ({
  path: "/v1/galleries",
  method: "POST",
  headers: { "content-type": `application/${media}` },
  body: new Uint8Array(bytes),
  ...rest,
});

export const succeeds = ({ status }: Answer) => status < 300;
export const json = ({ bytes }: Answer) => JSON.parse(Buffer.from(bytes).toString());

export const imagePath = ({ packing }: Pick<Target, "packing">, query: string) =>
  `/v1/packings/${packing}/identities/1/images/0?${query}`;
