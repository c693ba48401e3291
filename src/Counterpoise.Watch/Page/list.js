// The list of runs: filter, sorting, and the choice of runs to compare.
import { badge, compareAddress, h, isNumber, percent, runAddress, setText } from "./dom.js";
import { get } from "./source.js";

const columns = [
    { key: "id", name: "Run" },
    { key: "state", name: "State" },
    { key: "method", name: "Method" },
    { key: "model", name: "Model" },
    { key: "data", name: "Data" },
    { key: "seed", name: "Seed", isNumber: true },
    { key: "epochs_done", name: "Epochs", isNumber: true },
    { key: "accuracy", name: "Accuracy", isNumber: true },
    { key: "balanced_accuracy", name: "Balanced", isNumber: true },
];

export function listView(main) {
    document.title = "Runs · Counterpoise";
    let runs = [];
    let sort = { key: "id", descending: false };
    const rows = new Map();
    const chosen = new Set();

    const text = h("input", { type: "search", id: "filter", placeholder: "name, method, model, data", oninput: draw });
    const state = h("select", { id: "state", onchange: draw },
        ["all", "running", "stopped", "finished", "unreadable"].map((value) => h("option", { value }, value)));
    const order = h("select", { id: "order", onchange: () => sortBy(order.value, false) },
        columns.map((column) => h("option", { value: column.key }, column.name.toLowerCase())));
    const compare = h("button", { type: "button", class: "primary", disabled: true, onclick: () => location.assign(compareAddress([...chosen])) });
    const heads = columns.map((column) => h("th", { scope: "col", class: column.isNumber ? "number" : null },
        h("button", { type: "button", class: "sort", onclick: () => sortBy(column.key, sort.key === column.key && !sort.descending) }, column.name)));
    const body = h("tbody");
    const summary = h("p", { class: "muted", id: "summary" });
    const table = h("table", { class: "runs" },
        h("caption", { class: "unseen" }, "Runs"),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, h("span", { class: "unseen" }, "Compare")), heads)), body);
    const empty = h("section", { class: "empty", hidden: true },
        h("h2", {}, "No runs yet"),
        h("p", {}, "A run appears here as soon as its training starts. Train one with:"),
        h("pre", {}, h("code", {}, "counterpoise train --data FOLDER --statistics every=1")),
        h("p", {}, "or try it out with built-in images:"),
        h("pre", {}, h("code", {}, "counterpoise demo")));
    const none = h("p", { class: "empty", hidden: true }, "No run matches the filter.");
    const tools = h("div", { class: "tools", role: "search", "aria-label": "Runs" },
        h("label", {}, h("span", {}, "Filter"), text),
        h("label", {}, h("span", {}, "State"), state),
        h("label", { class: "phone" }, h("span", {}, "Sort by"), order),
        compare);
    main.replaceChildren(h("div", { class: "title" }, h("h1", {}, "Runs"), summary), tools, h("div", { class: "wide" }, table), empty, none);

    function sortBy(key, descending) {
        sort = { key, descending };
        order.value = key;
        draw();
    }

    function row(run) {
        const cells = Object.fromEntries(columns.map((column) => [column.key,
            h("td", { class: column.isNumber ? "number" : null, "data-name": column.name })]));
        const box = h("input", { type: "checkbox", "aria-label": `Compare ${run.id}`, onchange: () => {
            if (box.checked) {
                chosen.add(run.id);
            } else {
                chosen.delete(run.id);
            }
            showChosen();
        } });
        const name = h("th", { scope: "row", class: "name" }, h("a", { href: runAddress(run.id) }, run.id), h("div", { class: "problem" }));
        cells.id = name;
        const done = h("span", {});
        const bar = h("progress", { max: 1, value: 0, "aria-label": `Epochs of ${run.id}` });
        cells.epochs_done.append(done, bar);
        return { element: h("tr", {}, h("td", { class: "box" }, box), columns.map((column) => cells[column.key])), cells, done, bar, drawn: "" };
    }

    function update(entry, run) {
        const now = JSON.stringify(run);
        if (entry.drawn === now) {
            return;
        }
        entry.drawn = now;
        for (const key of ["method", "model", "data", "seed"]) {
            setText(entry.cells[key], run[key] === undefined || run[key] === null ? "–" : String(run[key]));
        }
        entry.cells.state.replaceChildren(badge(run.state));
        setText(entry.done, run.epochs === undefined ? "–" : `${run.epochs_done} / ${run.epochs}`);
        entry.bar.max = Math.max(1, run.epochs ?? 1);
        entry.bar.value = run.epochs_done ?? 0;
        setText(entry.cells.accuracy, percent(run.accuracy));
        setText(entry.cells.balanced_accuracy, percent(run.balanced_accuracy));
        setText(entry.cells.id.lastChild, run.problem ?? "");
    }

    function showChosen() {
        compare.disabled = chosen.size < 2;
        setText(compare, chosen.size < 2 ? "Compare: choose two runs or more" : `Compare ${chosen.size} runs`);
    }

    function draw() {
        const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
        const shown = runs.filter((run) => (state.value === "all" || run.state === state.value)
            && words.every((word) => `${run.id} ${run.method} ${run.model} ${run.data}`.toLowerCase().includes(word)));
        shown.sort((left, right) => before(left[sort.key], right[sort.key]) * (sort.descending ? -1 : 1)
            || before(left.id, right.id));
        heads.forEach((head, index) => {
            const isSorted = columns[index].key === sort.key;
            head.setAttribute("aria-sort", isSorted ? (sort.descending ? "descending" : "ascending") : "none");
        });
        const elements = shown.map((run) => {
            const entry = rows.get(run.id) ?? row(run);
            rows.set(run.id, entry);
            update(entry, run);
            return entry.element;
        });
        // A row that stays where it is keeps its focus.
        if (elements.length !== body.children.length || elements.some((element, index) => body.children[index] !== element)) {
            const focused = document.activeElement;
            body.replaceChildren(...elements);
            if (focused !== document.activeElement && body.contains(focused)) {
                focused.focus();
            }
        }
        const states = ["running", "stopped", "finished", "unreadable"]
            .map((value) => [value, runs.filter((run) => run.state === value).length])
            .filter(([, count]) => count > 0)
            .map(([value, count]) => `${count} ${value}`);
        setText(summary, runs.length === 0 ? "" : `${runs.length} in ${folder}: ${states.join(", ")}`);
        empty.hidden = runs.length > 0;
        none.hidden = runs.length === 0 || shown.length > 0;
        table.hidden = shown.length === 0;
        tools.hidden = runs.length === 0;
    }

    let folder = "";
    let last = "";
    showChosen();
    return async () => {
        const list = await get("/api/runs");
        const now = JSON.stringify(list);
        if (now === last) {
            return;
        }
        last = now;
        folder = list.folder;
        runs = list.runs;
        const ids = new Set(runs.map((run) => run.id));
        for (const id of [...rows.keys()].filter((known) => !ids.has(known))) {
            rows.delete(id);
            chosen.delete(id);
        }
        showChosen();
        draw();
    };
}

/** Numbers by size, texts by letters; what is missing comes first. */
function before(left, right) {
    if (isNumber(left) && isNumber(right)) {
        return left - right;
    }
    return isNumber(left) ? 1 : isNumber(right) ? -1 : String(left ?? "").localeCompare(String(right ?? ""), "en", { numeric: true });
}
