/**
 * A two-party connection: level 1 of Cap'n Proto RPC.
 *
 * Four tables hold the state of both sides. *Questions* are calls that this side made, *answers* calls that the peer
 * made; each lives until both its Return and its Finish have passed. *Exports* are capabilities that this side hosts,
 * *imports* those that the peer hosts; each has a reference count, and lives until the importing side has released
 * all of it. One side's question is the other's answer, so the asking or exporting side chooses the id.
 *
 * Invariants:
 * - An id is not reused while the peer may still name it. A question's id is free once its Return was received and
 *   its Finish sent.
 * - Calls to one target keep their order. Each message is handled to the end before the next, and nothing here
 *   awaits.
 * - A Finish never precedes a Disembargo that refers to the same answer.
 * - No message is sent from a half-changed table: change the tables first, then send, then call out.
 *
 * When a promise resolves to something that the peer does not host, pipelined calls are still on their way through
 * the peer. New calls wait (`embargoes.ts`) until a Disembargo has travelled the same path and come back.
 *
 * A violation of the protocol by the peer ends the connection with an Abort that says why. Messages of higher levels
 * are answered with Unimplemented. Afterwards all tables are empty: questions have failed with `disconnected`,
 * exports are released, calls of the peer are cancelled.
 *
 * @see https://capnproto.org/rpc.html
 */
import { Exception, toException } from "#base";
import {
  capabilityOf,
  createBroken,
  createFulfilledAnswer,
  Loan,
  MessageBuilder,
  MessageReader,
  MessageSpace,
  toClient,
  writeParams,
} from "#capnp/wire";
import type { Client, InterfaceType } from "#capnp";
import type { Answer, CallRequest, Capability } from "#capnp/wire";
import { Answers } from "./answers.ts";
import type { Answering } from "./answers.ts";
import { Backlog } from "./backlog.ts";
import { buildAbort, buildBootstrap, buildCall, buildUnimplemented } from "./build-message.ts";
import { Embargoes } from "./embargoes.ts";
import { Exports } from "./exports.ts";
import { DeferredReleases } from "./deferred-releases.ts";
import { createDisconnectedAnswer, Imports } from "./imports.ts";
import { Incoming, toImports } from "./incoming.ts";
import { Inbox } from "./inbox.ts";
import { LIMITS, unread } from "./limits.ts";
import type { AllLimits, ConnectionLimits } from "./limits.ts";
import type { Link } from "./link.ts";
import { CALL_BYTES, CAPABILITY_BYTES, Load } from "./load.ts";
import type { Budget } from "./load.ts";
import { Outbox } from "./outbox.ts";
import { writeCapabilityTable } from "./payload.ts";
import { Questions } from "./questions.ts";
import { createScheduler } from "./scheduler.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Question } from "./questions.ts";
import type { Transport } from "./transport.ts";
import * as wire from "./wire.ts";

export interface ConnectionOptions {
  /** The capability that the peer bootstraps; borrowed. Without it, the peer's bootstrap fails. */
  readonly bootstrap?: Client;
  /**
   * Whether the memory of large received messages is reused. Received `Data` is then valid until the call returns
   * (parameters) or the results are disposed; copy it to keep it longer.
   *
   * By default it is valid for as long as it is referenced.
   */
  readonly lendsData?: boolean;
  readonly limits?: ConnectionLimits;
  /** Shared limit on held bytes, for all connections with the same budget. */
  readonly budget?: Budget;
  /** Shares the thread's time among all connections with the same scheduler. */
  readonly scheduler?: Scheduler;
  /** Called from time to time with the ms that the peer's messages have used since the last call. */
  readonly onUsed?: (ms: number) => void;
}

/** Number of entries of each table. */
export interface TableSizes {
  readonly questions: number;
  readonly answers: number;
  readonly exports: number;
  readonly imports: number;
}

/** One side of a connection; its owner disposes it. */
export interface Connection extends Disposable {
  /** A client of the peer's bootstrap capability, callable at once. The caller disposes it. */
  bootstrap<T extends Client>(type: InterfaceType<T>): T;
  /** Resolves when the connection ends; with a reason, unless the peer closed it normally or this side disposed it. */
  readonly closed: Promise<Exception | undefined>;
  /** Why the connection has ended; `undefined` while it is open. */
  readonly failure: Exception | undefined;
  readonly tableSizes: TableSizes;
}

/** Opens a connection over a transport, and takes ownership of it. */
export function connect(transport: Transport, options: ConnectionOptions = {}): Connection {
  return new VatConnection(transport, options);
}

class VatConnection implements Connection, Link {
  readonly closed: Promise<Exception | undefined>;
  readonly space: MessageSpace;
  readonly deferred: DeferredReleases = new DeferredReleases(this);
  readonly #transport: Transport;
  readonly #load: Load;
  readonly #inbox: Inbox;
  readonly #backlog: Backlog;
  readonly #outbox: Outbox;
  readonly #limits: AllLimits;
  readonly #lendsData: boolean;
  readonly #bootstrap: Capability;
  readonly #questions: Questions;
  readonly #imports: Imports;
  readonly #exports: Exports;
  readonly #answers: Answers;
  readonly #incoming: Incoming;
  readonly #embargoes: Embargoes;
  readonly #onClosed: (reason: Exception | undefined) => void;
  #failure: Exception | undefined;

  constructor(transport: Transport, options: ConnectionOptions) {
    const { promise, resolve } = Promise.withResolvers<Exception | undefined>();
    this.closed = promise;
    this.#onClosed = resolve;
    this.#transport = transport;
    this.space = transport.space ?? new MessageSpace();
    const { budget } = options;
    const limits = { ...LIMITS, ...options.limits };
    this.#limits = limits;
    this.#load = new Load(limits.heldBytes, budget);
    this.#outbox = new Outbox(transport, this.#load, () => this.deferred.flush());
    this.#inbox = new Inbox(
      (frame, isAlone) => this.#receive(frame, isAlone),
      options.scheduler ?? createScheduler(),
      options.onUsed,
    );
    this.#backlog = new Backlog({
      load: this.#load,
      budget,
      limitBytes: limits.waitingBytes,
      stallMs: limits.stallMs,
      onFull: (isFull) => this.#inbox.hold(isFull),
      onStuck: (reason) => this.abort(reason),
    });
    this.#lendsData = options.lendsData === true;
    this.#bootstrap =
      options.bootstrap === undefined
        ? createBroken(new Exception("failed", "This vat has no bootstrap capability"))
        : capabilityOf(options.bootstrap).retain();
    this.#questions = new Questions(this, (...resolved) => this.#embargoes.shorten(...resolved));
    this.#embargoes = new Embargoes(this, limits.openCalls);
    this.#imports = new Imports(this, limits.imports);
    this.#exports = new Exports(this, limits.exports);
    this.#answers = new Answers(this, this.#exports, this.#load, limits);
    this.#incoming = new Incoming(this, this.#imports, this.#exports, this.#answers);
    transport.start({
      onFrame: (frame, isAlone) => this.#inbox.receive(frame, isAlone === true),
      onClosed: (reason) => this.#inbox.close(() => this.#close(reason)),
    });
  }

  get failure(): Exception | undefined {
    return this.#failure;
  }

  get tableSizes(): TableSizes {
    return {
      questions: this.#questions.size,
      answers: this.#answers.size,
      exports: this.#exports.size,
      imports: this.#imports.size,
    };
  }

  bootstrap<T extends Client>(type: InterfaceType<T>): T {
    if (this.#failure !== undefined) return toClient(createBroken(this.#failure), type);
    const question = this.#questions.add();
    const capability = question.answer.pipeline([]);
    this.send(buildBootstrap(this.space, question.id));
    question.answer.release();
    return toClient(capability, type);
  }

  send(message: MessageBuilder, isAnswer = false): number {
    if (this.#failure !== undefined) return 0;
    const frame = message.toFrame();
    const { length } = frame;
    this.#outbox.push(frame, isAnswer);
    if (this.#load.heldBytes > this.#limits.openCallBytes) {
      // Deferred, since the sender may be changing its tables.
      queueMicrotask(() => this.abort(unread(this.#load.heldBytes)));
    }
    return length;
  }

  call(target: wire.Target, request: CallRequest): Answer {
    if (this.#failure !== undefined) return createDisconnectedAnswer(request, this.#failure);
    const { signal, params } = request;
    const question = this.#questions.add(signal);
    const payload = buildCall(this.space, question.id, target, request);
    const { message } = payload;
    try {
      if (signal?.aborted === true) {
        if ("release" in params) params.release();
        throw signal.reason;
      }
      writeParams(params, payload.content);
      question.paramExports = writeCapabilityTable(payload, this.#exports);
    } catch (error) {
      question.answer.fail(error);
      this.#questions.close(question, false);
      message.release();
      return question.answer;
    }
    question.answer.sentBytes = this.send(message);
    message.release();
    return question.answer;
  }

  [Symbol.dispose](): void {
    this.#end(new Exception("disconnected", "Connection was closed by this side"));
  }

  /** The transport has ended. An error other than `disconnected` is sent to the peer as an Abort. */
  #close(reason: Exception | undefined): void {
    if (reason === undefined) this.#end(new Exception("disconnected", PEER_GONE));
    else if (reason.kind === "disconnected") this.#end(reason, reason);
    else this.abort(reason);
  }

  #end(failure: Exception, reason?: Exception): void {
    if (this.#failure !== undefined) return;
    // Flushes earlier messages, in particular an Abort.
    this.#outbox.flush();
    this.#failure = failure;
    this.#transport[Symbol.dispose]();
    this.deferred.clear();
    this.#inbox.clear();
    this.#outbox.clear();
    this.#questions.clear(failure);
    this.#answers.clear();
    this.#backlog.clear();
    this.#load.clear();
    this.#imports.clear(failure);
    this.#exports.clear();
    this.#embargoes.clear(failure);
    this.#bootstrap.release();
    this.#onClosed(reason);
  }

  abort(error: unknown): void {
    if (this.#failure !== undefined) return;
    const reason = toException(error);
    // The Abort skips messages that wait for a peer that does not read.
    this.deferred.clear();
    this.#outbox.flush();
    this.#outbox.clear();
    this.send(buildAbort(this.space, reason));
    this.#end(new Exception("disconnected", `Connection was aborted: ${reason.message}`), reason);
  }

  #receive(frame: Uint8Array, isAlone: boolean): void {
    if (this.#failure !== undefined) return;
    try {
      const message = MessageReader.fromFrame(frame, this.#limits);
      const { buffer } = frame;
      if (isAlone && this.#lendsData && buffer instanceof ArrayBuffer) {
        message.loan = new Loan(buffer, this.space);
      }
      this.#handle(message);
    } catch (error) {
      this.abort(error);
    }
  }

  #handle(reader: MessageReader): void {
    const message = wire.readMessage(reader.root);
    switch (message.type) {
      case "unimplemented":
        return this.#handleUnimplemented(message.refused);
      case "abort":
        return this.#handleAbort(message.reason);
      case "bootstrap":
        return this.#handleBootstrap(message.questionId);
      case "call":
        return this.#handleCall(message, reader);
      case "return":
        return this.#handleReturn(message, reader);
      case "finish":
        return this.#answers.finish(message.questionId, message.releaseResultCaps);
      case "resolve":
        return this.#handleResolve(message);
      case "release":
        return this.#exports.release(message.id, message.count);
      case "disembargo":
        return this.#handleDisembargo(message);
      case "unknown":
        this.send(buildUnimplemented(this.space, reader.root), true);
    }
  }

  /** Some peers close with an Abort of type `disconnected`, which is no error. */
  #handleAbort(reason: Exception): void {
    this.#end(
      new Exception("disconnected", `Peer ended the connection: ${reason.message}`),
      reason.kind === "disconnected" ? undefined : reason,
    );
  }

  #handleBootstrap(questionId: number): void {
    const answering = this.#answers.open(questionId, {
      keep: false,
      silent: false,
      noPipelining: false,
      sizeBytes: 0,
      heldBytes: CALL_BYTES,
    });
    const message = new MessageBuilder();
    message.root.setCapability(this.#bootstrap.retain());
    answering.follow(createFulfilledAnswer(message));
  }

  #handleCall(call: wire.CallMessage, message: MessageReader): void {
    if (call.target === undefined || call.sendResultsTo === "unknown") {
      throw new Exception("unimplemented", "Call of a kind that this vat does not know");
    }
    const target = this.#incoming.find(call.target);
    const sizeBytes = message.sizeBytes;
    let release = NOTHING_TO_RELEASE;
    let answering: Answering;
    let heldBytes: number;
    const mustWait = this.#backlog.mustWait;
    try {
      release = this.#incoming.receiveAll(call.payload, message);
      heldBytes = CALL_BYTES + sizeBytes + message.capabilities.length * CAPABILITY_BYTES;
      answering = this.#answers.open(call.questionId, {
        keep: call.sendResultsTo === "yourself",
        silent: call.onlyPromisePipeline,
        noPipelining: call.noPromisePipelining,
        sizeBytes,
        heldBytes: mustWait ? 0 : heldBytes,
      });
    } catch (error) {
      release();
      target.release();
      throw error;
    }
    const request: CallRequest = {
      interfaceId: call.interfaceId,
      methodId: call.methodId,
      noPipelining: call.noPromisePipelining,
      params: { root: call.payload.content, release },
      results: answering.slot,
      signal: undefined,
    };
    if (mustWait) {
      const onStart = (): void => answering.hold(heldBytes);
      answering.follow(this.#backlog.addCall(target, request, sizeBytes, onStart));
    } else {
      answering.follow(target.call(request));
    }
    target.release();
    this.#inbox.countAs(message.capabilities.length >> 4);
  }

  #handleReturn(message: wire.ReturnMessage, reader: MessageReader): void {
    const question = this.#questions.get(message.answerId);
    if (question === undefined) {
      throw new Exception("failed", `Return for question ${message.answerId}, which is not open`);
    }
    if (message.releaseParamCaps) {
      for (const id of question.paramExports) this.#exports.release(id, 1);
    }
    const { outcome } = message;
    // After a cancelled call's Finish the results were never received: the Finish has told the peer to release them.
    if (!question.finished) this.#settle(question, outcome, reader);
    this.#questions.close(question, !message.noFinishNeeded);
  }

  #settle(question: Question, outcome: wire.ReturnOutcome, reader: MessageReader): void {
    const { answer } = question;
    switch (outcome.type) {
      case "results": {
        const release = this.#incoming.receiveAll(outcome.payload, reader);
        question.resultImports = toImports(outcome.payload.capabilities);
        return answer.fulfil(outcome.payload.content, release);
      }
      case "exception":
        return answer.fail(outcome.exception);
      case "canceled":
        return answer.fail(new Exception("failed", "Call was canceled by the peer"));
      case "takeFromOtherQuestion": {
        const taken = this.#answers.take(outcome.questionId);
        if (taken !== undefined) {
          question.cameBack = true;
          return answer.link(taken);
        }
        throw new Exception("failed", `Question ${outcome.questionId} has no results to take`);
      }
      case "resultsSentElsewhere":
      case "unknown":
        throw new Exception("failed", "Return of a kind that was not requested");
    }
  }

  #handleResolve({ promiseId, to }: wire.ResolveMessage): void {
    const found = to instanceof Exception ? createBroken(to) : this.#incoming.receive(to);
    const waiting = this.#imports.takePromise(promiseId);
    if (waiting !== undefined) this.#embargoes.shorten(waiting.promised, found, waiting.target);
    found.release();
  }

  #handleDisembargo({ id, target }: wire.DisembargoMessage): void {
    if (target === undefined) return this.#embargoes.lift(id);
    const found = this.#incoming.find(target);
    const drop = (): void => found.release();
    const start = (): void => {
      try {
        this.#embargoes.echo(id, target, found);
      } finally {
        drop();
      }
    };
    // A Disembargo promises that earlier calls have been delivered, so it waits behind queued ones.
    if (this.#backlog.isEmpty) start();
    else this.#backlog.add({ sizeBytes: CALL_BYTES, start, drop });
  }

  #handleUnimplemented(refused: wire.ResolveMessage | undefined): void {
    if (refused === undefined) {
      throw new Exception("unimplemented", "Peer does not know a message of level 1");
    }
    const { to } = refused;
    if (to instanceof Exception) return;
    if (to.type === "senderHosted" || to.type === "senderPromise") this.#exports.release(to.id, 1);
  }
}

const NOTHING_TO_RELEASE = (): void => undefined;
const PEER_GONE = "Peer closed the connection";
