import { describe, expect, test } from "vitest";
import { decodeText, encodeText } from "#base";
import { BOUNDS } from "#agent";
import { readMultipart } from "./multipart.ts";

const FILE = 'Content-Disposition: form-data; name="file"; filename=';
const FORM = [
  `--BB\r\n${FILE}"a/b c.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--B\r\n-BB\r\nx`,
  `--BB  \r\n${FILE}"empty"\r\n\r\n`,
  `--BB\r\n${FILE}"grüße"\r\n\r\nlast`,
  "--BB--\r\n",
].join("\r\n");

/** What was read, one line for each file; what was wrong is the last. */
async function read(form: string, step = 1000, type = "boundary=BB"): Promise<string[]> {
  const bytes = encodeText(form);
  const pieces = async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  };
  const lines: string[] = [];
  try {
    for await (const event of readMultipart(pieces(), `multipart/form-data; ${type}`)) {
      if (event.type === "file") lines.push(`${event.name} ${event.filename}: `);
      else lines.push(`${lines.pop()}${decodeText(event.bytes)}`);
    }
  } catch (reason) {
    lines.push(String(reason));
  }
  return lines;
}

function named(name: string): Promise<string[]> {
  return read(`--BB\r\n${name}\r\n\r\nx\r\n--BB--`);
}

describe("readMultipart()", () => {
  test.each([1, 2, 3, 5, 7, 64, 1000])("reads files from pieces of %i bytes", async (step) => {
    expect(await read(FORM, step)).toEqual([
      "file a/b c.txt: hello\r\n--B\r\n-BB\r\nx",
      "file empty: ",
      "file grüße: last",
    ]);
  });

  test("passes over what stands before and behind the form, and reads quoted boundaries", async () => {
    const files = await read(`before\r\n${FORM}behind\r\n--BB\r\nmore`, 4, 'boundary="BB"');
    expect(files.length).toBe(3);
    expect((await read(FORM)).length).toBe(3);
  });

  test("reads names in every form", async () => {
    expect(await named(`${FILE}"a\\"b"`)).toEqual(['file a"b: x']);
    expect(await named(`${FILE}plain; filename*=UTF-8''gr%C3%BC`)).toEqual(["file grü: x"]);
    expect(await named("Content-Type: text/plain")).toEqual([" undefined: x"]);
    expect((await named(`${FILE}x; filename*=UTF-8''%E0%A4%A`)).at(-1)).toContain("name");
  });

  test.each([
    ["nothing", "", "it is truncated"],
    ["no form", "hello world", "it is truncated"],
    ["a form that is cut in a part", FORM.slice(0, 120), "it is truncated"],
    ["a form without an end", FORM.slice(0, -5), "it is truncated"],
    ["something behind a boundary", "--BBx\r\n\r\n\r\n--BB--", "a boundary is followed by"],
    ["padding without end", `--BB${" ".repeat(1000)}`, "a boundary is followed by"],
    ["headers without end", `--BB\r\n${"x".repeat(BOUNDS.partHeaderBytes + 9)}`, "headers"],
    ["too many parts", "--BB\r\n\r\n\r\n".repeat(BOUNDS.parts + 1), "parts"],
  ])("refuses %s", async (_, form, why) => {
    expect((await read(form)).at(-1)).toContain(`HttpError: error parsing the form: `);
    expect((await read(form)).at(-1)).toContain(why);
  });

  test("refuses a form that names no boundary, or a long one", async () => {
    for (const type of ["charset=utf-8", "boundary=", `boundary=${"x".repeat(71)}`]) {
      expect(await read(FORM, 1000, type)).toEqual([
        "HttpError: error parsing the form: its content type names no boundary",
      ]);
    }
  });
});
