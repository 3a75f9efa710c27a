/* Answers a request by CGI. */
#include <stdio.h>

int main(void) { return puts("Content-Type: text/plain\n\nHello") < 0; }
