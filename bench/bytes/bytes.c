/*
 * Moves bytes and names as its arguments say, and prints in JSON how many ms each part of that took; on stderr, since its
 * output may be the bytes that are measured.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PIECE_LIMIT (1 << 20)
#define RANDOM_BYTES 4096

static char piece[PIECE_LIMIT];

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_file(const char *path, int flags) {
  int file = open(path, flags, 0666);
  if (file < 0) fail(path);
  return file;
}

/* Up to the end, or so many bytes. */
static long read_all(int file, size_t piece_bytes, long limit) {
  long total = 0;
  while (total < limit) {
    ssize_t got = read(file, piece, piece_bytes);
    if (got < 0) fail("read");
    if (got == 0) break;
    total += got;
  }
  return total;
}

static void write_all(int file, size_t piece_bytes, long bytes) {
  while (bytes > 0) {
    size_t wanted = bytes < (long)piece_bytes ? (size_t)bytes : piece_bytes;
    ssize_t written = write(file, piece, wanted);
    if (written <= 0) fail("write");
    bytes -= written;
  }
}

static void read_file(const char *path, size_t piece_bytes) {
  int file = open_file(path, O_RDONLY);
  double start = now_ms();
  long bytes = read_all(file, piece_bytes, 1L << 30);
  fprintf(stderr, "{\"bytes\":%ld,\"read\":%f}\n", bytes, now_ms() - start);
}

/* Here and there, always in the same order. */
static void read_random(const char *path, int count) {
  int file = open_file(path, O_RDONLY);
  struct stat found;
  if (fstat(file, &found) != 0) fail(path);
  unsigned slots = found.st_size / RANDOM_BYTES, seed = 12345;
  double start = now_ms();
  for (int at = 0; at < count; at++) {
    seed = seed * 1664525u + 1013904223u;
    off_t offset = (off_t)((seed >> 8) % slots) * RANDOM_BYTES;
    if (pread(file, piece, RANDOM_BYTES, offset) != RANDOM_BYTES) fail("pread");
  }
  fprintf(stderr, "{\"read\":%f}\n", now_ms() - start);
}

/* A file that is written, read back and removed. */
static void write_file(const char *path, size_t piece_bytes, long bytes) {
  memset(piece, 7, sizeof piece);
  double start = now_ms();
  int file = open_file(path, O_RDWR | O_CREAT | O_TRUNC);
  write_all(file, piece_bytes, bytes);
  double written = now_ms();
  if (lseek(file, 0, SEEK_SET) != 0) fail("lseek");
  if (read_all(file, piece_bytes, bytes) != bytes) fail("read back");
  double end = now_ms();
  close(file);
  if (unlink(path) != 0) fail("unlink");
  fprintf(stderr, "{\"write\":%f,\"read\":%f}\n", written - start, end - written);
}

static void make_name(char *name, const char *folder, int number) {
  sprintf(name, "%s/file-%05d", folder, number);
}

/* Empty files, all their properties again and again, their names, and away with them. */
static void use_names(const char *folder, int files, int stats) {
  char name[256];
  struct stat found;
  if (mkdir(folder, 0777) != 0) fail(folder);
  double start = now_ms();
  for (int at = 0; at < files; at++) {
    make_name(name, folder, at);
    close(open_file(name, O_WRONLY | O_CREAT | O_EXCL));
  }
  double created = now_ms();
  for (int at = 0; at < stats; at++) {
    make_name(name, folder, at % files);
    if (stat(name, &found) != 0) fail(name);
  }
  double asked = now_ms();
  int listed = 0;
  DIR *names = opendir(folder);
  if (names == NULL) fail(folder);
  while (readdir(names) != NULL) listed++;
  closedir(names);
  double end = now_ms();
  if (listed < files) fail("readdir");
  for (int at = 0; at < files; at++) {
    make_name(name, folder, at);
    if (unlink(name) != 0) fail(name);
  }
  if (rmdir(folder) != 0) fail(folder);
  fprintf(stderr, "{\"create\":%f,\"stat\":%f,\"list\":%f}\n", created - start, asked - created,
          end - asked);
}

static void write_out(size_t piece_bytes, long bytes) {
  double start = now_ms();
  write_all(STDOUT_FILENO, piece_bytes, bytes);
  fprintf(stderr, "{\"write\":%f}\n", now_ms() - start);
}

/* The clock starts when the first byte is there. */
static void read_in(size_t piece_bytes) {
  if (read(STDIN_FILENO, piece, 1) != 1) fail("read");
  double start = now_ms();
  long bytes = read_all(STDIN_FILENO, piece_bytes, 1L << 30);
  fprintf(stderr, "{\"bytes\":%ld,\"read\":%f}\n", bytes, now_ms() - start);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  const char *path = argc > 2 ? argv[2] : "";
  long first = argc > 3 ? atol(argv[3]) : 0;
  long second = argc > 4 ? atol(argv[4]) : 0;
  if (strcmp(what, "read") == 0) read_file(path, first);
  else if (strcmp(what, "random") == 0) read_random(path, first);
  else if (strcmp(what, "write") == 0) write_file(path, first, second);
  else if (strcmp(what, "names") == 0) use_names(path, first, second);
  else if (strcmp(what, "out") == 0) write_out(atol(path), first);
  else if (strcmp(what, "in") == 0) read_in(atol(path));
  else return 2;
  return 0;
}
