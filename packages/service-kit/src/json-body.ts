import { isUtf8 } from "node:buffer";
import { HyperFaceError } from "@hyperface/contracts";
import type { MiddlewareHandler } from "hono";

const IS_JSON = /^application\/([a-z.-]+\+)?json\b/i;

/**
 * Refuses a JSON body that a parser would change in silence: of other bytes than UTF-8, for which it takes U+FFFD;
 * with a name twice in one object, of which it takes the last. And one that would cost it memory without bound.
 */
export const checkJsonBody: MiddlewareHandler = async (c, next) => {
  if (IS_JSON.test(c.req.header("content-type") ?? "")) {
    checkJson(new Uint8Array(await c.req.arrayBuffer()));
  }
  await next();
};

/** Deeper than anything that a route takes; names of one object, more than any has. */
const [MOST_DEEP, MOST_NAMES] = [64, 1000];
const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Characters of a name that an answer repeats. */
const SHOWN = 60;

interface Container {
  /** An object's; an array has none. */
  names?: Set<string>;
  /** The name or the index of its value that is being read. */
  place: string | number;
}

/**
 * Whether a text means to every parser what it means to ours, in time linear in its length. What is no JSON at all is
 * left to the parser to say.
 * @throws HyperFaceError `malformed-body`; `invalid-request` with the pointer to a name that is there twice
 */
export function checkJson(text: Uint8Array): void {
  if (!isUtf8(text)) throw malformed("the body is not UTF-8, as JSON is");
  const within: Container[] = [];
  for (let i = 0; i < text.length; i++) {
    const inner = within.at(-1);
    switch (text[i]) {
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (within.length === MOST_DEEP) {
          throw malformed(`the body is nested deeper than ${MOST_DEEP} levels`);
        }
        within.push(text[i] === OPEN_ARRAY ? { place: 0 } : { names: new Set(), place: "" });
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        within.pop();
        break;
      case COMMA:
        if (inner && !inner.names) inner.place = (inner.place as number) + 1;
        break;
      case QUOTE: {
        const end = endOfString(text, i);
        if (inner?.names && isBeforeColon(text, end)) {
          inner.place = readString(text.subarray(i, end));
          addName(inner.names, inner.place, within);
        }
        i = end - 1;
        break;
      }
    }
  }
}

function addName(names: Set<string>, name: string, within: readonly Container[]): void {
  if (names.has(name)) {
    const [pointer, detail] = [pointerTo(within), "is given twice: leave one of them out"];
    const errors = [{ pointer, detail }];
    throw new HyperFaceError("invalid-request", `${pointer}: ${detail}`, { errors });
  }
  if (names.size === MOST_NAMES) throw malformed(`an object has more than ${MOST_NAMES} names`);
  names.add(name);
}

const malformed = (detail: string) => new HyperFaceError("malformed-body", detail);

/** Where the string that begins at `start` has ended: behind the first quote with no odd backslashes before it. */
function endOfString(text: Uint8Array, start: number): number {
  for (let from = start + 1; ; ) {
    const quote = text.indexOf(QUOTE, from);
    if (quote < 0) return text.length;
    let slashes = quote;
    while (slashes > from && text[slashes - 1] === BACKSLASH) slashes -= 1;
    if ((quote - slashes) % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

function isBeforeColon(text: Uint8Array, at: number): boolean {
  let next = at;
  while (/* JSON's white space */ [0x20, 0x09, 0x0a, 0x0d].includes(text[next] ?? 0)) next += 1;
  return text[next] === COLON;
}

/** As it is meant: `"\u0061"` is `"a"`. */
function readString(bytes: Uint8Array): string {
  const literal = Buffer.from(bytes).toString();
  try {
    return JSON.parse(literal);
  } catch {
    return literal;
  }
}

const pointerTo = (within: readonly Container[]) =>
  within
    .map(({ place }) => String(place).slice(0, SHOWN).replaceAll("~", "~0").replaceAll("/", "~1"))
    .map((place) => `/${place}`)
    .join("");
