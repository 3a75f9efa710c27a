/** Styles that the build puts beside the script that names them. */
declare module "*.css";
