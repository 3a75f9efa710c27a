/* Operations of a C program on its files, by pairs of arguments, verb and path; see files.browser.test.ts. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void list(const char *path) {
  DIR *directory = opendir(path);
  if (directory == NULL) {
    printf("%s\n", strerror(errno));
    return;
  }
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    if (entry->d_name[0] != '.') printf("%s%s ", entry->d_name, entry->d_type == DT_DIR ? "/" : "");
  }
  printf("\n");
  closedir(directory);
}

static void sum(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    printf("%s\n", strerror(errno));
    return;
  }
  unsigned total = 0, count = 0;
  for (int c = getc(file); c != EOF; c = getc(file), count++) total = total * 31 + (unsigned)c;
  if (ferror(file)) printf("%s after %u bytes\n", strerror(errno), count);
  else printf("%u bytes, %u\n", count, total);
  fclose(file);
}

static void tail(const char *path) {
  char bytes[6] = {0};
  int file = open(path, O_RDONLY);
  if (file < 0 || lseek(file, -5, SEEK_END) < 0 || read(file, bytes, 5) != 5) {
    printf("%s\n", strerror(errno));
  } else {
    printf("%s\n", bytes);
  }
  close(file);
}

static void size(const char *path) {
  struct stat stat_;
  if (stat(path, &stat_) != 0) printf("%s\n", strerror(errno));
  else printf("%lld %s\n", (long long)stat_.st_size, S_ISDIR(stat_.st_mode) ? "directory" : "file");
}

static void put(const char *path) {
  FILE *file = fopen(path, "a+");
  char bytes[64] = {0};
  if (file == NULL || fputs("+line", file) == EOF || fseek(file, 0, SEEK_SET) != 0 ||
      fread(bytes, 1, sizeof bytes - 1, file) == 0) {
    printf("%s\n", strerror(errno));
  } else {
    printf("%s\n", bytes);
  }
  if (file != NULL && fclose(file) != 0) printf("%s\n", strerror(errno));
}

static void move(const char *path) {
  char to[64];
  snprintf(to, sizeof to, "%s.moved", path);
  printf("%s\n", rename(path, to) != 0 ? strerror(errno) : access(path, F_OK) == 0 ? "still there" : "moved");
}

/* 80 MiB of a pattern, more than a cell keeps in memory, written and read back. */
static void fill(const char *path) {
  static unsigned piece[16 * 1024];
  const unsigned pieces = 80 * 16, words = sizeof piece / sizeof *piece;
  int file = open(path, O_RDWR | O_CREAT, 0666);
  for (unsigned i = 0; i < pieces; i++) {
    for (unsigned j = 0; j < words; j++) piece[j] = i * 2654435761u + j;
    if (write(file, piece, sizeof piece) != (ssize_t)sizeof piece) {
      printf("%s at piece %u\n", strerror(errno), i);
      return;
    }
  }
  for (unsigned i = 0; i < pieces; i++) {
    if (pread(file, piece, sizeof piece, (off_t)i * (off_t)sizeof piece) != (ssize_t)sizeof piece) {
      printf("%s at piece %u\n", strerror(errno), i);
      return;
    }
    for (unsigned j = 0; j < words; j++) {
      if (piece[j] != i * 2654435761u + j) {
        printf("piece %u differs\n", i);
        return;
      }
    }
  }
  printf("%s\n", close(file) != 0 ? strerror(errno) : "as written");
}

static int differs(const char *what, int file, const char *expected) {
  char bytes[64] = {0};
  ssize_t length = read(file, bytes, sizeof bytes - 1);
  if (length == (ssize_t)strlen(expected) && strcmp(bytes, expected) == 0) return 0;
  printf("%s: read \"%s\"\n", what, bytes);
  return 1;
}

/* Reads after writes, by the same descriptor and by another: a read sees every earlier write. */
static void reread(const char *path) {
  char bytes[4];
  int failed = 0, file = open(path, O_RDWR | O_CREAT, 0666), other = open(path, O_RDONLY);
  failed |= write(file, "0123456789", 10) != 10 || read(other, bytes, 3) != 3;
  failed |= pwrite(file, "AB", 2, 4) != 2 || differs("written by another", other, "3AB6789");
  failed |= differs("at the end", other, "") || lseek(file, 0, SEEK_END) != 10;
  failed |= write(file, "+", 1) != 1 || differs("grown after the end", other, "+");
  failed |= lseek(other, 0, SEEK_SET) != 0 || read(other, bytes, 3) != 3;
  failed |= ftruncate(file, 5) != 0 || differs("cut by another", other, "3A");
  failed |= ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0 || write(file, "0123456789", 10) != 10;
  failed |= lseek(file, 0, SEEK_SET) != 0 || read(file, bytes, 3) != 3 || write(file, "ABC", 3) != 3;
  failed |= differs("after its own write", file, "6789") || lseek(file, 0, SEEK_SET) != 0;
  failed |= read(file, bytes, 3) != 3 || pwrite(file, "zz", 2, 8) != 2;
  failed |= differs("after its own pwrite", file, "ABC67zz") || lseek(file, 0, SEEK_SET) != 0;
  failed |= write(file, "-", 1) != 1 || read(file, bytes, 3) != 3 || write(file, "-", 1) != 1;
  failed |= differs("after writes by turns", file, "C67zz") || pread(file, bytes, 1, 4) != 1 || bytes[0] != '-';
  printf("%s\n", failed ? "differs" : "as written");
}

/* Writes lines to both outputs in turns, in the pieces that printf makes; the path is the number of lines. */
static void talk(const char *count) {
  int lines = 0;
  sscanf(count, "%d", &lines);
  for (int i = 0; i < lines; i++) {
    printf("out %d of %s\n", i, count);
    fprintf(stderr, "err %d of %s\n", i, count);
  }
}

static void resolution(void) {
  struct timespec step;
  if (clock_getres(CLOCK_MONOTONIC, &step) != 0) printf("%s\n", strerror(errno));
  else printf("%lld s %ld ns\n", (long long)step.tv_sec, step.tv_nsec);
}

static void report(int failed) { printf("%s\n", failed ? strerror(errno) : "done"); }

int main(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *verb = argv[i], *path = argv[i + 1];
    if (strcmp(verb, "list") == 0) list(path);
    if (strcmp(verb, "sum") == 0) sum(path);
    if (strcmp(verb, "tail") == 0) tail(path);
    if (strcmp(verb, "size") == 0) size(path);
    if (strcmp(verb, "put") == 0) put(path);
    if (strcmp(verb, "move") == 0) move(path);
    if (strcmp(verb, "fill") == 0) fill(path);
    if (strcmp(verb, "reread") == 0) reread(path);
    if (strcmp(verb, "talk") == 0) talk(path);
    if (strcmp(verb, "clock") == 0) resolution();
    if (strcmp(verb, "name") == 0) printf("%s\n", argv[0]);
    if (strcmp(verb, "create") == 0) report(open(path, O_WRONLY | O_CREAT, 0666) < 0);
    if (strcmp(verb, "mkdir") == 0) report(mkdir(path, 0777) != 0);
    if (strcmp(verb, "unlink") == 0) report(unlink(path) != 0);
  }
  return 0;
}
