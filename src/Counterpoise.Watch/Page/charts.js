// Line and bar charts in SVG, each with values on hover and by arrow keys, and a table of the same numbers.
import { h, isNumber, s, setText, show } from "./dom.js";

const height = 240;
const countsHeight = 56;
const margin = { left: 48, right: 12, top: 10, bottom: 26 };
const mostPoints = 400;
const dashes = ["none", "6 3", "2 2", "8 3 2 3", "4 4", "10 2 3 2", "12 4", "5 2 1 2"];

/** Numbers with few digits between two limits. */
export function ticks(low, high, count) {
    const step = niceStep((high - low) / count);
    const first = Math.ceil(low / step - 1e-9);
    const result = [];
    for (let index = first; index * step <= high + step * 1e-9; index++) {
        result.push(Number((index * step).toPrecision(12)));
    }
    return result;
}

function niceStep(rough) {
    const power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.75) * power;
}

/** At most `mostPoints` of a line's points: of each stretch its lowest and highest, so that no peak is lost. */
export function downsample(points) {
    if (points.length <= mostPoints) {
        return points;
    }
    const size = points.length / (mostPoints / 2);
    const kept = [points[0]];
    for (let stretch = 0; stretch < mostPoints / 2; stretch++) {
        const part = points.slice(Math.floor(stretch * size), Math.floor((stretch + 1) * size));
        const numbers = part.filter(([, y]) => isNumber(y));
        if (numbers.length === 0) {
            kept.push(part[0]);
            continue;
        }
        const low = numbers.reduce((best, point) => (point[1] < best[1] ? point : best));
        const high = numbers.reduce((best, point) => (point[1] > best[1] ? point : best));
        kept.push(...(low[0] < high[0] ? [low, high] : low === high ? [low] : [high, low]));
    }
    kept.push(points.at(-1));
    return kept;
}

/** What both kinds have: title, legend, drawing with readout, and the table in its place. */
class Chart {
    constructor(title, options = {}) {
        this.title = title;
        this.options = options;
        this.series = [];
        this.at = null;
        this.isTable = false;
        this.legend = h("ul", { class: "legend" });
        this.tip = h("div", { class: "tip", hidden: true });
        this.readout = h("div", { class: "unseen", "aria-live": "polite" });
        this.drawing = h("div", {
            class: "drawing", tabindex: "0", role: "group", "aria-label": `${title}: chart; arrow keys read the values`,
            onpointermove: (event) => this.point(this.nearest(event.clientX - this.drawing.getBoundingClientRect().left)),
            onpointerleave: () => this.point(null),
            onblur: () => this.point(null),
            onkeydown: (event) => this.key(event),
        });
        this.table = h("div", { class: "numbers", hidden: true, tabindex: "0", role: "group", "aria-label": `${title}: table` });
        this.toggle = h("button", { type: "button", class: "quiet", "aria-pressed": "false", "aria-label": `${title}: show as table`, onclick: () => this.turn() }, "Show as table");
        this.element = h("figure", { class: "card chart" },
            h("figcaption", {}, h("h3", {}, title), options.controls ?? null, this.toggle),
            options.note ? h("p", { class: "muted" }, options.note) : null,
            this.legend, h("div", { class: "plot" }, this.drawing, this.tip), this.readout, this.table);
        this.width = 0;
        new ResizeObserver(() => {
            if (this.drawing.clientWidth !== this.width) {
                this.redraw();
            }
        }).observe(this.drawing);
    }

    turn() {
        this.isTable = !this.isTable;
        this.toggle.setAttribute("aria-pressed", String(this.isTable));
        this.drawing.parentElement.hidden = this.isTable;
        this.table.hidden = !this.isTable;
        this.redraw();
    }

    key(event) {
        const last = this.places() - 1;
        const next = {
            ArrowLeft: this.at === null ? last : Math.max(0, this.at - 1),
            ArrowRight: this.at === null ? 0 : Math.min(last, this.at + 1),
            Home: 0, End: last, Escape: null,
        }[event.key];
        if (next !== undefined && last >= 0) {
            event.preventDefault();
            this.point(next);
            setText(this.readout, next === null ? "" : this.read(next).join(", "));
        }
    }

    point(place) {
        this.at = place;
        this.tip.hidden = place === null;
        this.mark?.setAttribute("visibility", place === null ? "hidden" : "visible");
        if (place === null) {
            return;
        }
        const x = this.xOf(place);
        this.mark?.setAttribute("transform", `translate(${x} 0)`);
        const [head, ...values] = this.read(place);
        this.tip.replaceChildren(h("strong", {}, head), ...values.map((value) => h("span", {}, value)));
        const isRight = x > this.width / 2;
        this.tip.style.left = isRight ? "auto" : `${x + 12}px`;
        this.tip.style.right = isRight ? `${this.width - x + 12}px` : "auto";
    }

    redraw() {
        if (this.isTable) {
            this.table.replaceChildren(this.tableOf());
            return;
        }
        this.width = this.drawing.clientWidth;
        if (this.width > 0) {
            this.draw();
            this.point(this.at !== null && this.at < this.places() ? this.at : null);
        }
    }

    drawLegend(series) {
        const now = JSON.stringify(series.map((one) => [one.name, one.color]));
        if (this.legendOf !== now) {
            this.legendOf = now;
            this.legend.hidden = series.length < 2 && !this.options.legend;
            this.legend.replaceChildren(...series.map((one) => h("li", {}, this.swatch(one), one.name)));
        }
    }

    axis(svg, low, high, top, bottom, format) {
        const y = (value) => bottom - ((value - low) / (high - low)) * (bottom - top);
        for (const tick of ticks(low, high, 4)) {
            svg.append(
                s("line", { class: "grid", x1: margin.left, x2: this.width - margin.right, y1: y(tick), y2: y(tick) }),
                s("text", { class: "tick", x: margin.left - 6, y: y(tick) + 4, "text-anchor": "end" }, format(tick)));
        }
        return y;
    }

    value(number) {
        return this.options.unit === "%" ? (isNumber(number) ? `${number.toFixed(1)} %` : "–") : show(number);
    }
}

/** Lines over epochs. `update` takes `[{ name, color, points: [[x, y], ...] }]`, `color` counting from 0. */
export class LineChart extends Chart {
    update(series) {
        this.series = series.filter((one) => one.points.some(([, y]) => isNumber(y)));
        this.values = this.series.map((one) => new Map(one.points));
        this.xs = [...new Set(this.series.flatMap((one) => one.points.map(([x]) => x)))].sort((a, b) => a - b);
        this.drawLegend(this.series);
        this.redraw();
    }

    places() {
        return this.xs?.length ?? 0;
    }

    swatch(one) {
        return s("svg", { class: "swatch", width: 22, height: 10, "aria-hidden": "true" },
            s("line", { class: `line c${one.color % 8}`, x1: 0, x2: 22, y1: 5, y2: 5, "stroke-dasharray": dashes[one.color % 8] }));
    }

    draw() {
        if (!this.xs?.length) {
            this.mark = null;
            this.drawing.replaceChildren(h("p", { class: "nothing" }, this.options.nothing ?? "No values yet."));
            return;
        }
        const ys = this.series.flatMap((one) => one.points.map(([, y]) => y).filter(isNumber));
        const low = this.options.low ?? Math.min(...extent(ys));
        const top = this.options.high ?? Math.max(...extent(ys), low);
        const high = top > low ? top + (isNumber(this.options.high) ? 0 : (top - low) * 0.04) : low + 1;
        const [first, last] = [this.xs[0], this.xs.at(-1)];
        const bottom = height - margin.bottom;
        const room = this.width - margin.left - margin.right;
        this.x = (x) => margin.left + (last > first ? ((x - first) / (last - first)) * room : room / 2);
        const svg = s("svg", { width: this.width, height, "aria-hidden": "true" });
        const y = this.axis(svg, low, high, margin.top, bottom, (value) => show(value));
        for (const tick of ticks(first, Math.max(last, first + 1), Math.max(2, room / 90)).filter((value) => value <= last && (this.options.fractions || Number.isInteger(value)))) {
            svg.append(s("text", { class: "tick", x: this.x(tick), y: height - 8, "text-anchor": "middle" }, show(tick)));
        }
        if (isNumber(this.options.level) && this.options.level <= high) {
            svg.append(s("line", { class: "level", x1: margin.left, x2: this.width - margin.right, y1: y(this.options.level), y2: y(this.options.level) }));
        }
        for (const one of this.series) {
            const color = one.color % 8;
            const points = downsample(one.points.filter(([, value]) => isNumber(value)));
            const path = points.map(([x, value], index) => `${index === 0 ? "M" : "L"}${this.x(x).toFixed(1)} ${y(Math.max(low, Math.min(high, value))).toFixed(1)}`).join("");
            svg.append(s("path", { class: `line c${color}`, d: path, "stroke-dasharray": dashes[color] }));
            if (points.length < 12) {
                svg.append(...points.map(([x, value]) => s("circle", { class: `dot c${color}`, cx: this.x(x), cy: y(value), r: 2.5 })));
            }
        }
        this.mark = s("line", { class: "mark", x1: 0, x2: 0, y1: margin.top, y2: bottom, visibility: "hidden" });
        svg.append(this.mark);
        this.drawing.replaceChildren(svg);
    }

    xOf(place) {
        return this.x(this.xs[place]);
    }

    nearest(x) {
        if (!this.xs?.length || !this.x) {
            return null;
        }
        let best = 0;
        for (let place = 1; place < this.xs.length; place++) {
            if (Math.abs(this.x(this.xs[place]) - x) < Math.abs(this.x(this.xs[best]) - x)) {
                best = place;
            }
        }
        return best;
    }

    read(place) {
        const x = this.xs[place];
        return [`${this.options.xName ?? "epoch"} ${show(x)}`,
            ...this.series.map((one, index) => `${one.name} ${this.value(this.values[index].get(x))}`)];
    }

    tableOf() {
        return h("table", {}, h("caption", { class: "unseen" }, this.title),
            h("thead", {}, h("tr", {}, [this.options.xName ?? "epoch", ...this.series.map((one) => one.name)].map((name) => h("th", { scope: "col" }, name)))),
            h("tbody", {}, (this.xs ?? []).map((x) => h("tr", {}, h("th", { scope: "row" }, show(x)),
                this.values.map((values) => h("td", {}, this.value(values.get(x))))))));
    }
}

/** Bars of classes above their numbers of training images. `update` takes the classes and `[{ name, color, values }]`. */
export class ClassChart extends Chart {
    update(classes, series) {
        this.classes = classes;
        this.series = series;
        this.drawLegend(series);
        this.redraw();
    }

    places() {
        return this.classes?.length ?? 0;
    }

    swatch(one) {
        return s("svg", { class: "swatch", width: 12, height: 12, "aria-hidden": "true" }, s("rect", { class: `bar c${one.color % 8}`, width: 12, height: 12 }));
    }

    draw() {
        const values = this.series.flatMap((one) => this.classes?.map((each) => one.values[each.label]) ?? []).filter(isNumber);
        if (values.length === 0) {
            this.mark = null;
            this.drawing.replaceChildren(h("p", { class: "nothing" }, this.options.nothing ?? "No values yet."));
            return;
        }
        const high = this.options.high ?? (Math.max(...extent(values), this.options.level ?? 0) * 1.02 || 1);
        const bottom = height - margin.bottom;
        const room = this.width - margin.left - margin.right;
        this.step = room / this.classes.length;
        const svg = s("svg", { height: height + countsHeight, width: this.width, "aria-hidden": "true" });
        const y = this.axis(svg, 0, high, margin.top, bottom, (value) => show(value));
        if (isNumber(this.options.level)) {
            svg.append(s("line", { class: "level", x1: margin.left, x2: this.width - margin.right, y1: y(this.options.level), y2: y(this.options.level) }));
        }
        const mostImages = Math.max(1, ...extent(this.classes.map((each) => each.images)));
        const gap = this.step > 6 ? this.step * 0.18 : this.step > 2.5 ? 0.6 : 0;
        const bar = (this.step - gap) / this.series.length;
        const isNamed = this.step >= 46;
        const countsBottom = height + countsHeight - 8;
        const longest = Math.floor(this.step / 6.6);
        this.classes.forEach((each, place) => {
            const left = margin.left + place * this.step;
            this.series.forEach((one, index) => {
                const value = one.values[each.label];
                if (isNumber(value)) {
                    const top = y(Math.min(high, value));
                    svg.append(s("rect", { class: `bar c${one.color % 8}`, x: (left + gap / 2 + index * bar).toFixed(2), width: Math.max(0.5, bar).toFixed(2), y: top.toFixed(1), height: Math.max(1, bottom - top).toFixed(1) }));
                }
            });
            // On a logarithmic scale, or the rare classes would have no bar at all.
            const images = (Math.log1p(each.images) / Math.log1p(mostImages)) * (countsHeight - 26);
            svg.append(s("rect", { class: "count", x: (left + gap / 2).toFixed(2), width: Math.max(0.5, this.step - gap).toFixed(2), y: (countsBottom - images).toFixed(1), height: Math.max(0.5, images).toFixed(1) }));
            if (isNamed) {
                svg.append(
                    s("text", { class: "tick", x: left + this.step / 2, y: bottom + 15, "text-anchor": "middle" }, shorten(each.name, longest)),
                    s("text", { class: "tick", x: left + this.step / 2, y: countsBottom - images - 3, "text-anchor": "middle" }, String(each.images)));
            }
        });
        svg.append(
            s("text", { class: "tick", x: margin.left - 6, y: countsBottom - 13, "text-anchor": "end" }, "images"),
            s("text", { class: "tick", x: margin.left - 6, y: countsBottom - 1, "text-anchor": "end" }, "(log)"));
        if (!isNamed) {
            svg.append(
                s("text", { class: "tick", x: margin.left, y: bottom + 16 }, `${this.classes.length} classes, most training images first`),
                s("text", { class: "tick", x: margin.left - 6, y: countsBottom - 27, "text-anchor": "end" }, String(mostImages)));
        }
        this.mark = s("rect", { class: "hover", width: this.step, x: -this.step / 2, y: margin.top, height: countsBottom - margin.top, visibility: "hidden" });
        svg.append(this.mark);
        this.drawing.replaceChildren(svg);
    }

    xOf(place) {
        return margin.left + (place + 0.5) * this.step;
    }

    nearest(x) {
        const place = Math.floor((x - margin.left) / this.step);
        return place >= 0 && place < this.places() ? place : null;
    }

    read(place) {
        const each = this.classes[place];
        return [each.name, `${each.images} training images`,
            ...this.series.map((one) => `${one.name} ${this.value(one.values[each.label])}`)];
    }

    tableOf() {
        return h("table", {}, h("caption", { class: "unseen" }, this.title),
            h("thead", {}, h("tr", {}, ["class", "training images", ...this.series.map((one) => one.name)].map((name) => h("th", { scope: "col" }, name)))),
            h("tbody", {}, (this.classes ?? []).map((each) => h("tr", {}, h("th", { scope: "row" }, each.name), h("td", {}, String(each.images)),
                this.series.map((one) => h("td", {}, this.value(one.values[each.label])))))));
    }
}

function extent(values) {
    return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
}

function shorten(name, longest) {
    return name.length <= longest ? name : `${name.slice(0, Math.max(1, longest - 1))}…`;
}
