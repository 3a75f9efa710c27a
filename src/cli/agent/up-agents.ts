/** The port of agents beside the local node: for sandboxes of its tabs, and for those that the control plane makes. */
import { onBroken } from "#capnp";
import type { Sandbox } from "#schema";
import { USERLAND_FOLDER } from "../dist-folder.ts";
import type { UpConfig } from "../mesh/config-file.ts";
import type { TakenSandbox, TakeSandbox } from "../previews.ts";
import { openApiKey } from "./api-key.ts";
import type { PageSandboxes } from "./page-sandboxes.ts";
import type { Registry } from "./registry.ts";
import type { Sandboxes } from "./sandboxes.ts";
import { startAgentServer } from "./start-agent-server.ts";

export interface UpAgents extends AsyncDisposable {
  readonly port: number;
  readonly takeSandbox: TakeSandbox;
  /** Adds a gateway for templates; must be called before the first sandbox is created. */
  addGateway(url: string): void;
}

/** @throws {Exception} `failed` when the port is taken, or the key's file holds none. */
export async function startAgents(given: UpConfig): Promise<UpAgents> {
  await using stack = new AsyncDisposableStack();
  const gateways = [...(given.gateway ?? [])];
  const sandboxes = stack.use(createLateSandboxes(gateways));
  const key = given["api-key"];
  const server = stack.use(
    await startAgentServer({
      sandboxes,
      ...(given["agent-port"] !== undefined && { port: given["agent-port"] }),
      openKey: key === undefined ? undefined : async () => (await openApiKey(key)).key,
    }),
  );
  const owned = stack.move();
  const { port, registry } = server;
  return {
    port,
    addGateway: (url) => void gateways.push(url),
    takeSandbox: (name, sandbox) => takeSandbox(registry, name, sandbox),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Answers for a tab's sandbox. Takes over the client. @throws {Exception} when the sandbox fails */
async function takeSandbox(
  registry: Registry,
  name: string,
  sandbox: Sandbox,
): Promise<TakenSandbox> {
  const gone = new Promise((resolve) => onBroken(sandbox, resolve));
  const { id } = await registry.add(name, {
    sandbox,
    gone,
    end: async () => sandbox[Symbol.dispose](),
  });
  return { name: id, [Symbol.dispose]: () => void registry.end(id) };
}

/** The first sandbox starts a browser for all of them. */
function createLateSandboxes(gateways: readonly string[]): Sandboxes & AsyncDisposable {
  let opening: Promise<PageSandboxes> | undefined;
  const open = async (): Promise<PageSandboxes> => {
    const { openPageSandboxes } = await import("./page-sandboxes.ts");
    return openPageSandboxes({ userland: USERLAND_FOLDER, gateways });
  };
  const get = async (): Promise<PageSandboxes> => {
    opening ??= open();
    const forget = (): void => void (opening = undefined);
    // The next sandbox starts another browser.
    opening.then(({ gone }) => gone.then(forget), forget);
    return opening;
  };
  return {
    create: async (order, options) => (await get()).create(order, options),
    keep: async (path, car, options) => (await get()).keep(path, car, options),
    readKept: async (path, options) => (await get()).readKept(path, options),
    async [Symbol.asyncDispose]() {
      await (await opening?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}
