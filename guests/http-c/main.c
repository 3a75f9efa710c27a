/* Answers HTTP requests by wasi:http alone, without a library: what it does stands in the path. */
#include <stddef.h>
#include <stdint.h>

#define WASI "@0.2.12"
#define IMPORT(interface, name) __attribute__((import_module(interface WASI), import_name(name)))
#define HTTP(name) IMPORT("wasi:http/types", name)
#define STREAMS(name) IMPORT("wasi:io/streams", name)

typedef int32_t Handle;

/* Results that lie in memory, as the canonical ABI lays them out. */
typedef struct { uint8_t is_err; Handle value; } HandleResult;
typedef struct { uint8_t is_some; char *text; size_t length; } OptionalText;
typedef struct { uint8_t is_err; union { struct { uint8_t *bytes; size_t length; } list; uint8_t error; }; } ReadResult;
typedef struct { uint8_t is_err; _Alignas(4) uint8_t error; Handle reason; } WriteResult;
typedef struct { uint8_t is_err; uint8_t error; } HeaderResult;
typedef struct { uint8_t *bytes; size_t length; } Value;
typedef struct { Value *values; size_t count; } Values;
typedef struct { uint8_t is_err; _Alignas(8) union { Handle value; uint8_t error; }; uint8_t rest[28]; } CallResult;
typedef struct {
  uint8_t is_there;
  _Alignas(8) uint8_t is_taken;
  _Alignas(8) uint8_t is_err;
  _Alignas(8) union { Handle response; struct { uint8_t is_some; Handle value; } trailers; uint8_t error; };
  uint8_t rest[28];
} FutureResult;

HTTP("[method]incoming-request.path-with-query") void request_path(Handle, OptionalText *);
HTTP("[method]incoming-request.headers") Handle request_headers(Handle);
HTTP("[method]incoming-request.consume") void request_consume(Handle, HandleResult *);
HTTP("[resource-drop]incoming-request") void request_drop(Handle);
HTTP("[method]incoming-body.stream") void in_stream(Handle, HandleResult *);
HTTP("[static]incoming-body.finish") Handle in_finish(Handle);
HTTP("[resource-drop]incoming-body") void in_drop(Handle);
HTTP("[method]future-trailers.subscribe") Handle trailers_subscribe(Handle);
HTTP("[method]future-trailers.get") void trailers_get(Handle, FutureResult *);
HTTP("[resource-drop]future-trailers") void trailers_drop(Handle);
HTTP("[constructor]fields") Handle fields_new(void);
HTTP("[method]fields.append") void fields_append(Handle, const char *, size_t, const uint8_t *, size_t, HeaderResult *);
HTTP("[method]fields.get") void fields_get(Handle, const char *, size_t, Values *);
HTTP("[resource-drop]fields") void fields_drop(Handle);
HTTP("[constructor]outgoing-response") Handle response_new(Handle);
HTTP("[method]outgoing-response.set-status-code") int32_t response_status(Handle, int32_t);
HTTP("[method]outgoing-response.body") void response_body(Handle, HandleResult *);
HTTP("[static]response-outparam.set")
void outparam_set(Handle, int32_t, int32_t, int32_t, int64_t, int32_t, int32_t, int32_t, int32_t);
HTTP("[method]outgoing-body.write") void out_write(Handle, HandleResult *);
HTTP("[static]outgoing-body.finish") void out_finish(Handle, int32_t, Handle, CallResult *);
HTTP("[constructor]outgoing-request") Handle asked_new(Handle);
HTTP("[method]outgoing-request.set-authority") int32_t asked_authority(Handle, int32_t, const char *, size_t);
HTTP("[method]outgoing-request.set-path-with-query") int32_t asked_path(Handle, int32_t, const char *, size_t);
HTTP("[method]outgoing-request.set-scheme") int32_t asked_scheme(Handle, int32_t, int32_t, const char *, size_t);
HTTP("[method]outgoing-request.set-method") int32_t asked_method(Handle, int32_t, const char *, size_t);
HTTP("[method]outgoing-request.body") void asked_body(Handle, HandleResult *);
HTTP("[method]future-incoming-response.subscribe") Handle future_subscribe(Handle);
HTTP("[method]future-incoming-response.get") void future_get(Handle, FutureResult *);
HTTP("[resource-drop]future-incoming-response") void future_drop(Handle);
HTTP("[method]incoming-response.status") int32_t answer_status(Handle);
HTTP("[method]incoming-response.consume") void answer_consume(Handle, HandleResult *);
HTTP("[resource-drop]incoming-response") void answer_drop(Handle);
IMPORT("wasi:http/outgoing-handler", "handle") void call_out(Handle, int32_t, Handle, CallResult *);
STREAMS("[method]input-stream.blocking-read") void read_some(Handle, uint64_t, ReadResult *);
STREAMS("[resource-drop]input-stream") void read_drop(Handle);
STREAMS("[method]output-stream.blocking-write-and-flush") void write_some(Handle, const uint8_t *, size_t, WriteResult *);
STREAMS("[resource-drop]output-stream") void write_drop(Handle);
IMPORT("wasi:io/error", "[resource-drop]error") void error_drop(Handle);
IMPORT("wasi:io/poll", "[method]pollable.block") void poll_block(Handle);
IMPORT("wasi:io/poll", "[resource-drop]pollable") void poll_drop(Handle);
IMPORT("wasi:clocks/monotonic-clock", "subscribe-duration") Handle clock_subscribe(uint64_t);

/* What the host allocates lives until the next request. */
static _Alignas(16) uint8_t arena[4 * 1024 * 1024];
static size_t used;
static unsigned requests;

__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  used = (used + align - 1) & ~(align - 1);
  if (used + size > sizeof arena) __builtin_trap();
  uint8_t *made = arena + used;
  used += size;
  for (size_t at = 0; at < old_size; at++) made[at] = ((uint8_t *)old)[at];
  return made;
}

static size_t length_of(const char *text) {
  size_t length = 0;
  while (text[length] != '\0') length++;
  return length;
}

static int starts(const OptionalText *path, const char *with) {
  size_t length = length_of(with);
  if (path->length < length) return 0;
  for (size_t at = 0; at < length; at++) if (path->text[at] != with[at]) return 0;
  return 1;
}

/* The answer that is being given. */
static Handle body, stream;

static void begin(Handle out, int32_t status, Handle headers) {
  Handle response = response_new(headers);
  response_status(response, status);
  HandleResult made;
  response_body(response, &made);
  body = made.value;
  outparam_set(out, 0, response, 0, 0, 0, 0, 0, 0);
  out_write(body, &made);
  stream = made.value;
}

/* Whether all of it was taken. */
static int put_bytes(const uint8_t *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    size_t piece = length - at < 4096 ? length - at : 4096;
    WriteResult done;
    write_some(stream, bytes + at, piece, &done);
    if (done.is_err) {
      if (done.error == 0) error_drop(done.reason);
      return 0;
    }
    at += piece;
  }
  return 1;
}

static int put(const char *text) { return put_bytes((const uint8_t *)text, length_of(text)); }

static void put_number(unsigned number) {
  uint8_t digits[12];
  size_t at = sizeof digits;
  do digits[--at] = (uint8_t)('0' + number % 10); while ((number /= 10) > 0);
  put_bytes(digits + at, sizeof digits - at);
}

static void end(Handle trailers) {
  write_drop(stream);
  CallResult done;
  out_finish(body, trailers != 0, trailers, &done);
}

/* Copies a body to the answer; whether there was all of it. */
static int copy(Handle from) {
  HandleResult made;
  in_stream(from, &made);
  size_t before = used;
  for (;;) {
    ReadResult got;
    used = before;
    read_some(made.value, 65536, &got);
    if (got.is_err) {
      read_drop(made.value);
      return got.error == 1;
    }
    if (!put_bytes(got.list.bytes, got.list.length)) {
      read_drop(made.value);
      return 0;
    }
  }
}

static void echo(Handle request, Handle out) {
  HandleResult made;
  request_consume(request, &made);
  begin(out, 200, fields_new());
  if (!copy(made.value)) {
    in_drop(made.value);
    write_drop(stream);
    return;
  }
  Handle future = in_finish(made.value);
  Handle ready = trailers_subscribe(future);
  poll_block(ready);
  poll_drop(ready);
  FutureResult got;
  trailers_get(future, &got);
  trailers_drop(future);
  end(got.is_there && !got.is_taken && !got.is_err && got.trailers.is_some ? got.trailers.value : 0);
}

/* The header x-test, as it came, in the answer as well; then one that would be two. */
static void headers(Handle request, Handle out) {
  Handle given = request_headers(request), made = fields_new();
  HeaderResult done;
  Values values;
  fields_get(given, "X-Test", 6, &values);
  fields_append(given, "a", 1, (const uint8_t *)"b", 1, &done);
  int is_sealed = done.is_err && done.error == 2;
  fields_drop(given);
  for (size_t at = 0; at < values.count; at++) {
    fields_append(made, "x-test", 6, values.values[at].bytes, values.values[at].length, &done);
  }
  const char *two = "a\r\nset-cookie: b";
  fields_append(made, "x-two", 5, (const uint8_t *)two, length_of(two), &done);
  int is_refused = done.is_err && done.error == 0;
  fields_append(made, "connection", 10, (const uint8_t *)"close", 5, &done);
  int is_forbidden = done.is_err && done.error == 1;
  begin(out, 200, made);
  put(is_sealed && is_refused && is_forbidden ? "refused" : "taken");
  end(0);
}

/* GET https://api.example/data */
static void fetch(Handle out) {
  Handle asked = asked_new(fields_new());
  asked_scheme(asked, 1, 1, "", 0);
  asked_authority(asked, 1, "api.example", 11);
  asked_path(asked, 1, "/data", 5);
  CallResult called;
  call_out(asked, 0, 0, &called);
  if (called.is_err) {
    begin(out, 200, fields_new());
    put("error-code ");
    put_number(called.error);
    return end(0);
  }
  Handle ready = future_subscribe(called.value);
  poll_block(ready);
  poll_drop(ready);
  FutureResult got;
  future_get(called.value, &got);
  future_drop(called.value);
  begin(out, 200, fields_new());
  if (got.is_err) {
    put("error-code ");
    put_number(got.error);
    return end(0);
  }
  put_number((unsigned)answer_status(got.response));
  put(" ");
  HandleResult made;
  answer_consume(got.response, &made);
  if (!copy(made.value)) put(" and no more");
  in_drop(made.value);
  answer_drop(got.response);
  end(0);
}

/* POST https://api.example/data with what came. */
static void post(Handle request, Handle out) {
  Handle asked = asked_new(fields_new());
  asked_method(asked, 2, "", 0);
  asked_authority(asked, 1, "api.example", 11);
  asked_path(asked, 1, "/data", 5);
  HandleResult made, came;
  asked_body(asked, &made);
  Handle sent = made.value;
  CallResult called;
  call_out(asked, 0, 0, &called);
  out_write(sent, &made);
  stream = made.value;
  request_consume(request, &came);
  copy(came.value);
  in_drop(came.value);
  write_drop(stream);
  CallResult done;
  out_finish(sent, 0, 0, &done);
  Handle ready = future_subscribe(called.value);
  poll_block(ready);
  poll_drop(ready);
  FutureResult got;
  future_get(called.value, &got);
  future_drop(called.value);
  if (got.is_err) __builtin_trap();
  begin(out, answer_status(got.response), fields_new());
  answer_consume(got.response, &made);
  copy(made.value);
  in_drop(made.value);
  answer_drop(got.response);
  end(0);
}

/* The head now, the body a second later. */
static void later(Handle out) {
  begin(out, 200, fields_new());
  Handle second = clock_subscribe(1000000000);
  poll_block(second);
  poll_drop(second);
  put("later\n");
  end(0);
}

__attribute__((export_name("wasi:http/incoming-handler@0.2.12#handle"))) void handle(Handle request, Handle out) {
  used = 0;
  requests++;
  OptionalText path;
  request_path(request, &path);
  if (starts(&path, "/trap")) __builtin_trap();
  if (starts(&path, "/busy")) for (volatile unsigned turns = 0;; turns++);
  if (starts(&path, "/silent")) return request_drop(request);
  if (starts(&path, "/echo")) echo(request, out);
  else if (starts(&path, "/headers")) headers(request, out);
  else if (starts(&path, "/fetch")) fetch(out);
  else if (starts(&path, "/post")) post(request, out);
  else if (starts(&path, "/later")) later(out);
  else if (starts(&path, "/half")) {
    begin(out, 200, fields_new());
    put("half");
    write_drop(stream);
  } else if (starts(&path, "/endless")) {
    begin(out, 200, fields_new());
    while (put("again and again and again and again and again and again\n"));
    write_drop(stream);
  } else if (starts(&path, "/count")) {
    begin(out, 200, fields_new());
    put_number(requests);
    end(0);
  } else {
    begin(out, starts(&path, "/missing") ? 404 : 200, fields_new());
    put("Hello from C\n");
    end(0);
  }
  request_drop(request);
}
