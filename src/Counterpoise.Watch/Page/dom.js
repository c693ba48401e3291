// Elements are built from values, never from markup: names of classes and runs are whatever a user called them.

const svgSpace = "http://www.w3.org/2000/svg";

/** An element with properties (`class`, `onclick`, `aria-...`, any attribute) and children (nodes, texts, null). */
export function h(tag, properties = {}, ...children) {
    return fill(document.createElement(tag), properties, children);
}

export function s(tag, properties = {}, ...children) {
    return fill(document.createElementNS(svgSpace, tag), properties, children);
}

function fill(element, properties, children) {
    for (const [key, value] of Object.entries(properties)) {
        if (value === null || value === undefined || value === false) {
            continue;
        }
        if (key.startsWith("on")) {
            element.addEventListener(key.slice(2), value);
        } else if (key === "checked" || key === "value" || key === "selected") {
            element[key] = value;
        } else {
            element.setAttribute(key, value === true ? "" : value);
        }
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
}

/** Sets a text only where it changed, so that nothing is redrawn or read out again. */
export function setText(element, text) {
    if (element.textContent !== text) {
        element.textContent = text;
    }
}

let announced = 0;

/** Has screen readers say a text, at most one in fifteen seconds unless it is urgent. */
export function announce(text, urgent = false) {
    const now = Date.now();
    if (urgent || now - announced > 15000) {
        announced = now;
        document.getElementById("announcer").textContent = text;
    }
}

export const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** A number for people: `digits` after the point, or four significant ones. */
export function show(value, digits = null) {
    if (!isNumber(value)) {
        return typeof value === "string" ? value : "–";
    }
    if (digits !== null) {
        return value.toFixed(digits);
    }
    const size = Math.abs(value);
    return size >= 1000 ? String(Math.round(value))
        : size !== 0 && size < 0.001 ? value.toExponential(2)
        : String(Number(value.toPrecision(4)));
}

export const percent = (value) => (isNumber(value) ? `${value.toFixed(1)} %` : "–");

export function duration(seconds) {
    if (seconds < 90) {
        return `${Math.max(1, Math.round(seconds))} s`;
    }
    const minutes = Math.round(seconds / 60);
    return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const runAddress = (id) => `/run?id=${encodeURIComponent(id)}`;
export const compareAddress = (ids) => `/compare?${ids.map((id) => `id=${encodeURIComponent(id)}`).join("&")}`;

/** The badge of a run's state. */
export function badge(state) {
    return h("span", { class: `badge ${state}` }, state);
}
