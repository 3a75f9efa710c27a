/** Checks whether a cell can run a component, before a worker is started. */
import { Exception } from "#base";
import {
  encodeComponent,
  findExportedFunc,
  findMismatch,
  surveyComponent,
  toOffer,
  parseComponent,
} from "#component";
import type { Component, Offer, Survey } from "#component";
import { OFFER } from "#wasi";

/** The facts about a component that running it depends on. */
export interface Command {
  /** The name under which it exports `wasi:cli/run`, if it does. */
  readonly run: string | undefined;
  /** The name under which it exports `wasi:http/incoming-handler`, if it does. */
  readonly handler: string | undefined;
  readonly survey: Survey;
}

/** The versions that cells offer of each package; a name without a version belongs to no package. */
const VERSIONS: ReadonlyArray<readonly [packageName: string, version: RegExp]> = [
  ["wasi:", /^0\.2(?:\.\d+)?$/],
  ["wetware:streams/", /^0\.1(?:\.\d+)?$/],
  ["wetware:kernel-runtime/", /^1\.0\.\d+$/],
  ["wetware:tty/", /^0\.1(?:\.\d+)?$/],
];
const RUN = /^wasi:cli\/run@0\.2(?:\.\d+)?$/;
const HANDLER = /^wasi:http\/incoming-handler@0\.2(?:\.\d+)?$/;
/** The resources that `handle` takes ownership of. */
const HANDLED = ["wasi:http/types#incoming-request", "wasi:http/types#response-outparam"];
const BUILD_AGAINST = "build it against WASI 0.2 and wetware:streams@0.1.0 alone";
const BUILD_COMMAND = 'build it as a command, for the target wasm32-wasip2 or with "ww build"';
const BUILD_HANDLER = "build it against wasi:http@0.2";

let offered: Component | undefined;
let offer: Offer | undefined;

/** The contract: a component that imports everything that cells offer. */
function readOffer(): Component {
  offered ??= parseComponent(Uint8Array.from(atob(OFFER), (byte) => byte.charCodeAt(0)));
  return offered;
}

/** The interfaces that cells offer, parsed on first use. */
function listOffer(): Offer {
  offer ??= toOffer(surveyComponent(readOffer()));
  return offer;
}

/** Text of a component that imports and exports everything that cells offer, for a waiting worker to rehearse with. */
export function createRehearsal(): string {
  const { definitions } = readOffer();
  const imports = definitions.flatMap((definition) =>
    definition.op === "import" ? [definition.name] : [],
  );
  return encodeComponent({
    definitions: [
      ...definitions,
      ...imports.map(
        (name, index) =>
          ({ op: "export", name, sort: "instance", index, type: undefined }) as const,
      ),
    ],
  });
}

/**
 * Checks a component's imports by name and type, and that it exports `wasi:cli/run` or `wasi:http/incoming-handler`.
 *
 * @throws {Exception} `failed` when the component is invalid, imports something else, or exports neither; the message
 *   says which.
 */
export function checkComponent(component: Component): Command {
  const survey = surveyComponent(component);
  const names = [...survey.imports.keys()];
  const foreign = names.find((name) => !isKnownVersion(name));
  if (foreign !== undefined) refuseImport(foreign === "" ? firstOf(survey) : `"${foreign}"`);
  const mismatch = findMismatch(survey, listOffer());
  if (mismatch !== undefined) {
    const { name, interfaceName, wanted, given } = mismatch;
    const what = `"${name}" of "${interfaceName}"`;
    if (given === undefined) refuseImport(what);
    throw new Exception(
      "failed",
      `Component imports ${what} as "${wanted}", but cells offer it as "${given}": ${BUILD_AGAINST}`,
    );
  }
  const run = findRun(survey);
  const handler = findHandler(survey);
  if (run === undefined && handler === undefined) {
    throw new Exception("failed", `Component does not export "wasi:cli/run@0.2": ${BUILD_COMMAND}`);
  }
  return { run, handler, survey };
}

function findRun({ exports }: Survey): string | undefined {
  const found = findExportedFunc(exports, (name) => RUN.test(name), "run");
  if (found === undefined) return undefined;
  const { tuple, result } = found.type;
  const isCommand =
    tuple.of.length === 0 &&
    result?.kind === "result" &&
    result.of.every((payload) => payload === undefined);
  if (!isCommand) {
    throw new Exception(
      "failed",
      `Component exports "run" of "${found.interfaceName}", but not as "func() -> result": ${BUILD_COMMAND}`,
    );
  }
  return found.interfaceName;
}

function findHandler({ exports }: Survey): string | undefined {
  const found = findExportedFunc(exports, (name) => HANDLER.test(name), "handle");
  if (found === undefined) return undefined;
  const { tuple, result } = found.type;
  const isHandler =
    result === undefined &&
    tuple.of.length === HANDLED.length &&
    tuple.of.every((type, at) => type?.kind === "own" && type.resource?.name === HANDLED[at]);
  if (isHandler) return found.interfaceName;
  throw new Exception(
    "failed",
    `Component exports "handle" of "${found.interfaceName}", but not with the types that cells have: ${BUILD_HANDLER}`,
  );
}

function isKnownVersion(name: string): boolean {
  const [path = "", version = ""] = name.split("@");
  return VERSIONS.some(([start, range]) => path.startsWith(start) && range.test(version));
}

/** The first import that belongs to no interface. */
function firstOf({ imports }: Survey): string {
  const [name = ""] = imports.get("")?.keys() ?? [];
  return `"${name}"`;
}

function refuseImport(what: string): never {
  throw new Exception(
    "failed",
    `Component imports ${what}, which cells do not have: ${BUILD_AGAINST}`,
  );
}
