/**
 * Takes ambient authority away from a worker before guest code is loaded into it.
 *
 * A component cannot name these, but generated glue runs beside them. Not complete: `import()` and what the page's
 * content security policy allows remain.
 */

const NAMES: readonly string[] = [
  "BroadcastChannel",
  "CacheStorage",
  "EventSource",
  "FileReaderSync",
  "FontFace",
  "IDBFactory",
  "Notification",
  "Request",
  "SharedWorker",
  "StorageManager",
  "WebSocket",
  "WebSocketStream",
  "WebTransport",
  "Worker",
  "XMLHttpRequest",
  "caches",
  "cookieStore",
  "fetch",
  "fonts",
  "importScripts",
  "indexedDB",
  "location",
  "navigator",
  "webkitRequestFileSystem",
  "webkitRequestFileSystemSync",
  "webkitResolveLocalFileSystemURL",
  "webkitResolveLocalFileSystemSyncURL",
];

/** Removes the names from the scope and from every prototype of it. */
export function sealScope(scope: object): void {
  for (const name of NAMES) {
    for (let at: object | null = scope; at !== null; at = Reflect.getPrototypeOf(at)) {
      if (!Object.hasOwn(at, name) || Reflect.deleteProperty(at, name)) continue;
      Reflect.defineProperty(at, name, { value: undefined, writable: false });
    }
  }
}
