/** `curl`: sends requests to ports of the sandbox, and to servers by the `HttpClient` that the shell was granted. */
import { concatBytes } from "#base";
import type { Builtin, Shell } from "../shell.ts";
import { Failure } from "../flow.ts";
import { nameOf } from "../paths.ts";
import { openFile } from "../redirect.ts";
import type { HttpAnswer } from "../system.ts";
import { toBytes, toLatin } from "../text.ts";

/** curl's own exit codes. */
const BAD_USAGE = 2;
const NOT_CONNECTED = 7;
const HTTP_ERROR = 22;
const WRITE_ERROR = 23;
const TIMED_OUT = 28;

interface Options {
  method: string | undefined;
  readonly headers: { name: string; value: string }[];
  readonly data: Uint8Array[];
  output: string | undefined;
  names: boolean;
  fails: boolean;
  shows: "body" | "both" | "head";
  format: string;
  silent: boolean;
  /** For each URL; 0 for no limit. */
  limitMs: number;
  readonly urls: string[];
}

/** Options with a value that have no effect here. */
const VALUES = new Set(["--connect-timeout", "--retry", "--retry-delay", "--max-redirs"]);

export const curl: Builtin = async (shell, args) => {
  let options: Options;
  try {
    options = await parse(shell, args);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await shell.warn(`curl: ${error.message}\n`);
    return BAD_USAGE;
  }
  if (options.urls.length === 0) {
    await shell.warn("curl: (2) no URL specified\n");
    return BAD_USAGE;
  }
  let status = 0;
  for (const url of options.urls) status = (await request(shell, options, url)) || status;
  return status;
};

async function parse(shell: Shell, args: readonly string[]): Promise<Options> {
  const options: Options = {
    method: undefined,
    headers: [],
    data: [],
    output: undefined,
    names: false,
    fails: false,
    shows: "body",
    format: "",
    silent: false,
    limitMs: 0,
    urls: [],
  };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (!/^-./.test(arg)) {
      options.urls.push(arg);
      continue;
    }
    // Short ones stand together, the last with its value.
    const parts = arg.startsWith("--") ? [arg] : Array.from(arg.slice(1), (letter) => `-${letter}`);
    for (const [index, name] of parts.entries()) {
      const rest = arg.startsWith("--") ? "" : arg.slice(2 + index);
      const take = (): string => (rest === "" ? (args[++at] ?? "") : rest);
      if (await takeOption(shell, options, name, take)) break;
    }
  }
  return options;
}

/** @returns whether the option took its value */
async function takeOption(
  shell: Shell,
  options: Options,
  name: string,
  take: () => string,
): Promise<boolean> {
  switch (name) {
    case "-X":
    case "--request":
      options.method = take().toUpperCase();
      return true;
    case "-H":
    case "--header": {
      const match = /^([^:]+):\s*(.*)$/s.exec(take());
      if (match !== null) options.headers.push({ name: match[1] ?? "", value: match[2] ?? "" });
      return true;
    }
    case "-A":
    case "--user-agent":
      options.headers.push({ name: "user-agent", value: take() });
      return true;
    case "-u":
    case "--user":
      options.headers.push({
        name: "authorization",
        value: `Basic ${btoa(toLatin(toBytes(take())))}`,
      });
      return true;
    case "-d":
    case "--data":
    case "--data-ascii":
    case "--data-binary":
      options.data.push(await readData(shell, take()));
      return true;
    case "--data-raw":
      options.data.push(toBytes(take()));
      return true;
    case "--json":
      options.data.push(await readData(shell, take()));
      options.headers.push({ name: "content-type", value: "application/json" });
      return true;
    case "-m":
    case "--max-time":
      options.limitMs = readSeconds(name, take()) * 1000;
      return true;
    case "-o":
    case "--output":
      options.output = take();
      return true;
    case "-w":
    case "--write-out":
      options.format = take();
      return true;
    case "-O":
    case "--remote-name":
      options.names = true;
      return false;
    case "-f":
    case "--fail":
      options.fails = true;
      return false;
    case "-i":
    case "--include":
      options.shows = "both";
      return false;
    case "-I":
    case "--head":
      options.shows = "head";
      return false;
    case "-s":
    case "--silent":
      options.silent = true;
      return false;
    case "-S":
    case "--show-error":
      options.silent = false;
      return false;
    case "-L":
    case "--location":
    case "-k":
    case "--insecure":
    case "-g":
    case "-v":
    case "--compressed":
      return false;
    default:
      if (!VALUES.has(name)) throw new Failure(`option ${name}: is unknown`);
      take();
      return true;
  }
}

function readSeconds(name: string, text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 0 && seconds < Infinity) return seconds;
  throw new Failure(`option ${name}: "${text}" is not a number of seconds`);
}

async function readData(shell: Shell, text: string): Promise<Uint8Array> {
  if (!text.startsWith("@")) return toBytes(text);
  const name = text.slice(1);
  const file = name === "-" ? shell.file(0).share() : openFile(shell, name, "<");
  try {
    return await file.readAll({ signal: shell.signal });
  } finally {
    file.close();
  }
}

async function request(shell: Shell, options: Options, text: string): Promise<number> {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  const { data, headers, limitMs } = options;
  const method = options.method ?? (data.length > 0 ? "POST" : "GET");
  const body = data.flatMap((part, at) => (at === 0 ? [part] : [toBytes("&"), part]));
  const hasType = headers.some(({ name }) => name.toLowerCase() === "content-type");
  const form = { name: "content-type", value: "application/x-www-form-urlencoded" };
  const sent = {
    method,
    url,
    headers: data.length > 0 && !hasType ? [...headers, form] : headers,
    body: concatBytes(body),
  };
  let answer: HttpAnswer;
  const timer = new AbortController();
  const late = new AbortController();
  if (limitMs > 0) {
    void shell.system.sleep(limitMs, { signal: timer.signal }).then(
      () => late.abort(),
      () => undefined, // it was answered in time
    );
  }
  try {
    const signal = AbortSignal.any([shell.signal, late.signal]);
    answer = await shell.system.request(sent, { signal });
  } catch (error) {
    shell.checkSignal();
    if (late.signal.aborted) {
      const said = `Operation timed out after ${limitMs} milliseconds`;
      if (!options.silent) await shell.warn(`curl: (${TIMED_OUT}) ${said}\n`);
      return TIMED_OUT;
    }
    const said = error instanceof Error ? error.message : String(error);
    if (!options.silent) await shell.warn(`curl: (${NOT_CONNECTED}) ${said}\n`);
    return NOT_CONNECTED;
  } finally {
    timer.abort();
  }
  if (options.fails && answer.status >= 400) {
    const said = `The requested URL returned error: ${answer.status}`;
    if (!options.silent) await shell.warn(`curl: (${HTTP_ERROR}) ${said}\n`);
    return HTTP_ERROR;
  }
  return await show(shell, options, url, answer);
}

async function show(
  shell: Shell,
  { output, names, shows, format }: Options,
  url: string,
  answer: HttpAnswer,
): Promise<number> {
  const target = output ?? (names ? nameOf(url.replace(/[?#].*$/, "")) : "-");
  try {
    const file = target === "-" ? shell.file(1).share() : openFile(shell, target, ">");
    try {
      if (shows !== "body") {
        const lines = answer.headers.map(({ name, value }) => `${name}: ${value}\r\n`);
        await file.write(toBytes(`HTTP/1.1 ${answer.status}\r\n${lines.join("")}\r\n`));
      }
      if (shows !== "head") await file.write(answer.body, { signal: shell.signal });
    } finally {
      file.close();
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await shell.warn(`curl: (${WRITE_ERROR}) ${error.message}\n`);
    return WRITE_ERROR;
  }
  const told = format
    .replaceAll("%{http_code}", `${answer.status}`)
    .replaceAll("%{size_download}", `${answer.body.length}`)
    .replaceAll("\\n", "\n");
  await shell.print(told);
  return 0;
}
