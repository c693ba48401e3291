// What was taken for what: the most frequent confusions, and pictures of single mistakes.
import { h } from "./dom.js";

const mostConfusions = 20;

/** The most frequent confusions that a shown class takes part in, as a table. */
export function confusions(place, followed, shown) {
    const labels = new Set(shown.map((each) => each.label));
    const cells = followed.statistics.confusion ?? [];
    const images = new Map();
    for (const [label, , count] of cells) {
        images.set(label, (images.get(label) ?? 0) + count);
    }
    const worst = cells
        .filter(([label, predicted]) => label !== predicted && (labels.has(label) || labels.has(predicted)))
        .sort((left, right) => right[2] - left[2])
        .slice(0, mostConfusions);
    place.className = "numbers";
    place.tabIndex = 0;
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", "Most frequent confusions: table");
    place.replaceChildren(worst.length === 0 ? h("p", { class: "nothing" }, "No confusions among these classes.")
        : h("table", {}, h("thead", {}, h("tr", {}, ["true class", "predicted as", "images", "share"].map((name, index) => h("th", { scope: "col", class: index < 2 ? "text" : null }, name)))),
            h("tbody", {}, worst.map(([label, predicted, count]) => h("tr", {},
                h("th", { scope: "row" }, nameOf(followed, label)), h("td", { class: "text" }, nameOf(followed, predicted)),
                h("td", {}, String(count)), h("td", {}, `${((100 * count) / images.get(label)).toFixed(0)} %`))))));
}

/** Pictures of mistakes whose true or predicted class is shown. */
export function examples(place, followed, shown) {
    const labels = new Set(shown.map((each) => each.label));
    const errors = (followed.statistics.errors ?? []).filter((error) => labels.has(error.label) || labels.has(error.predicted));
    // The same pictures are not loaded again each second.
    const now = JSON.stringify([followed.details.epoch, errors]);
    if (place.dataset.now === now) {
        return;
    }
    place.dataset.now = now;
    place.replaceChildren(...(errors.length === 0 ? [h("p", { class: "nothing" }, "No example errors among these classes.")]
        : errors.map((error) => h("figure", {},
            h("img", {
                src: `/example?id=${encodeURIComponent(followed.id)}&image=${error.image}&epoch=${followed.details.epoch}`,
                width: 96, height: 96, loading: "lazy", decoding: "async",
                alt: `Test image ${error.image}`,
            }),
            h("figcaption", {},
                h("span", {}, h("span", { class: "muted" }, "is "), nameOf(followed, error.label)),
                h("span", {}, h("span", { class: "muted" }, "taken for "), nameOf(followed, error.predicted)),
                h("span", { class: "muted" }, `${(100 * error.confidence).toFixed(1)} % sure`))))));
}

const nameOf = (followed, label) => followed.classes[label] ?? `class ${label}`;
