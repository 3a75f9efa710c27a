/** Input texts for programs, and small programs of our own in languages whose compilers are tested. */

export const HELLO_C = `#include <stdio.h>
int main(void) { puts("hello"); return 0; }
`;

/** "hello" and a line end, compressed by `bzip2`. */
export const HELLO_BZ2 = "QlpoOTFBWSZTWcHAgOIAAAFBAAAQAkSgADDNAMNGKZcXckU4UJDBwIDi";

/** Catches an error, and runs a function in a coroutine. */
export const LUA_PROGRAM = `local sum = 0
local numbers = coroutine.wrap(function() for at = 1, 100 do coroutine.yield(at) end end)
for at in numbers do sum = sum + at end
local _, why = pcall(error, "failed as it should", 0)
print(arg[1], sum, why)
`;

export const LUA_STUBS = `int system(const char *command) { return command ? -1 : 0; }
char *tmpnam(char *name) { return 0; }
void *tmpfile(void) { return 0; }
`;

export const JQ_STUBS = `char *mktemp(char *name) { return name; }
`;

/** Does the makefile's work, and adds a header that WASI does not have. */
export const JQ_PREPARE = `rm src/inject_errors.c
sed -e 's/\\\\/\\\\\\\\/g' -e 's/"/\\\\"/g' -e 's/^/"/' -e 's/$/\\\\n"/' src/builtin.jq > src/builtin.inc
echo '#define JQ_VERSION "1.6"' > src/version.h
cat > src/pwd.h <<'END'
struct passwd { char *pw_dir; };
static struct passwd *getpwnam(const char *name) { return 0; }
static struct passwd *getpwuid(int user) { return 0; }
static int getuid(void) { return 0; }
char *mktemp(char *name);
END
`;

/** Adds a function that ripgrep has only for Unix and Windows. */
export const RIPGREP_PATCH = `
#[cfg(not(any(unix, windows)))]
fn imp() -> bool { false }
`;

/** Uses the standard library, and catches an error. */
export const RUBY_PROGRAM = `require "json"
puts [1, 2, 3].map { |value| value * 2 }.to_json
begin
  raise "failed as it should"
rescue => error
  puts error.message
end
`;

/** Pandoc opens all of these for any conversion. */
export const PANDOC_FILES: Readonly<Record<string, string>> = {
  stdin: "",
  stdout: "",
  stderr: "",
  warnings: "",
  "out.html": "",
};

/** A table in a file, an index, and an integrity check. */
export const SQL = `create table words (word text primary key, count integer);
insert into words values ('a', 1), ('b', 2);
create index counts on words (count);
select * from words order by count desc;
pragma integrity_check;
`;

export const AS_PROGRAM = `const words = ["c", "a", "b"];
words.sort();
console.log(words.join(" ") + " " + process.argv.slice(1).join(","));
`;

export const JS_PROGRAM = `const text = new TextDecoder().decode(new TextEncoder().encode("\u00fc"));
export const run = {
  run() {
    console.log([3, 1, 2].sort().map((value) => value * 2).join(" "), text);
  },
};
`;

export const COUNTER_V = `module counter(input clk, output reg [3:0] value);
  always @(posedge clk) value <= value + 1;
endmodule
`;

/** Goroutines that wait for each other, a file that is written and read, a timer. */
export const GO_PROGRAM = `package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

func main() {
	sums := make(chan int)
	var group sync.WaitGroup
	for at := 1; at <= 100; at++ {
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(time.Millisecond)
			sums <- at
		}()
	}
	go func() {
		group.Wait()
		close(sums)
	}()
	sum := 0
	for value := range sums {
		sum += value
	}
	text := fmt.Sprintf("%d %v", sum, os.Args[1:])
	if err := os.WriteFile("/tmp/told", []byte(text), 0o600); err != nil {
		panic(err)
	}
	told, err := os.ReadFile("/tmp/told")
	if err != nil {
		panic(err)
	}
	fmt.Println(string(told))
}
`;
