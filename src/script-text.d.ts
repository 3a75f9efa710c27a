/** A module with all that it imports, bundled into the text of one script that declares its exports as `script`. */
declare module "*?script" {
  const text: string;
  export default text;
}

/** The address of the same script, to start workers from. */
declare module "*?script-address" {
  const address: string;
  export default address;
}

/** Where to load the module from, for a worker of type `module`. */
declare module "*?worker-address" {
  const address: string;
  export default address;
}
