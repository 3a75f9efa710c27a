/** A module with all that it imports, bundled into the text of one script that declares its exports as `script`. */
declare module "*?script" {
  const text: string;
  export default text;
}
