import { render } from "preact";
import { App } from "./app";
import { load } from "./i18n/messages";
import { enter } from "./store";
import "./page.css";

await load();
await enter();
render(<App />, document.getElementById("page")!);
