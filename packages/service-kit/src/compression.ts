import { promisify } from "node:util";
import { brotliCompress, brotliCompressSync, constants, gzip, gzipSync } from "node:zlib";
import type { MiddlewareHandler } from "hono";
import Negotiator from "negotiator";

/** Text alone: images, tensors and exports are as small as they get, and events are to go out one by one. */
const COMPRESSIBLE = /^(application\/(problem\+)?json|text\/(html|css|javascript|plain))\b/;
/** Below this the headers and the time outweigh what is saved; above, a binary form is what to ask for. Bytes. */
const [LEAST, MOST] = [1024, 64 * 2 ** 20];

/** Up to here compressing takes less of a core, and of this thread, than giving it to another; bytes. */
const AT_ONCE = 32 * 2 ** 10;

/** The fastest levels: numbers in decimal digits come to the same size, 44 %, by slower ones. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const GZIP = { level: 1 };
const CODINGS: Record<string, (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>> = {
  br: (bytes) =>
    bytes.length <= AT_ONCE
      ? brotliCompressSync(bytes, BROTLI)
      : promisify(brotliCompress)(bytes, BROTLI),
  gzip: (bytes) => (bytes.length <= AT_ONCE ? gzipSync(bytes, GZIP) : promisify(gzip)(bytes, GZIP)),
};

/**
 * Answers of text are sent in the coding that Accept-Encoding prefers, brotli or gzip (RFC 9110, 12.5.3). An ETag
 * becomes weak, for its bytes are others now. `cache-control: no-transform` leaves an answer as it is.
 */
export const compressAnswers: MiddlewareHandler = async (c, next) => {
  await next();
  const { headers } = c.res;
  if (!COMPRESSIBLE.test(headers.get("content-type") ?? "")) return;
  if (headers.has("content-encoding") || headers.has("content-range")) return;
  if (/no-transform/.test(headers.get("cache-control") ?? "")) return;
  // Looked at last: it makes a stream of what was bytes.
  if (!c.res.body) return;
  const etag = headers.get("etag");
  const coding = preferredCoding(c.req.header("accept-encoding"));
  const compress = CODINGS[coding];
  if (compress) {
    const whole = new Uint8Array(await c.res.arrayBuffer());
    const worth = whole.length >= LEAST && whole.length <= MOST;
    const bytes = worth ? await compress(whole) : whole;
    c.res = new Response(bytes as Uint8Array<ArrayBuffer>, c.res);
    c.header("content-length", String(bytes.length));
    if (worth) c.header("content-encoding", coding);
    if (worth && etag?.startsWith('"')) c.header("etag", `W/${etag}`);
  }
  c.header("vary", "Accept-Encoding", { append: true });
};

/** The wanted coding most, brotli before gzip before none among what is wanted as much; identity without a header. */
function preferredCoding(header: string | undefined): string {
  if (header === undefined) return "identity";
  // Its types are of an earlier version.
  const negotiator: {
    encoding(known: string[], options: { preferred: string[] }): string | undefined;
  } = new Negotiator({ headers: { "accept-encoding": header } });
  return negotiator.encoding(["br", "gzip", "identity"], { preferred: ["br"] }) ?? "identity";
}
