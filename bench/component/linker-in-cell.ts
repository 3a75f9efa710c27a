/** What of the linker a cell's worker has: it is given what was parsed. */
export { instantiateComponent } from "#component";
