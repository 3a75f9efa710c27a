/* Compiles where the C compiler for WebAssembly is complete: compiler, linker, library and runtime. */
#include <stdio.h>

int main(void) {
  puts("");
  return 0;
}
