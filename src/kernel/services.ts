/**
 * Services of an image: nested images below `svc/`, which start after the first process of the image around them and are
 * stopped with it, at every depth.
 */
import { Exception, sleep, toMessage, whenAborted } from "#base";
import type { ByteSource, Logger } from "#base";
import { AnyClient, createPromisedClient, dup } from "#capnp";
import type { Client } from "#capnp";
import type { Entry, NamedClient, RunningProcess, Spawner } from "#caps";
import type { Service, ServicesServer } from "#schema";
import type { Home } from "./find-program.ts";
import { readGrantsFile } from "./grants-file.ts";
import type { RestartPolicy, ServiceWish } from "./grants-file.ts";
import { openSubtree } from "./subtree.ts";

export interface ServicePowers {
  readonly createSpawner: (home: Home) => Spawner;
  /** Creates the account entry that services are granted through; called only if an image has services. */
  readonly from: () => Entry;
  readonly logger: Logger;
  /** Ends all services. */
  readonly signal: AbortSignal;
  /** Delay before the first restart; it doubles with each restart, up to a minute. */
  readonly restartMs?: number;
}

/** Services that one run can have, including nested ones, and how deep they can be nested. */
const SERVICE_LIMIT = 32;
const DEPTH_LIMIT = 4;
const RESTART_MS = 1000;
const LONGEST_MS = 60_000;
const PIECE_BYTES = 64 * 1024;
const PROGRAM = "bin/main.wasm";

export interface Services {
  readonly server: ServicesServer;
  /** Starts the services, and resolves when all have ended, at the latest once the signal fires. Never rejects. */
  start(): Promise<void>;
}

/** The files and grants that the services of one image get. */
interface ServiceGrants {
  readonly home: Home;
  readonly wishes: ReadonlyMap<string, ServiceWish>;
  /** Lent. */
  readonly grants: readonly NamedClient[];
}

export function createServices(powers: ServicePowers, image: ServiceGrants): Services {
  const count = { left: SERVICE_LIMIT };
  const services = openServices(powers, image, 1, count);
  return {
    server: {
      list: () => ({ services: services.map(({ entry }) => entry) }),
      find(name) {
        const service = services.find(({ entry }) => entry.name === name);
        if (service === undefined)
          throw new Exception("failed", `This image has no service "${name}"`);
        return { cap: createPromisedClient(AnyClient, service.bootstrap()) };
      },
    },
    start: async () => void (await Promise.all(services.map((service) => service.run()))),
  };
}

function openServices(
  powers: ServicePowers,
  { home, wishes, grants }: ServiceGrants,
  depth: number,
  count: { left: number },
): readonly RunningService[] {
  let from: Entry | undefined;
  const names = [...home.tree.entries.keys()].flatMap(
    (path) => /^svc\/([\w.-]{1,64})\/bin\/main\.wasm$/.exec(path)?.[1] ?? [],
  );
  return names.toSorted().map((name) => {
    if (depth > DEPTH_LIMIT || --count.left < 0) {
      const limits = `${SERVICE_LIMIT} services, nested ${DEPTH_LIMIT} deep`;
      throw new Exception(
        "overloaded",
        `Cannot start service "${name}": an image can have ${limits}`,
      );
    }
    const wish = wishes.get(name);
    return new RunningService(powers, {
      name,
      depth,
      count,
      restart: wish?.restart ?? "never",
      home: {
        tree: openSubtree(home.tree, `svc/${name}`),
        layers: [...home.layers.slice(0, -1), `${home.layers.at(-1) ?? ""}/svc/${name}`],
      },
      from: (from ??= powers.from()),
      grants: grants.filter((grant) => wish?.grants.includes(grant.name)),
    });
  });
}

interface ServiceOptions {
  readonly name: string;
  readonly depth: number;
  readonly count: { left: number };
  readonly restart: RestartPolicy;
  readonly home: Home;
  readonly from: Entry;
  /** Lent. */
  readonly grants: readonly NamedClient[];
}

class RunningService {
  readonly #powers: ServicePowers;
  readonly #options: ServiceOptions;
  #state: Exclude<Service["state"], number> = "starting";
  #starts = 0;
  #current = Promise.withResolvers<RunningProcess>();

  constructor(powers: ServicePowers, options: ServiceOptions) {
    this.#powers = powers;
    this.#options = options;
    this.#current.promise.catch(() => undefined);
  }

  get entry(): Service {
    return { name: this.#options.name, state: this.#state, starts: this.#starts };
  }

  /** The bootstrap capability of its process; waits for the next start if none is running. */
  async bootstrap(): Promise<Client> {
    return (await this.#current.promise).bootstrap();
  }

  /** Starts the service, and restarts it by its policy, until it has ended. Never rejects. */
  async run(): Promise<void> {
    const { signal, logger, restartMs = RESTART_MS } = this.#powers;
    const { name, restart, home, depth, count } = this.#options;
    let pauseMs = restartMs;
    const ended = new AbortController();
    try {
      const { services: wishes } = await readGrantsFile(home.tree, signal);
      const image = { home, wishes, grants: this.#options.grants };
      const powers = { ...this.#powers, signal: AbortSignal.any([signal, ended.signal]) };
      const nested = openServices(powers, image, depth + 1, count);
      for (let isFirst = true; !signal.aborted; isFirst = false) {
        const exitCode = await this.#runOnce(isFirst ? nested : []);
        logger.log("info", "kernel", "service has ended", { name, exitCode });
        const isWanted = restart === "always" || (restart === "on-failure" && exitCode !== 0);
        if (!isWanted || signal.aborted) break;
        this.#current = Promise.withResolvers();
        this.#current.promise.catch(() => undefined);
        this.#state = "waiting";
        await sleep(pauseMs, signal);
        pauseMs = Math.min(LONGEST_MS, pauseMs * 2);
      }
    } catch (error) {
      if (!signal.aborted)
        logger.log("warn", "kernel", "service cannot run", { name, reason: toMessage(error) });
      this.#current.reject(
        new Exception("failed", `Service "${name}" cannot run: ${toMessage(error)}`),
      );
    }
    ended.abort();
    this.#state = "ended";
    this.#current.reject(new Exception("disconnected", `Service "${name}" has ended`));
  }

  async #runOnce(nested: readonly RunningService[]): Promise<number> {
    const { createSpawner, signal } = this.#powers;
    const { name, home, from, grants } = this.#options;
    this.#state = "starting";
    this.#starts++;
    const copies = grants.map((grant) => ({ ...grant, client: dup(grant.client) }));
    const process = await createSpawner(home).spawn(
      {
        program: { type: "path", path: PROGRAM },
        args: [],
        env: [],
        label: `svc/${name}`,
        grants: copies,
        from,
      },
      { signal },
    );
    this.#state = "running";
    this.#current.resolve(process);
    for (const service of nested) void service.run(); // never rejects
    process.stdin.close();
    for (const output of [process.stdout, process.stderr]) void discard(output); // never rejects
    const forget = whenAborted(signal, () => process.kill());
    try {
      return await process.exitCode;
    } finally {
      forget();
    }
  }
}

/** Discards output, since a service has no terminal and would stall on a full pipe. Never rejects. */
async function discard(output: ByteSource): Promise<void> {
  try {
    while ((await output.read(PIECE_BYTES)) !== undefined);
  } catch {
    // The service was killed.
  }
}
