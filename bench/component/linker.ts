/** The linker with its parser. */
export { instantiateComponent, parseComponent } from "#component";
