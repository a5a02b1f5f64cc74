import { negotiate } from "@hyperface/service-kit";
import type { Context } from "hono";

/** Text in an OpenAPI document. */
export const TEXT = { schema: { type: "string" } as const };

/**
 * Routes of what is answered in several media types: at one path by Accept, and at paths with an extension in one each.
 * @param extensions suffix of the path, what is added to the operation's id, media type
 */
export function representations<C extends Record<string, unknown>, R>(
  content: C,
  extensions: readonly [suffix: string, name: string, media: keyof C & string][],
  routeOf: (suffix: string, name: string, content: Partial<C>) => R,
): { route: R; mediaOf: (c: Context) => keyof C & string }[] {
  const all = Object.keys(content) as (keyof C & string)[];
  const named = extensions.map(([suffix, name, media]) => ({
    route: routeOf(suffix, name, { [media]: content[media] } as Partial<C>),
    mediaOf: () => media,
  }));
  return [{ route: routeOf("", "", content), mediaOf: (c) => negotiate(c, all) }, ...named];
}
