// Two runs or more in the same charts.
import { badge, h, percent, runAddress, show } from "./dom.js";
import { ClassChart, LineChart } from "./charts.js";
import { ClassChoice } from "./classes.js";
import { Followed } from "./source.js";

const curves = [
    ["Loss", { low: 0, legend: true }, (line) => line.loss],
    ["Running accuracy", { unit: "%", low: 0, high: 100, legend: true }, (line) => line.running_accuracy],
    ["Test accuracy", { unit: "%", low: 0, high: 100, legend: true }, (line) => line.accuracy],
    ["Balanced test accuracy", { unit: "%", low: 0, high: 100, legend: true }, (line) => line.balanced_accuracy],
    ["Training accuracy", { unit: "%", low: 0, high: 100, legend: true, nothing: "No statistics in these runs: train with --statistics every=1." }, (line) => line.statistics?.train_accuracy],
];

const bars = [
    ["Test accuracy per class", { unit: "%", high: 100, legend: true }, (run) => run.lastTested()?.per_class_accuracy],
    ["Classification ratio per class", { level: 1, legend: true, nothing: "No statistics in these runs: train with --statistics every=1." }, (run) => run.statistics?.classification_ratio],
    ["Gradient norm per class", { legend: true, nothing: "No statistics in these runs: train with --statistics every=1." }, (run) => run.statistics?.gradient_norm],
];

export function compareView(main, ids) {
    document.title = "Comparison · Counterpoise";
    const runs = [...new Set(ids)].map((id) => new Followed(id));
    if (runs.length < 2) {
        main.replaceChildren(h("section", { class: "empty" }, h("h1", {}, "Comparison"),
            h("p", {}, "Choose two runs or more in the list of runs."), h("p", {}, h("a", { href: "/" }, "All runs"))));
        return async () => {};
    }
    const rows = h("tbody");
    const notice = h("div", { class: "notices", "aria-live": "polite" });
    const choice = new ClassChoice(() => drawClasses(), false);
    const lines = curves.map(([title, options]) => new LineChart(title, options));
    const charts = bars.map(([title, options]) => new ClassChart(title, options));
    lines[0].element.classList.add("full");
    charts.forEach((chart) => chart.element.classList.add("full"));
    main.replaceChildren(
        h("nav", { class: "crumbs", "aria-label": "Where you are" }, h("a", { href: "/" }, "Runs"), " / ", h("span", { "aria-current": "page" }, "Comparison")),
        h("div", { class: "title" }, h("h1", {}, `Comparison of ${runs.length} runs`)), notice,
        h("section", { class: "card" }, h("div", { class: "wide", tabindex: "0", role: "group", "aria-label": "Last epoch: table" }, h("table", { class: "plain" }, h("caption", { class: "unseen" }, "Last epoch of each run"),
            h("thead", {}, h("tr", {}, ["run", "state", "epochs", "loss", "test", "balanced", "many", "medium", "few"].map((name, index) => h("th", { scope: "col", class: index < 2 ? "text" : null }, name)))), rows))),
        h("section", { "aria-labelledby": "curves" }, h("h2", { id: "curves" }, "Curves"), h("div", { class: "grid" }, lines.map((chart) => chart.element))),
        h("section", { "aria-labelledby": "classes" }, h("h2", { id: "classes" }, "Classes"), choice.element, h("div", { class: "grid" }, charts.map((chart) => chart.element))));

    function drawRows() {
        rows.replaceChildren(...runs.map((run, index) => {
            const tested = run.lastTested();
            return h("tr", {},
                h("th", { scope: "row" }, h("span", { class: `key c${index % 8}`, "aria-hidden": "true" }), h("a", { href: runAddress(run.id) }, run.id)),
                h("td", { class: "text" }, badge(run.isDeleted ? "deleted" : run.run.state)), h("td", {}, `${run.run.epochs_done} / ${run.run.epochs}`),
                h("td", {}, show(run.lines.at(-1)?.loss)),
                ["accuracy", "balanced_accuracy", "many_accuracy", "medium_accuracy", "few_accuracy"].map((key) => h("td", {}, percent(tested?.[key]))));
        }));
    }

    function drawNotices() {
        const texts = [];
        const same = runs.filter(hasSameClasses);
        if (same.length < runs.length) {
            texts.push(`Classes are compared with those of ${runs[0].id}; the other classes of ${runs.filter((run) => !hasSameClasses(run)).map((run) => run.id).join(", ")} are left out.`);
        }
        for (const run of runs) {
            if (run.isDeleted) {
                texts.push(`${run.id} was deleted or moved. What you see was read before.`);
            }
            if (run.malformed.length > 0) {
                texts.push(`${run.id}: malformed lines in metrics.jsonl were skipped: ${run.malformed.slice(0, 10).join(", ")}.`);
            }
        }
        notice.replaceChildren(...texts.map((text) => h("p", { class: "notice" }, text)));
    }

    const hasSameClasses = (run) => JSON.stringify(run.classes) === JSON.stringify(runs[0].classes);

    /** A run's values in the label order of the first run, by the classes' names. */
    function inOrder(run, values) {
        const places = new Map(run.classes.map((name, label) => [name, label]));
        return runs[0].classes.map((name) => values?.[places.get(name)]);
    }

    function drawClasses() {
        bars.forEach(([, , values], index) => {
            const series = runs
                .map((run, color) => ({ name: run.id, color, values: inOrder(run, values(run)) }));
            charts[index].update(choice.shown, series);
        });
    }

    return async () => {
        const news = await Promise.all(runs.map((run) => run.update()));
        if (!news.some(Boolean)) {
            return;
        }
        if (choice.all.length === 0) {
            choice.set(runs[0].classes, runs[0].counts);
        }
        drawRows();
        drawNotices();
        curves.forEach(([, , value], index) => lines[index].update(runs.map((run, color) => ({ name: run.id, color, points: run.series(value).filter(([, y]) => typeof y === "number") }))));
        drawClasses();
    };
}
