import { z } from "zod";

/** Every way a request can fail that its sender can act on. HTTP status and title: service-kit/src/problems.ts. */
export const ErrorCode = z.enum([
  // requests
  "unauthenticated",
  "forbidden",
  "rate-limited",
  "invalid-request",
  "malformed-body",
  "unsupported-media-type",
  "not-acceptable",
  "body-too-large",
  "not-found",
  "method-not-allowed",
  "conflict",
  "idempotency-mismatch",
  "precondition-failed",
  "timeout",
  "client-left",
  // images
  "unreadable-image",
  "image-too-large",
  "too-many-images",
  "too-many-pixels",
  "too-many-faces",
  "no-face",
  "several-faces",
  "poor-face",
  // vectors
  "invalid-vector",
  "unsupported-dtype",
  "dimension-mismatch",
  "model-mismatch",
  "unknown-model",
  "unsupported-condition",
  // packings
  "invalid-packing",
  "packing-diverged",
  "invalid-checkpoint",
  "set-too-large",
  "not-ready",
  // jobs
  "job-failed",
  // stored objects
  "damaged-object",
  "missing-object",
  "storage-full",
  // services
  "overloaded",
  "service-unavailable",
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** One offending place in a request: an RFC 6901 pointer into the body, or a parameter's name. */
export interface ErrorPlace {
  pointer: string;
  detail: string;
}

/**
 * A failure that belongs to the caller: says what was wrong, where, and what would be right.
 * Knows nothing of HTTP; service-kit maps `code` to a status.
 */
export class HyperFaceError extends Error {
  override readonly name = "HyperFaceError";
  readonly code: ErrorCode;
  readonly errors: readonly ErrorPlace[];
  /** Seconds after which it is worth trying again; undefined where nothing is known of that. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, detail: string, options: HyperFaceErrorOptions = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfter = options.retryAfter;
  }
}

/**
 * A failure at one place of a request.
 * @param message where it says more than the place's own detail
 */
export const errorAt = (code: ErrorCode, pointer: string, detail: string, message = detail) =>
  new HyperFaceError(code, message, { errors: [{ pointer, detail }] });

/** Where a field of a request stands, as a problem points at it. */
export type Place = (field: string) => string;
/** In an object of its body, at an RFC 6901 pointer. */
export const inBody =
  (pointer = ""): Place =>
  (field) =>
    `${pointer}/${field}`;
/** In its query. */
export const inQuery: Place = (field) => field;

/** What a process answers that was told to stop, and what its work ends with. */
export const shuttingDown = () =>
  new HyperFaceError("service-unavailable", "the service is shutting down: try again");

interface HyperFaceErrorOptions {
  errors?: readonly ErrorPlace[];
  retryAfter?: number | undefined;
  cause?: unknown;
}

/** A service or a store that cannot be reached, or says that it is not to be had now: a job waits for it. */
export class ServiceAway extends HyperFaceError {
  readonly service: string;

  constructor(
    service: string,
    cause: unknown,
    options: { code?: ErrorCode; detail?: string; retryAfter?: number | undefined } = {},
  ) {
    const { code = "service-unavailable", detail = "cannot be reached: try again" } = options;
    super(code, `${service} ${detail}`, { cause, retryAfter: options.retryAfter });
    this.service = service;
  }
}
