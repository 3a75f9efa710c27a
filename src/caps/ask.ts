/** The things that a process can ask its owner for: one vocabulary for calls, `etc/grants.json` and policy files. */
import { Exception } from "#base";
import type { Client, ClientType, InterfaceType } from "#capnp";
import { AnyClient } from "#capnp";
import { Clock, Folder, HttpClient, Randomness, Secret } from "#schema";
import type { Ask } from "#schema";
import type { JsonValue } from "./json-form.ts";

export type AskKind = Exclude<Ask["which"], number>;

const REASON_LENGTH = 200;
const HOST_LIMIT = 16;
const MEMORY_BYTES = 8 * 1024 ** 3;
const TIME_SECONDS = 24 * 60 * 60;
/** Characters that are invisible. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Characters that a terminal obeys, and those that change the direction of text: reasons are shown to the owner. */
const CONTROLS = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** @throws {Exception} `failed` when the ask makes no sense to its owner. */
export function checkAsk(ask: Ask): AskKind {
  if (typeof ask.which === "number") {
    throw new Exception("unimplemented", "Cannot ask: this kind of grant is unknown here");
  }
  const { reason } = ask;
  if (
    !/[\p{L}\p{N}]/u.test(reason.replaceAll(INVISIBLE, "")) ||
    reason.length > REASON_LENGTH ||
    CONTROLS.test(reason)
  ) {
    refuse(`a reason is one line of 1 to ${REASON_LENGTH} characters`);
  }
  if (ask.which === "http") checkHttp(ask.http);
  if (ask.which === "peer" && !/^[\w.-]{1,100}$/.test(ask.peer))
    refuse("it does not name a service");
  if (ask.which === "memory" && !(ask.memory > 0 && ask.memory <= MEMORY_BYTES)) {
    refuse(`memory is a number of bytes above 0, up to ${MEMORY_BYTES}`);
  }
  if (ask.which === "time" && !(ask.time > 0 && ask.time <= TIME_SECONDS)) {
    refuse(`time is a number of seconds above 0, up to ${TIME_SECONDS}`);
  }
  return ask.which;
}

/** Restricts hosts and methods to texts that can be shown to the owner as they are. */
function checkHttp({
  hosts,
  methods,
}: {
  readonly hosts: readonly string[];
  readonly methods: readonly string[];
}): void {
  if (hosts.length > HOST_LIMIT) refuse(`it names more than ${HOST_LIMIT} hosts`);
  if (hosts.some((host) => !/^(?:https?:\/\/)?[a-z0-9.:[\]-]{1,253}$/i.test(host))) {
    refuse("a host is a name or an address, optionally with a port");
  }
  if (methods.some((method) => method !== "GET" && method !== "POST")) {
    refuse("the methods are GET and POST");
  }
}

function refuse(why: string): never {
  throw new Exception("failed", `Cannot ask: ${why}`);
}

/** The interface of the granted capability; `undefined` where it is unknown, or where no capability is granted. */
export function interfaceOf(kind: AskKind): InterfaceType | undefined {
  return INTERFACES[kind];
}

const INTERFACES: Readonly<Partial<Record<AskKind, InterfaceType>>> = {
  folder: Folder,
  http: HttpClient,
  secret: Secret,
  clock: Clock,
  randomness: Randomness,
};

export function clientTypeOf(kind: AskKind): ClientType<Client> {
  return INTERFACES[kind] ?? AnyClient;
}

/** The methods that the ask allows; `undefined` for all. */
export function methodsOf(ask: Ask): readonly string[] | undefined {
  if (ask.which === "folder" && !ask.folder.writes) return ["list", "stat", "read"];
  if (ask.which === "http" && ask.http.methods.length > 0) {
    return ask.http.methods.map((method) => method.toLowerCase());
  }
  return undefined;
}

const KEYS: Readonly<Record<AskKind, readonly string[]>> = {
  folder: ["writes"],
  http: ["hosts", "methods"],
  secret: [],
  export: ["interface"],
  clock: [],
  randomness: [],
  memory: ["bytes"],
  time: ["seconds"],
  peer: ["service"],
};

/** Reads an ask from a file: `{ "ask": "folder", "reason": "…", "writes": true }`. */
export function readAsk(value: JsonValue): Ask {
  const kind = value.fields().get("ask");
  const which = kind?.text();
  if (which === undefined || !Object.hasOwn(KEYS, which)) {
    return (kind ?? value).fail(`needs an "ask", one of ${Object.keys(KEYS).join(", ")}`);
  }
  const fields = value.fields(["ask", "reason", ...KEYS[which as AskKind]]);
  const reason = fields.get("reason")?.text() ?? value.fail('needs a "reason"');
  const need = (name: string): JsonValue => fields.get(name) ?? value.fail(`needs "${name}"`);
  const texts = (name: string): readonly string[] =>
    fields
      .get(name)
      ?.list()
      .map((item) => item.text()) ?? [];
  const ask = ((): Ask => {
    switch (which as AskKind) {
      case "folder":
        return {
          reason,
          which: "folder",
          folder: { writes: fields.get("writes")?.boolean() ?? false },
        };
      case "http":
        return {
          reason,
          which: "http",
          http: { hosts: texts("hosts"), methods: texts("methods") },
        };
      case "export":
        return { reason, which: "export", export: readId(need("interface")) };
      case "memory":
        return { reason, which: "memory", memory: need("bytes").number() };
      case "time":
        return { reason, which: "time", time: need("seconds").number() };
      case "peer":
        return { reason, which: "peer", peer: need("service").text() };
      case "secret":
        return { reason, which: "secret", secret: undefined };
      case "clock":
        return { reason, which: "clock", clock: undefined };
      case "randomness":
        return { reason, which: "randomness", randomness: undefined };
      default:
        return which as never;
    }
  })();
  try {
    checkAsk(ask);
  } catch (error) {
    value.fail(`makes no sense: ${error instanceof Error ? error.message : String(error)}`);
  }
  return ask;
}

function readId(value: JsonValue): bigint {
  const text = value.text();
  if (!/^0x[0-9a-f]{1,16}$/i.test(text))
    value.fail("is not an interface id, such as 0xaf76aeff44d753df");
  return BigInt(text);
}
