// Chooses the view that the address names.
import { h } from "./dom.js";
import { poll, Gone } from "./source.js";
import { listView } from "./list.js";
import { runView } from "./run.js";
import { compareView } from "./compare.js";

const main = document.getElementById("main");
const address = new URL(location.href);
if (address.searchParams.has("token")) {
    // It did its work: a cookie stands for it now, and it should not stay in the history.
    address.searchParams.delete("token");
    history.replaceState(null, "", address);
}

const themes = ["auto", "light", "dark"];
const themeButton = document.getElementById("theme");
function showTheme() {
    const theme = document.documentElement.dataset.theme ?? "auto";
    themeButton.textContent = `Theme: ${theme}`;
}
themeButton.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? "auto";
    const next = themes[(themes.indexOf(now) + 1) % themes.length];
    if (next === "auto") {
        delete document.documentElement.dataset.theme;
        localStorage.removeItem("theme");
    } else {
        document.documentElement.dataset.theme = next;
        localStorage.setItem("theme", next);
    }
    showTheme();
});
showTheme();

function missing(text) {
    document.title = "Not found · Counterpoise";
    main.replaceChildren(
        h("section", { class: "empty" },
            h("h1", {}, "Not found"),
            h("p", {}, text),
            h("p", {}, h("a", { href: "/" }, "All runs"))));
}

const ids = address.searchParams.getAll("id");
const view = address.pathname === "/" ? listView(main)
    : address.pathname === "/run" && ids.length === 1 ? runView(main, ids[0])
    : address.pathname === "/compare" ? compareView(main, ids)
    : null;

if (view === null) {
    missing("There is no such page.");
} else {
    let isMissing = false;
    poll(async () => {
        if (isMissing) {
            return;
        }
        try {
            await view();
        } catch (error) {
            if (!(error instanceof Gone)) {
                throw error;
            }
            isMissing = true;
            missing(`There is no run ${ids.map((id) => `“${id}”`).join(" or ")} in the watched folder. It may have been moved or deleted.`);
        }
    });
}
