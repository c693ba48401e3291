// Which classes are looked at: by name, by size, and the few whose course is drawn.
import { h, setText } from "./dom.js";

const mostChosen = 8;

/** The filter and the choice of classes. `changed` is called after each change by the user. */
export class ClassChoice {
    constructor(changed, isChosen = true) {
        this.all = [];
        this.chosen = [];
        this.text = h("input", { type: "search", id: "class-filter", placeholder: "part of a name", oninput: () => this.show(changed) });
        this.size = h("select", { id: "class-size", onchange: () => this.show(changed) },
            [["all", "all"], ["major", "major (larger half)"], ["minor", "minor (smaller half)"], ["many", "many (more than 100)"], ["medium", "medium (20 to 100)"], ["few", "few (fewer than 20)"]]
                .map(([value, name]) => h("option", { value }, name)));
        this.count = h("span", { class: "muted", role: "status" });
        this.list = h("div", { class: "choices", role: "group", "aria-label": "Classes whose course is drawn" });
        this.changed = changed;
        this.element = h("section", { class: "card classes", "aria-label": "Classes" },
            h("div", { class: "tools" },
                h("label", {}, h("span", {}, "Classes"), this.text),
                h("label", {}, h("span", {}, "Training images"), this.size),
                this.count),
            isChosen ? h("details", {}, h("summary", {}, `Classes drawn over epochs (up to ${mostChosen})`), this.list) : null);
    }

    set(names, counts) {
        this.all = names.map((name, label) => ({ name, label, images: counts[label] ?? 0 }))
            .sort((a, b) => b.images - a.images || a.label - b.label);
        this.all.forEach((each, rank) => {
            each.group = rank < this.all.length / 2 ? "major" : "minor";
            each.shots = each.images > 100 ? "many" : each.images >= 20 ? "medium" : "few";
        });
        const ends = this.all.length <= 6 ? this.all : [...this.all.slice(0, 3), ...this.all.slice(-3)];
        this.chosen = ends.map((each) => each.label);
        this.show(() => {});
    }

    /** The classes that pass the filter, most training images first. */
    get shown() {
        const text = this.text.value.trim().toLowerCase();
        const size = this.size.value;
        return this.all.filter((each) => each.name.toLowerCase().includes(text)
            && (size === "all" || each.group === size || each.shots === size));
    }

    show(changed) {
        const shown = this.shown;
        setText(this.count, `${shown.length} of ${this.all.length} classes`);
        this.list.replaceChildren(...shown.map((each) => {
            const box = h("input", { type: "checkbox", checked: this.chosen.includes(each.label), onchange: () => {
                this.chosen = this.chosen.filter((label) => label !== each.label);
                if (box.checked) {
                    this.chosen.push(each.label);
                }
                this.limit();
                this.changed();
            } });
            box.dataset.label = each.label;
            return h("label", { class: "choice" }, box, h("span", {}, each.name), h("span", { class: "muted" }, String(each.images)));
        }));
        this.limit();
        changed();
    }

    /** More than eight lines could not be told apart. */
    limit() {
        for (const box of this.list.querySelectorAll("input")) {
            box.disabled = !box.checked && this.chosen.length >= mostChosen;
        }
    }
}
