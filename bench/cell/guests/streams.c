/*
 * The connection to the host, in the component model's own calling convention: `ping` sends 64 bytes and waits for as many,
 * again and again; `write` sends pieces of 64 KiB for ever.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FROM(module, name) __attribute__((import_module(module), import_name(name))) extern
#define CONNECTION "wetware:streams/streams@0.1.0"
#define STREAMS "wasi:io/streams@0.2.12"
#define POLL "wasi:io/poll@0.2.12"

/* A result: of bytes, where they are and how many; of a number, the number. */
union outcome {
  struct { uint8_t failed; uint8_t *first; uint32_t length; } bytes;
  struct { uint8_t failed; uint64_t number; } count;
};

FROM(CONNECTION, "create-connection") uint32_t create_connection(void);
FROM(CONNECTION, "[method]connection.get-input-stream") uint32_t get_input(uint32_t connection);
FROM(CONNECTION, "[method]connection.get-output-stream") uint32_t get_output(uint32_t connection);
FROM(CONNECTION, "[resource-drop]connection") void drop_connection(uint32_t connection);
FROM(STREAMS, "[method]input-stream.blocking-read")
void blocking_read(uint32_t stream, uint64_t limit, union outcome *outcome);
FROM(STREAMS, "[method]output-stream.blocking-write-and-flush")
void blocking_write(uint32_t stream, const uint8_t *bytes, uint32_t length, union outcome *outcome);
FROM(STREAMS, "[method]output-stream.check-write") void check_write(uint32_t stream, union outcome *outcome);
FROM(STREAMS, "[method]output-stream.write")
void write_bytes(uint32_t stream, const uint8_t *bytes, uint32_t length, union outcome *outcome);
FROM(STREAMS, "[method]output-stream.subscribe") uint32_t subscribe(uint32_t stream);
FROM(POLL, "[method]pollable.block") void block(uint32_t pollable);

#define PING_BYTES 64
#define PIECE_BYTES 65536

/* All that the host ever hands over is the bytes of one read. */
static _Alignas(8) uint8_t received[PIECE_BYTES];
static uint8_t sent[PIECE_BYTES];

__attribute__((export_name("cabi_realloc")))
void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  (void)old, (void)old_size, (void)align;
  if (size > sizeof received) abort();
  return received;
}

static int ping(uint32_t input, uint32_t output) {
  union outcome outcome;
  for (;;) {
    blocking_write(output, sent, PING_BYTES, &outcome);
    if (outcome.bytes.failed) return 0;
    for (uint32_t missing = PING_BYTES; missing > 0; missing -= outcome.bytes.length) {
      blocking_read(input, missing, &outcome);
      if (outcome.bytes.failed) return 0;
    }
  }
}

static int write_pieces(uint32_t output) {
  union outcome outcome;
  uint32_t room = subscribe(output);
  for (;;) {
    for (uint32_t missing = PIECE_BYTES; missing > 0;) {
      check_write(output, &outcome);
      if (outcome.count.failed) return 0;
      if (outcome.count.number == 0) {
        block(room);
        continue;
      }
      uint32_t length = outcome.count.number < missing ? (uint32_t)outcome.count.number : missing;
      write_bytes(output, sent + PIECE_BYTES - missing, length, &outcome);
      if (outcome.bytes.failed) return 0;
      missing -= length;
    }
  }
}

int main(int argc, char **argv) {
  uint32_t connection = create_connection();
  uint32_t input = get_input(connection), output = get_output(connection);
  drop_connection(connection);
  memset(sent, 7, sizeof sent);
  if (argc > 1 && strcmp(argv[1], "ping") == 0) return ping(input, output);
  if (argc > 1 && strcmp(argv[1], "write") == 0) return write_pieces(output);
  return 1;
}
