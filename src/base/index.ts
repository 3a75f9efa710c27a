/**
 * Base: what every room may rely on.
 *
 * Bytes, one kind of error, byte pipes with credit, the shape of a read-only file tree, what output may do to a terminal.
 * Knows nothing of cells, capabilities or the network, and contains only what two rooms already need.
 *
 *     const [near, far] = createDuplexPair(64 * 1024);
 *     await near.sink.write(encodeText("hello"));
 *     const bytes = await far.source.read(1024); // undefined once, at the end, and ever after
 *
 * @module
 */
export { concatBytes, decodeText, encodeText, equalBytes } from "./bytes.ts";
export type { ByteSink, ByteSource, Duplex, Waiting } from "./duplex.ts";
export { createCidSet } from "./cid-set.ts";
export { toDigestKey } from "./digest-key.ts";
export { parseCid } from "./parse-cid.ts";
export { readLinkedCids, splitLinks } from "./count-links.ts";
export { copyBytes, readAll, requireLimit } from "./duplex.ts";
export { after } from "./eventually.ts";
export type { Eventually } from "./eventually.ts";
export { Exception, toException, toMessage } from "./exception.ts";
export type { ExceptionKind, ExceptionOptions, Refusal } from "./exception.ts";
export { gatherReads } from "./gather.ts";
export { HttpChannel } from "./http-channel.ts";
export { HTTP_WINDOW_BYTES } from "./http-exchange.ts";
export type { HttpExchange } from "./http-exchange.ts";
export {
  HTTP_LIMITS,
  isHttpPath,
  isHttpToken,
  isOfConnection,
  readHttpHeaders,
  readHttpRequest,
  readHttpResponse,
  withoutConnection,
} from "./http-message.ts";
export type { HttpHeader, HttpLimits, HttpRequestHead, HttpResponseHead } from "./http-message.ts";
export { indexChildren } from "./index-children.ts";
export { holdLock, watchLock } from "./locks.ts";
export { createJsonLogger, createLineLogger, parseLogLevel, SILENT } from "./log.ts";
export type { Logger, LogLevel } from "./log.ts";
export { loadOnce } from "./load-once.ts";
export { createNotice } from "./notice.ts";
export type { Notice } from "./notice.ts";
export { createFlowDuplex } from "./flow-duplex.ts";
export { joinDuplexes } from "./join-duplexes.ts";
export { createDuplexPair, createInbox, createOutlet, createPipe, toDuplex } from "./pipe.ts";
export type { Pipe } from "./pipe.ts";
export {
  canCheckHash,
  HASH_NAMES,
  hashBytes,
  loadMatcher,
  matchesHash,
  requireCheckable,
  sha256,
} from "./hash.ts";
export type { Matcher } from "./hash.ts";
export { LIMIT_BLOCK_BYTES, readCar } from "./read-car.ts";
export type { CarBlock } from "./read-car.ts";
export { openCalls, read as readField, serveCalls } from "./port-calls.ts";
export type { PortAnswer, PortCalls, PortEnd } from "./port-calls.ts";
export { FAR_WINDOW_BYTES, LAST_MESSAGES, openPortDuplex } from "./port-duplex.ts";
export type { DuplexPort, PortDuplexOptions } from "./port-duplex.ts";
export { createPeerCounts } from "./peer-counts.ts";
export { createLineDiscipline } from "./line-discipline.ts";
export type { LineDiscipline } from "./line-discipline.ts";
export type { AskedOwner, OwnerAnswer, PassedRequest, PassedResponse } from "./passed-request.ts";
export type { TerminalSize } from "./terminal-size.ts";
export { openRemoteTree, serveTree } from "./remote-tree.ts";
export type { FileRefusal } from "./file-refusal.ts";
export { EMPTY_TREE } from "./tree.ts";
export type { FileSession, FileSessionOptions, SharedFiles } from "./shared-files.ts";
export { createSequence } from "./sequence.ts";
export type { Sequence } from "./sequence.ts";
export { createScreenFilter } from "./screen-filter.ts";
export type { ScreenFilter, ScreenSize } from "./screen-filter.ts";
export { allocateSharedDuplexes, openSharedDuplexes } from "./shared-duplex.ts";
export type { SharedDuplexes, SharedDuplexMemory } from "./shared-duplex.ts";
export type {
  CellMode,
  ExitStatus,
  Outcome,
  ProcessLimits,
  Program,
  RunLimits,
  View,
} from "./run.ts";
export type { Snapshot, SnapshotEntry } from "./snapshot.ts";
export type { NearSpill, Spill } from "./spill.ts";
export { sleep } from "./sleep.ts";
export { createStayAwake } from "./stay-awake.ts";
export type { EventualTree, FileTree, Mount, TreeEntry } from "./tree.ts";
export { openSocketPort, readSocketMessage, toSocketMessage } from "./socket-port.ts";
export type { SocketLike } from "./socket-port.ts";
export { toStreams } from "./terminals.ts";
export type { Terminals } from "./terminals.ts";
export { createTurns, takeTurn } from "./turns.ts";
export { untilAborted } from "./until-aborted.ts";
export { pumpReadable, toReadable } from "./web-streams.ts";
export { whenAborted } from "./when-aborted.ts";
