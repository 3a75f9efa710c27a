/* Prints its arguments in capitals on one line, then its input in capitals. */
#include <ctype.h>
#include <stdio.h>

static void shout(const char *text) {
  for (; *text != '\0'; text++) putchar(toupper((unsigned char)*text));
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (i > 1) putchar(' ');
    shout(argv[i]);
  }
  if (argc > 1) putchar('\n');
  fflush(stdout);

  for (int c = getchar(); c != EOF; c = getchar()) putchar(toupper(c));
  return ferror(stdin) || fflush(stdout) == EOF ? 1 : 0;
}
