/** Tools about the system that there is hardly one of. */
import type { Builtin } from "../shell.ts";
import { createFileSystem } from "./file-system.ts";
import type { Shell } from "../shell.ts";

const say =
  (text: (shell: Shell) => string): Builtin =>
  async (shell) => {
    await shell.print(`${text(shell)}\n`);
    return 0;
  };

const userOf = (shell: Shell): string => shell.variables.text("USER") ?? "user";

export const whoami: Builtin = say(userOf);
export const hostname: Builtin = say((shell) => shell.variables.text("HOSTNAME") ?? "wetware");
export const nproc: Builtin = say(() => "1");
export const sync: Builtin = async () => 0;

export const id: Builtin = async (shell, args) => {
  const flags = args.join("");
  const user = userOf(shell);
  const number = user === "root" ? 0 : 1000;
  const text = /u/.test(flags)
    ? flags.includes("n")
      ? user
      : `${number}`
    : /g/.test(flags)
      ? flags.includes("n")
        ? user
        : `${number}`
      : `uid=${number}(${user}) gid=${number}(${user}) groups=${number}(${user})`;
  await shell.print(`${text}\n`);
  return 0;
};

export const uname: Builtin = async (shell, args) => {
  const flags = args.join("");
  const fields = {
    s: "Wetware",
    n: shell.variables.text("HOSTNAME") ?? "wetware",
    r: "0.1.0",
    v: "#1",
    m: "wasm32",
    o: "WASI",
  };
  const wanted = flags.includes("a")
    ? Object.keys(fields)
    : flags === ""
      ? ["s"]
      : Array.from(flags).filter((letter) => letter in fields);
  await shell.print(`${wanted.map((letter) => fields[letter as keyof typeof fields]).join(" ")}\n`);
  return 0;
};

export const clear: Builtin = async (shell) => {
  await shell.print("\x1b[H\x1b[2J\x1b[3J");
  return 0;
};

export const printenv: Builtin = async (shell, args) => {
  const environment = shell.variables.environment();
  if (args.length === 0) {
    await shell.print(Array.from(environment, ([name, text]) => `${name}=${text}\n`).join(""));
    return 0;
  }
  let status = 0;
  for (const name of args) {
    const text = environment.get(name);
    if (text === undefined) status = 1;
    else await shell.print(`${text}\n`);
  }
  return status;
};

export const tty: Builtin = async (shell) => {
  const isTerminal = shell.files.get(0)?.isTerminal === true;
  await shell.print(isTerminal ? "/dev/tty\n" : "not a tty\n");
  return isTerminal ? 0 : 1;
};

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

export const mktemp: Builtin = async (shell, args) => {
  const isDirectory = args.some((arg) => /^-[a-z]*d/.test(arg));
  const at = args.indexOf("-p");
  const given = args.find((arg, index) => !arg.startsWith("-") && (at < 0 || index !== at + 1));
  const folder = at >= 0 ? args[at + 1] : (shell.variables.text("TMPDIR") ?? "/tmp");
  const template = given ?? "tmp.XXXXXXXXXX";
  if (!/X{3,}/.test(template)) {
    await shell.warn(`mktemp: too few X's in template '${template}'\n`);
    return 1;
  }
  const bytes = shell.system.random(template.length);
  const name = template.replace(/X{3,}(?!.*X{3})/, (marks) =>
    Array.from(marks, (_, index) => LETTERS[(bytes[index] ?? 0) % LETTERS.length]).join(""),
  );
  const isPlain = given !== undefined && at < 0 && !args.includes("-t");
  const path = isPlain ? name : `${folder}/${name}`;
  const system = createFileSystem(shell);
  if (isDirectory) await system.mkdir(shell.path(path));
  else await system.writeFile(shell.path(path), "");
  await shell.print(`${path}\n`);
  return 0;
};

export const realpath: Builtin = async (shell, args) => {
  let status = 0;
  const isMissingFine = args.includes("-m");
  for (const name of args.filter((arg) => !arg.startsWith("-"))) {
    const system = createFileSystem(shell);
    const path = system.resolvePath(shell.cwd, name);
    const parent = system.resolvePath(path, "..");
    try {
      const exists = await system.exists(path);
      const real = exists
        ? await system.realpath(path)
        : `${(await system.realpath(parent)).replace(/\/$/, "")}/${path.slice(path.lastIndexOf("/") + 1)}`;
      await shell.print(`${real}\n`);
    } catch {
      if (isMissingFine) await shell.print(`${path}\n`);
      else {
        await shell.warn(`realpath: ${name}: No such file or directory\n`);
        status = 1;
      }
    }
  }
  return status;
};

export const stty: Builtin = async (shell, args) => {
  const { terminal } = shell.system;
  if (terminal === undefined || shell.files.get(0)?.isTerminal !== true) {
    await shell.warn("stty: 'standard input': Inappropriate ioctl for device\n");
    return 1;
  }
  const size = terminal.size() ?? { columns: 80, rows: 24 };
  if (args.length === 0 || args[0] === "-a") {
    await shell.print(`speed 38400 baud; rows ${size.rows}; columns ${size.columns};\n`);
    return 0;
  }
  for (const arg of args) {
    if (arg === "size") await shell.print(`${size.rows} ${size.columns}\n`);
    else if (arg === "raw" || arg === "-echo" || arg === "cbreak" || arg === "-icanon")
      terminal.setMode("raw");
    else if (
      arg === "sane" ||
      arg === "cooked" ||
      arg === "echo" ||
      arg === "-raw" ||
      arg === "icanon"
    )
      terminal.setMode("cooked");
    else if (!/^-?[a-z]+$|^[\d:a-f]+$/.test(arg)) {
      await shell.warn(`stty: invalid argument '${arg}'\n`);
      return 1;
    }
  }
  return 0;
};
