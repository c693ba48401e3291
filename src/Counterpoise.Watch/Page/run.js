// One run: how far it is, its curves, and what happens to its classes.
import { announce, badge, duration, h, isNumber, percent, setText, show } from "./dom.js";
import { ClassChart, LineChart } from "./charts.js";
import { ClassChoice } from "./classes.js";
import { confusions, examples } from "./mistakes.js";
import { Followed } from "./source.js";

const courses = [
    ["classification_ratio", "classification ratio, training images", (line) => line.statistics?.classification_ratio],
    ["test_classification_ratio", "classification ratio, test images", (line) => line.statistics?.test_classification_ratio],
    ["gradient_norm", "gradient norm", (line) => line.statistics?.gradient_norm],
    ["feature_deviation", "feature deviation", (line) => line.statistics?.feature_deviation],
    ["train_per_class_accuracy", "training accuracy, %", (line) => line.statistics?.train_per_class_accuracy],
    ["per_class_accuracy", "test accuracy, %", (line) => line.per_class_accuracy],
    ["train_entropy", "entropy, training images", (line) => line.statistics?.train_entropy],
    ["test_entropy", "entropy, test images", (line) => line.statistics?.test_entropy],
    ["weight_norm", "weight norm", (line) => line.statistics?.weight_norm],
];

const note = (text) => h("p", { class: "muted" }, text);

export function runView(main, id) {
    document.title = `${id} · Counterpoise`;
    const followed = new Followed(id);
    const state = h("span");
    const problem = h("div", { class: "notices", "aria-live": "assertive" });
    const facts = h("dl", { class: "facts" });
    const bar = h("progress", { max: 1, value: 0, "aria-label": "Epochs done" });
    const progress = h("p", { class: "progress-text" });
    const numbers = h("dl", { class: "numbers-row" });
    const choice = new ClassChoice(() => drawClasses());
    const loss = new LineChart("Loss", { low: 0, legend: false });
    const accuracy = new LineChart("Accuracy", { unit: "%", low: 0, high: 100 });
    const perClass = new ClassChart("Accuracy per class", { unit: "%", high: 100, legend: true, nothing: "No epoch was tested yet." });
    const measure = h("select", { "aria-label": "Measure over epochs", onchange: () => drawClasses() },
        courses.map(([key, name]) => h("option", { value: key }, name)));
    const course = new LineChart("Classes over epochs", { controls: measure, legend: true, nothing: "No epoch has this measure." });
    const ratio = new ClassChart("Classification ratio per class", { level: 1, legend: true });
    const gradient = new ClassChart("Gradient norm per class", {});
    const deviation = new ClassChart("Feature deviation per class", {});
    const calibration = new LineChart("Calibration", { xName: "confidence", low: 0, high: 1, fractions: true });
    const confusion = h("div");
    const example = h("div", { class: "examples" });
    const without = h("section", { class: "empty card", hidden: true },
        h("h3", {}, "No statistics in this run"),
        h("p", {}, "Classification ratios, gradient norms, feature deviation, confusions and example errors are recorded by:"),
        h("pre", {}, h("code", {}, "counterpoise train ... --statistics every=1")),
        h("p", {}, "or, from the checkpoints that were kept, afterwards:"),
        h("pre", {}, h("code", {}, `counterpoise analyze ${/^[\w./-]+$/.test(id) ? id : "RUN"} --recompute`)));
    const withStatistics = h("div", { class: "grid" }, wide(ratio), gradient.element, deviation.element, calibration.element,
        h("section", { class: "card" }, h("h3", {}, "Most frequent confusions"), note("Test images; the share is that of the true class."), confusion),
        h("section", { class: "card full" }, h("h3", {}, "Example errors"), note("The most confident mistakes on the worst classes."), example));
    const description = h("dl", { class: "facts long" });
    const content = h("div", { hidden: true },
        facts,
        h("section", { class: "card progress", "aria-label": "Progress" }, progress, bar, numbers),
        h("section", { "aria-labelledby": "curves" }, h("h2", { id: "curves" }, "Curves"), h("div", { class: "grid" }, loss.element, accuracy.element)),
        h("section", { "aria-labelledby": "classes" }, h("h2", { id: "classes" }, "Classes"), choice.element,
            h("div", { class: "grid" }, wide(perClass), wide(course))),
        h("section", { "aria-labelledby": "statistics" }, h("h2", { id: "statistics" }, "Statistics"), without, withStatistics),
        h("details", { class: "card" }, h("summary", {}, "How it was started"), description));
    main.replaceChildren(
        h("nav", { class: "crumbs", "aria-label": "Where you are" }, h("a", { href: "/" }, "Runs"), " / ", h("span", { "aria-current": "page" }, id)),
        h("div", { class: "title" }, h("h1", {}, id), state),
        problem, content);

    let notices = "";
    let isDrawn = false;

    function wide(chart) {
        chart.element.classList.add("full");
        return chart.element;
    }

    function drawNotices() {
        const texts = [];
        if (followed.isDeleted) {
            texts.push("This run was deleted or moved. What you see was read before.");
        }
        if (followed.malformed.length > 0) {
            const lines = followed.malformed.slice(0, 10).join(", ") + (followed.malformed.length > 10 ? ", ..." : "");
            texts.push(followed.malformed.length === 1
                ? `metrics.jsonl: line ${lines} is not a JSON object and was skipped.`
                : `metrics.jsonl: lines ${lines} are not JSON objects and were skipped.`);
        }
        if (notices !== texts.join()) {
            notices = texts.join();
            problem.replaceChildren(...texts.map((text) => h("p", { class: "notice" }, text)));
        }
    }

    function drawHead() {
        const run = followed.run;
        state.replaceChildren(badge(followed.isDeleted ? "deleted" : run.state));
        const about = followed.description;
        pairs(facts, [["Method", run.method], ["Model", run.model], ["Data", run.data], ["Seed", run.seed],
            ["Classes", followed.classes.length], ["Precision", about.precision], ["Device", about.device],
            ["Started", typeof about.started === "string" ? about.started.slice(0, 16).replace("T", " ") : null]]);
        pairs(description, [["Command", about.command], ["Written by", about.written_by], ["Machine", about.machine],
            ["Threads", about.threads], ["Data", about.data], ["Fingerprint", about.fingerprint]]);
        const left = run.epochs - run.epochs_done;
        bar.max = Math.max(1, run.epochs);
        bar.value = run.epochs_done;
        const last = followed.lines.at(-1);
        const recent = followed.lines.slice(-5).map((line) => line.seconds).filter(isNumber);
        const seconds = recent.reduce((sum, value) => sum + value, 0) / recent.length;
        setText(progress, `Epoch ${run.epochs_done} of ${run.epochs}`
            + (run.state === "running" && left > 0 && recent.length > 0 ? `, about ${duration(seconds * left)} of training left` : "")
            + (isNumber(last?.images_per_second) ? `, ${Math.round(last.images_per_second)} images/s` : ""));
        const tested = followed.lastTested();
        pairs(numbers, [["Test", percent(tested?.accuracy)], ["Balanced", percent(tested?.balanced_accuracy)],
            ["Many", percent(tested?.many_accuracy)], ["Medium", percent(tested?.medium_accuracy)], ["Few", percent(tested?.few_accuracy)],
            ["Training", percent(followed.statistics?.train_accuracy)], ["Loss", show(last?.loss)]]);
        if (isDrawn && last) {
            announce(`Epoch ${run.epochs_done} of ${run.epochs}, balanced accuracy ${percent(run.balanced_accuracy)}`);
        }
    }

    function drawCurves() {
        loss.update([{ name: "loss", color: 0, points: followed.series((line) => line.loss) }]);
        accuracy.update([
            { name: "running", color: 0, points: followed.series((line) => line.running_accuracy) },
            { name: "training", color: 2, points: followed.series((line) => line.statistics?.train_accuracy) },
            { name: "test", color: 1, points: followed.series((line) => line.accuracy) },
            { name: "balanced test", color: 3, points: followed.series((line) => line.balanced_accuracy) },
        ]);
    }

    function drawClasses() {
        const statistics = followed.statistics;
        const shown = choice.shown;
        const bars = [{ name: "test", color: 0, values: followed.lastTested()?.per_class_accuracy ?? [] }];
        if (statistics?.train_per_class_accuracy) {
            bars.unshift({ name: "training", color: 5, values: statistics.train_per_class_accuracy });
        }
        perClass.update(shown, bars);
        const [, , values] = courses.find(([key]) => key === measure.value);
        course.update(choice.chosen.map((label, index) => ({
            name: followed.classes[label], color: index,
            points: followed.series((line) => values(line)?.[label]).filter(([, value]) => isNumber(value)),
        })));
        without.hidden = statistics !== null;
        withStatistics.hidden = statistics === null;
        if (statistics === null) {
            return;
        }
        ratio.update(shown, [
            { name: "training images", color: 0, values: statistics.classification_ratio ?? [] },
            { name: "test images", color: 4, values: statistics.test_classification_ratio ?? [] },
        ]);
        gradient.update(shown, [{ name: "gradient norm", color: 2, values: statistics.gradient_norm ?? [] }]);
        deviation.update(shown, [{ name: "feature deviation", color: 3, values: statistics.feature_deviation ?? [] }]);
        const bins = (statistics.calibration?.bins ?? []).filter((bin) => bin.images > 0);
        calibration.update([
            { name: "accuracy", color: 0, points: bins.map((bin) => [bin.confidence, bin.accuracy]) },
            { name: `if calibrated (expected error ${show(statistics.calibration?.expected_error)})`, color: 1, points: bins.map((bin) => [bin.confidence, bin.confidence]) },
        ]);
        confusions(confusion, followed, shown);
        examples(example, followed, shown);
    }

    return async () => {
        const isNew = await followed.update();
        drawNotices();
        if (!isNew) {
            return;
        }
        if (choice.all.length === 0) {
            choice.set(followed.classes, followed.counts);
            measure.value = followed.newestStatistics() ? "classification_ratio" : "per_class_accuracy";
        }
        content.hidden = false;
        drawHead();
        drawCurves();
        drawClasses();
        isDrawn = true;
    };
}

/** Fills a description list, only where it changed. */
export function pairs(list, values) {
    const shown = values.filter(([, value]) => value !== null && value !== undefined && value !== "–").map(([name, value]) => [name, String(value)]);
    const now = JSON.stringify(shown);
    if (list.dataset.now !== now) {
        list.dataset.now = now;
        list.replaceChildren(...shown.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    }
}
