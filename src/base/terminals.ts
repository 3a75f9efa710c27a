/** Which streams of a program lead to a terminal, where a person reads or types: all, none, or each as it is. */
export type Terminals =
  | boolean
  | { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
