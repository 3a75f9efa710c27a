/**
 * Which of a process's three streams are a person's terminal: all, only the two outputs, as where input comes from a pipe,
 * or none.
 */
export type TerminalUse = boolean | "output";
