/* Takes what it can get of the thing that its argument names, says so, and waits to be ended. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void memory(void) {
  for (char *piece; (piece = malloc(1 << 20)) != NULL;) memset(piece, 1, 1 << 20);
}

static void files(void) {
  static char bytes[1 << 16];
  for (int i = 0;; i++) {
    char name[32];
    snprintf(name, sizeof name, "/tmp/%d", i);
    int file = open(name, O_CREAT | O_WRONLY, 0600);
    if (file < 0 || write(file, bytes, sizeof bytes) < 0) return;
    close(file);
  }
}

static void names(void) {
  for (int i = 0;; i++) {
    char name[256];
    memset(name, 'x', sizeof name);
    snprintf(name, sizeof name, "/tmp/%d", i);
    name[strlen(name)] = '-';
    name[255] = 0;
    if (mkdir(name, 0700) != 0) return;
  }
}

static void churn(void) {
  for (int i = 0;; i++) {
    char name[32];
    snprintf(name, sizeof name, "/tmp/%d", i);
    int file = open(name, O_CREAT | O_WRONLY, 0600);
    if (file < 0) return;
    close(file);
    unlink(name);
  }
}

static void hard_links(void) {
  int file = open("/tmp/file", O_CREAT | O_WRONLY, 0600);
  close(file);
  for (int i = 0;; i++) {
    char name[32];
    snprintf(name, sizeof name, "/tmp/%d", i);
    if (link("/tmp/file", name) != 0) return;
  }
}

static void directories(void) {
  for (int i = 0; i < 10000; i++) {
    char name[32];
    snprintf(name, sizeof name, "/tmp/%d", i);
    if (mkdir(name, 0700) != 0) break;
  }
  for (DIR *open; (open = opendir("/tmp")) != NULL;) readdir(open);
}

static const struct {
  const char *name;
  void (*take)(void);
} THINGS[] = {
    {"memory", memory},         {"files", files},           {"names", names}, {"churn", churn},
    {"hard-links", hard_links}, {"directories", directories},
};

int main(int argc, char **argv) {
  for (size_t i = 0; argc > 1 && i < sizeof THINGS / sizeof *THINGS; i++) {
    if (strcmp(argv[1], THINGS[i].name) == 0) THINGS[i].take();
  }
  printf("full\n");
  fflush(stdout);
  while (getchar() != EOF) {
  }
  return 0;
}
