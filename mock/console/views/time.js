import {h} from "../dom.js";

export default function view() {
  return {element: h("div", {class: "page"}, h("h1", {}, "time")), close() {}};
}
