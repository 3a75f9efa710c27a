/* Writes one byte; told anything, it stays until its input ends. */
#include <unistd.h>

int main(int argc, char **argv) {
  (void)argv;
  char byte = '!';
  if (write(STDOUT_FILENO, &byte, 1) != 1) return 1;
  while (argc > 1 && read(STDIN_FILENO, &byte, 1) == 1) continue;
  return 0;
}
