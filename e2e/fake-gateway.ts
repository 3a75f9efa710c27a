/** A gateway that can be told to misbehave; else it answers as the honest one behind it. */
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";

/**
 * `honest`: as the one behind it. `silent`: accepts and never answers. `corrupt`: the last byte of every answer is wrong.
 * `halting`: sends half an answer, and the rest once it is honest again. `busy`: asks to come back in two seconds.
 */
type Behaviour = "honest" | "silent" | "corrupt" | "halting" | "busy";

export interface FakeGateway extends AsyncDisposable {
  readonly url: string;
  behave(behaviour: Behaviour): void;
  /** Closes the port, and every connection. */
  goDown(): Promise<void>;
  /** Opens the same port again. */
  comeUp(): Promise<void>;
}

/** @param behind the address of an honest gateway, with a slash at the end */
export async function startFakeGateway(behind: string): Promise<FakeGateway> {
  let behaviour: Behaviour = "honest";
  let waiting: (() => void)[] = [];
  let port = 0;

  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    if (behaviour === "silent") return;
    if (behaviour === "busy") {
      response.writeHead(429, {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "retry-after",
        "cross-origin-resource-policy": "cross-origin",
        "retry-after": "2",
      });
      response.end();
      return;
    }
    const found = await fetch(new URL(path, behind));
    const body = new Uint8Array(await found.arrayBuffer());
    if (behaviour === "corrupt" && found.ok) body[body.length - 1] = 1 ^ (body.at(-1) ?? 0);
    const headers = new Headers(found.headers);
    for (const name of ["connection", "keep-alive", "transfer-encoding"]) headers.delete(name);
    response.setHeaders(headers);
    response.writeHead(found.status);
    if (behaviour === "halting") {
      response.write(body.subarray(0, body.length / 2));
      await new Promise<void>((resolve) => waiting.push(resolve));
      response.end(body.subarray(body.length / 2));
    } else {
      response.end(body);
    }
  };
  const server = createServer(
    (request, response) =>
      void answer(request.url ?? "/", response).catch(() => response.destroy()),
  );
  const comeUp = async (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
    await promise;
    const address = server.address();
    if (typeof address === "object" && address !== null) ({ port } = address);
  };
  const goDown = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  await comeUp();
  return {
    url: `http://127.0.0.1:${port}/`,
    behave(next) {
      behaviour = next;
      if (next === "halting") return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    goDown,
    comeUp,
    [Symbol.asyncDispose]: goDown,
  };
}
