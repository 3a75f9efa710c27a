/** Where the tools of `just-bash` are: each is loaded when it is first used. Names of files belong to its exact version. */
import type { Command } from "just-bash";
import { withModes } from "./list-modes.ts";

type Load = () => Promise<Command>;

export const TOOLS: Readonly<Record<string, Load>> = {
  ls: async () =>
    withModes(
      (await import("../../../node_modules/just-bash/dist/bundle/chunks/ls-R5CQLZQM.js")).lsCommand,
    ),
  mkdir: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/mkdir-WDDKK2P3.js"))
      .mkdirCommand,
  rmdir: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/rmdir-WZKAT6M5.js"))
      .rmdirCommand,
  touch: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/touch-W4DF6Z4T.js"))
      .touchCommand,
  rm: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/rm-JQ4GDKDD.js")).rmCommand,
  cp: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/cp-FKTQRFYJ.js")).cpCommand,
  mv: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/mv-XSJA2FNL.js")).mvCommand,
  ln: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/ln-VYDFOFNO.js")).lnCommand,
  chmod: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/chmod-APOXUPXW.js"))
      .chmodCommand,
  readlink: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/readlink-IY6QKK2P.js"))
      .readlinkCommand,
  stat: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/stat-6KILP5AL.js"))
      .statCommand,
  grep: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/grep-5UPEO42U.js"))
      .grepCommand,
  fgrep: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/grep-5UPEO42U.js"))
      .fgrepCommand,
  egrep: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/grep-5UPEO42U.js"))
      .egrepCommand,
  rg: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/rg-UQE6KUBP.js")).rgCommand,
  sed: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/sed-JW2JDLSI.js")).sedCommand,
  awk: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/awk2-NPLZQ3K7.js"))
      .awkCommand2,
  sort: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/sort-PV2NEQHF.js"))
      .sortCommand,
  uniq: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/uniq-OVOW532K.js"))
      .uniqCommand,
  comm: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/comm-DTWKU2MC.js"))
      .commCommand,
  cut: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/cut-RWPUW5FY.js")).cutCommand,
  paste: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/paste-LLZ3ZQR2.js"))
      .pasteCommand,
  tr: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/tr-3I4MDKIF.js")).trCommand,
  rev: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/rev-EPOS3MFH.js")).rev,
  nl: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/nl-RFXH2GNX.js")).nl,
  fold: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/fold-QJBPHRFJ.js")).fold,
  expand: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/expand-2BPPGGSM.js")).expand,
  unexpand: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/unexpand-YD5BWFH4.js"))
      .unexpand,
  strings: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/strings-WTD7Q2EF.js"))
      .strings,
  split: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/split-2SD6EP72.js")).split,
  column: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/column-LKMDIDCH.js")).column,
  join: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/join-KQ4Z5OD4.js")).join,
  find: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/find-PM3TD7V4.js"))
      .findCommand,
  basename: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/basename-SJZQ5W65.js"))
      .basenameCommand,
  dirname: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/dirname-Z2ZMOOW2.js"))
      .dirnameCommand,
  tree: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/tree-7OOL2MH6.js"))
      .treeCommand,
  du: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/du-PR3M44X6.js")).duCommand,
  jq: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/jq-X2P7Q64K.js")).jqCommand,
  diff: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/diff-CSARC7WF.js"))
      .diffCommand,
  date: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/date-FN2DXAEE.js"))
      .dateCommand,
  expr: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/expr-UMT2OHZ7.js"))
      .exprCommand,
  tac: async () =>
    (await import("../../../node_modules/just-bash/dist/bundle/chunks/tac-YXC4HBTR.js")).tac,
};
