"""The rows of a measurement, written after each one, and the time that is left for it."""

import json
import os
import pathlib
import platform
import time


class Clock:
    """The minutes that were given."""

    def __init__(self, minutes):
        self.end = time.monotonic() + 60 * minutes

    @property
    def left(self):
        """Seconds."""
        return self.end - time.monotonic()


class Results:
    """Rows of name, value, unit, settings and seconds in results.json, and the same as a table in results.md."""

    def __init__(self, folder, title):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.title = title
        self.rows = []
        self.machine = {"system": platform.platform(), "processors": os.cpu_count(), "python": platform.python_version()}

    def add(self, name, value, unit="", seconds=None, note="", **settings):
        """Adds a row and writes both files; a value of None is one that could not be had, and the note says why."""
        row = {"name": name, "value": value, "unit": unit, "settings": settings}
        row["seconds"] = None if seconds is None else round(seconds, 1)
        row["note"] = note
        self.rows.append(row)
        print(f"{name}: {'-' if value is None else text(value)} {unit} {note}".rstrip(), flush=True)
        self.write()
        return row

    def value(self, name):
        """The value of a row, or None."""
        return next((row["value"] for row in self.rows if row["name"] == name), None)

    def write(self):
        content = {"title": self.title, "machine": self.machine, "results": self.rows}
        replace(self.folder / "results.json", json.dumps(content, indent=1) + "\n")
        replace(self.folder / "results.md", self.markdown())

    def markdown(self):
        lines = [f"# {self.title}", ""]
        lines += [f"- {key}: {value}" for key, value in self.machine.items()]
        lines += ["", "| name | value | unit | settings | seconds | note |", "|---|---|---|---|---|---|"]
        for row in self.rows:
            settings = ", ".join(f"{key} {value}" for key, value in row["settings"].items())
            seconds = "" if row["seconds"] is None else row["seconds"]
            cells = [row["name"], text(row["value"]), row["unit"], settings, seconds, row["note"]]
            lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
        return "\n".join(lines) + "\n"


def text(value):
    """A value for people."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.4g}"
    return str(value)


def replace(file, content):
    """Writes a file whole or not at all."""
    temporary = file.with_name(file.name + ".tmp")
    temporary.write_text(content, encoding="utf-8")
    os.replace(temporary, file)
