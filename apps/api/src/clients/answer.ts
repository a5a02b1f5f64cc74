/** A request of a service. */
export interface Sent {
  method: string;
  /** By names in lower case. */
  headers: Record<string, string>;
  body: Uint8Array | string | ReadableStream<Uint8Array> | null;
  signal: AbortSignal;
}

/** An answer that has begun; its body is read once, in one of both ways. */
export interface Answer {
  status: number;
  /** By names in lower case. */
  headers: Record<string, string>;
  /** The whole body. @param each called as each part of it comes */
  bytes(each: () => void): Promise<Uint8Array>;
  /** The body as it comes. */
  stream(): ReadableStream<Uint8Array> | null;
  /** Lets go of a body that is not read to its end. */
  drop(): void;
}
