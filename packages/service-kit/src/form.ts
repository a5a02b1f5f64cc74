import { HyperFaceError } from "@hyperface/contracts";
import {
  MaxHeaderSizeExceededError,
  MaxPartsExceededError,
  type MultipartPart,
  parseMultipart,
} from "@remix-run/multipart-parser";
import type { Context } from "hono";

/** A part of a multipart form (RFC 7578). */
export interface FormPart {
  /** Of the form's field. */
  name: string;
  /** Undefined of text; a file's may be empty. */
  filename: string | undefined;
  bytes: Uint8Array;
}

/** Most parts of a form: more than any route takes. */
const MOST_PARTS = 1000;
/** A part's header says its field, its file's name and its type. */
const HEADER_BYTES = 8 * 1024;

/**
 * The parts of a multipart form, in their order. None is left out: what cannot be read whole is refused.
 * @throws HyperFaceError `malformed-body`, `body-too-large`
 */
export async function readForm(c: Context): Promise<FormPart[]> {
  const boundary = readBoundary(c.req.header("content-type") ?? "");
  const body = Buffer.from(await c.req.arrayBuffer());
  const sizes = {
    maxHeaderSize: HEADER_BYTES,
    maxFileSize: body.length,
    maxTotalSize: body.length,
  };
  const options = { boundary, maxParts: MOST_PARTS, ...sizes };
  try {
    // Whole: what follows the form's end is passed over in the same piece alone.
    return Array.from(parseMultipart([withoutPreamble(body, boundary)], options), readPart);
  } catch (error) {
    throw error instanceof HyperFaceError ? error : refusal(error, boundary);
  }
}

const PARAMETER = /;\s*boundary=(?:"([^"]*)"|([^\s;"]*))/i;
/** Of RFC 2046, 5.1.1: no space at its end. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

function readBoundary(contentType: string): string {
  const [parameter, quoted, bare] = PARAMETER.exec(contentType) ?? [];
  if (parameter === undefined) {
    throw malformed("Content-Type names no boundary: send multipart/form-data; boundary=...");
  }
  const boundary = (quoted ?? bare) as string;
  if (BOUNDARY.test(boundary)) return boundary;
  throw malformed(
    "Content-Type names what is no boundary: it has 1 to 70 letters, digits, spaces and '()+_,-./:=?, no space at its end, and stands in quotes where it has more than letters, digits and -",
  );
}

/** What stands before the first boundary is for readers who know of no forms (RFC 2046, 5.1.1). */
function withoutPreamble(body: Buffer, boundary: string): Buffer {
  const delimiter = `--${boundary}`;
  if (body.indexOf(delimiter) === 0) return body;
  const first = body.indexOf(`\r\n${delimiter}`);
  return first < 0 ? body : body.subarray(first + 2);
}

function readPart(part: MultipartPart, i: number): FormPart {
  const { name, filename, isFile, bytes } = part;
  if (name) return { name, filename: isFile ? (filename ?? "") : undefined, bytes };
  throw malformed(
    `part ${i} of the form has no name: its header is to say content-disposition: form-data; name="..."`,
  );
}

function refusal(cause: unknown, boundary: string): HyperFaceError {
  if (cause instanceof MaxPartsExceededError) {
    const detail = `the form has more than ${MOST_PARTS} parts: send less at a time`;
    return new HyperFaceError("body-too-large", detail, { cause });
  }
  if (cause instanceof MaxHeaderSizeExceededError) {
    return malformed(`a part of the form has a header over ${HEADER_BYTES} bytes`, cause);
  }
  if (cause instanceof TypeError) {
    return malformed("a part of the form has a header that is not UTF-8", cause);
  }
  return malformed(
    `the body is no whole multipart form of the boundary ${boundary}: its lines end with CRLF, each part begins with --${boundary}, and the last is followed by --${boundary}--`,
    cause,
  );
}

const malformed = (detail: string, cause?: unknown) =>
  new HyperFaceError("malformed-body", detail, { cause });
