/**
 * A Python literal as `ast.literal_eval` reads it, but for escapes in strings (kept as written), floats,
 * bytes and sets. `text` is the literal's source, for errors.
 */
export type Literal =
  | { kind: "string"; value: string; text: string }
  | { kind: "integer"; value: number; text: string }
  | { kind: "boolean"; value: boolean; text: string }
  | { kind: "none"; text: string }
  | { kind: "tuple" | "list"; items: Literal[]; text: string }
  | { kind: "dict"; entries: [Literal, Literal][]; text: string };

type Bare<T> = T extends { text: string } ? Omit<T, "text"> : never;

/** Between tokens: blanks, comments, lines joined by a backslash. */
const BLANK = /(?:[ \t\f\r\n]|#[^\r\n]*|\\\r?\n)*/y;
const STRING = /[uU]?(?:'((?:[^'\\\r\n]|\\[\s\S])*)'|"((?:[^"\\\r\n]|\\[\s\S])*)")/y;
/** Python 2 marks long integers with an L. */
const INTEGER = /([+-]?)[ \t]*(0[xX][\da-fA-F]+|0+|[1-9](?:_?\d)*)[lL]?(?![\w.])/y;
const NAME = /(?:True|False|None)(?!\w)/y;
const MAX_DEPTH = 32;

/**
 * The one literal that `source` is.
 * @throws SyntaxError saying at which character it is none
 */
export function parseLiteral(source: string): Literal {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const skip = () => take(BLANK);
  const next = (mark: string): boolean => {
    skip();
    if (source[at] !== mark) return false;
    at++;
    return true;
  };
  const need = (mark: string) => {
    if (!next(mark)) throw new SyntaxError(`a "${mark}" is missing at character ${at}`);
  };

  /** Items up to the closing mark; `comma` where one stood after the last. */
  function sequence<T>(close: string, item: () => T): { items: T[]; comma: boolean } {
    const items: T[] = [];
    let comma = true;
    while (!next(close)) {
      if (!comma) need(",");
      items.push(item());
      comma = next(",");
    }
    return { items, comma: comma && items.length > 0 };
  }

  function value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw new SyntaxError("it is nested too deep");
    skip();
    const start = at;
    const made = (literal: Bare<Literal>) =>
      ({ ...literal, text: source.slice(start, at).trimEnd() }) as Literal;
    const inner = () => value(depth + 1);
    if (next("(")) {
      const { items, comma } = sequence(")", inner);
      return items.length === 1 && !comma ? (items[0] as Literal) : made({ kind: "tuple", items });
    }
    if (next("[")) return made({ kind: "list", items: sequence("]", inner).items });
    if (next("{")) {
      const pair = (): [Literal, Literal] => {
        const key = inner();
        need(":");
        return [key, inner()];
      };
      return made({ kind: "dict", entries: sequence("}", pair).items });
    }
    let piece = take(STRING);
    if (piece) {
      const pieces: string[] = [];
      for (; piece; skip(), piece = take(STRING)) pieces.push(piece[1] ?? piece[2] ?? "");
      return made({ kind: "string", value: pieces.join("") });
    }
    const integer = take(INTEGER);
    if (integer) {
      const size = Number((integer[2] as string).replaceAll("_", ""));
      return made({ kind: "integer", value: integer[1] === "-" ? -size : size });
    }
    const name = take(NAME)?.[0];
    if (name === "None") return made({ kind: "none" });
    if (name) return made({ kind: "boolean", value: name === "True" });
    throw new SyntaxError(`there is no literal at character ${at}`);
  }

  const literal = value(0);
  skip();
  if (at < source.length) throw new SyntaxError(`there is more after character ${at}`);
  return literal;
}
