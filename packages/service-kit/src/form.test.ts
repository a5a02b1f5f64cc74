import { getRequestListener } from "@hono/node-server";
import request from "supertest";
import { expect, test } from "vitest";
import { readForm } from "./form.ts";
import { createLogger } from "./logger.ts";
import { createService } from "./service.ts";

const app = createService({
  ...{ name: "test", title: "Test", description: "", version: "0", tags: {}, port: 1 },
  logger: createLogger("test", "silent"),
});
app.post("/form", async (c) => {
  const parts = await readForm(c);
  return c.json(
    parts.map(({ bytes, ...rest }) => ({ ...rest, text: Buffer.from(bytes).toString() })),
  );
});
app.post("/bytes", async (c) => c.body((await readForm(c))[0]?.bytes as Uint8Array<ArrayBuffer>));
const server = getRequestListener(app.fetch);
const send = (contentType: string, body: string | Buffer) =>
  request(server)
    .post("/form")
    .set("content-type", contentType)
    .send(typeof body === "string" ? Buffer.from(body) : body);

const FILE = 'content-disposition: form-data; name="images"; filename="a.png"';
const part = (boundary: string, header: string, content: string) =>
  `--${boundary}\r\n${header}\r\n\r\n${content}\r\n`;
const formOf = (boundary: string) => `${part(boundary, FILE, "x\r\n--y")}--${boundary}--\r\n`;
const FOUND = [{ name: "images", filename: "a.png", text: "x\r\n--y" }];

test.each([
  ["of one character", "boundary=b", "b"],
  ["of 26 characters", `boundary=${"a".repeat(26)}`, "a".repeat(26)],
  ["of 70 characters", `boundary=${"-".repeat(70)}`, "-".repeat(70)],
  ["in quotes", 'boundary="b"; charset=utf-8', "b"],
  ["of every character that is legal", 'boundary="\'()+_,-./:=? 0aZ"', "'()+_,-./:=? 0aZ"],
  ["of characters that need quotes and have none", "charset=utf-8;BOUNDARY=a/b=c", "a/b=c"],
])("a boundary %s", async (_, parameter, boundary) => {
  const type = `multipart/form-data; ${parameter}`;
  expect((await send(type, formOf(boundary)).expect(200)).body).toEqual(FOUND);
});

test.each<[string, string | Buffer]>([
  ["a preamble and an epilogue", `To whom it concerns:\r\n${formOf("b")}The end.\r\n`],
  ["no line end after its own end", formOf("b").slice(0, -2)],
  ["names in other letters", formOf("b").replace("content-disposition", "Content-DISPOSITION")],
])("a form with %s", async (_, body) => {
  expect((await send("multipart/form-data; boundary=b", body).expect(200)).body).toEqual(FOUND);
});

test("text, empty parts and names that are not ASCII stay as they are", async () => {
  const parts = [
    ['form-data; name="a"', "text"],
    ['form-data; name="b"; filename=""', ""],
    ['form-data; name="c"; filename="é.png"', "é"],
  ].map(([disposition, content]) =>
    part("b", `content-disposition: ${disposition}`, content ?? ""),
  );
  const { body } = await send("multipart/form-data; boundary=b", `${parts.join("")}--b--`);
  expect(body).toEqual([
    { name: "a", text: "text" },
    { name: "b", filename: "", text: "" },
    { name: "c", filename: "é.png", text: "é" },
  ]);
});

test("bytes stay as they are", async () => {
  const all = Buffer.from(Array.from({ length: 1024 }, (_, k) => k % 256));
  const [head, tail] = [`--b\r\n${FILE}\r\n\r\n`, "\r\n--b--"];
  const { body } = await request(server)
    .post("/bytes")
    .set("content-type", "multipart/form-data; boundary=b")
    .send(Buffer.concat([Buffer.from(head), all, Buffer.from(tail)]))
    .responseType("arraybuffer");
  expect(all.equals(body)).toBe(true);
});

const many = (count: number) => `${part("b", FILE, "").repeat(count)}--b--`;
const B = "multipart/form-data; boundary=b";
test.each<[string, string, string | Buffer, number, RegExp]>([
  ["no boundary", "multipart/form-data", formOf("b"), 400, /names no boundary/],
  ["an empty boundary", 'multipart/form-data; boundary=""', formOf(""), 400, /is no boundary/],
  ["a long boundary", `${B}${"b".repeat(70)}`, formOf("b".repeat(71)), 400, /is no boundary/],
  ["an illegal boundary", `${B}*`, formOf("b*"), 400, /is no boundary/],
  ["another boundary", B, formOf("c"), 400, /no whole multipart form of the boundary b:/],
  ["a body that is empty", B, "", 400, /no whole multipart form/],
  ["lines that end with LF alone", B, formOf("b").replaceAll("\r", ""), 400, /CRLF/],
  ["no end", B, part("b", FILE, "x"), 400, /--b--/],
  ["a part cut short", B, part("b", FILE, "x").slice(0, 90), 400, /--b--/],
  [
    "a part without a header",
    B,
    "--b\r\n\r\n\r\nx\r\n--b--",
    400,
    /part 0 of the form has no name/,
  ],
  ["a part without a name", B, formOf("b").replace('name="images";', ""), 400, /part 0 .* no name/],
  [
    "a long header",
    B,
    formOf("b").replace("a.png", "a".repeat(9000)),
    400,
    /header over 8192 bytes/,
  ],
  [
    "a header of other bytes",
    B,
    Buffer.from(formOf("b").replace("a.", "é."), "latin1"),
    400,
    /not UTF-8/,
  ],
  ["too many parts", B, many(1001), 413, /more than 1000 parts/],
])("a form with %s is refused", async (_, type, body, status, detail) => {
  const { body: problem } = await send(type, body).expect(status);
  expect(problem.detail).toMatch(detail);
});
