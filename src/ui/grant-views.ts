/** All views of grants, which the page loads with the first question of an image. */
import "./grants.css";
import "./panels.css";
export { HeldPanel } from "./held-panel.tsx";
export { Sheet } from "./sheet.tsx";
