const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.15rem .8rem;text-align:right;border-bottom:1px solid #ddd}
td:first-child,th:first-child{text-align:left}.sheet{line-height:0}.sheet span{display:inline-block;width:5rem;line-height:88px;vertical-align:top;color:#444}.sheet img{width:88px;height:88px;margin:1px}
figure{display:inline-block;margin:0 .6rem .6rem 0;line-height:0}figure img{width:96px;height:96px;margin:1px}
figcaption{font-size:13px;line-height:1.5;text-align:center}.above{color:#c0392b;font-weight:600}
svg{display:block;margin:1rem 0}svg text{font:12px system-ui,sans-serif;fill:#444}`;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
export const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] as string);

export const number = (value: number | null) => (value === null ? "" : value.toFixed(4));
export const percent = (value: number) => `${(100 * value).toFixed(2)} %`;

export const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  `<table><tr>${head.map((cell) => `<th>${escaped(cell)}</th>`).join("")}</tr>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("\n")}</table>`;

/** A picture as part of a page. @param mediaType of its file */
export const pictureOf = (bytes: Uint8Array, mediaType: string) =>
  `<img alt="" src="data:${mediaType};base64,${Buffer.from(bytes).toString("base64")}">`;

/** The beginning of a page that needs nothing beside it. */
export const pageHead = (title: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(title)}</title>
<style>${STYLE}</style>`;
