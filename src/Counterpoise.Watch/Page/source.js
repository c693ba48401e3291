// Fetches from the server, once a second and only while the page is seen.

export const every = 1000;

/** The JSON of an address; throws `Gone` for 404 and an error with the server's reason otherwise. */
export async function get(address) {
    const response = await fetch(address);
    if (response.status === 404) {
        throw new Gone();
    }
    if (!response.ok) {
        const text = await response.text();
        let reason = text;
        try {
            reason = JSON.parse(text).problem ?? text;
        } catch {
            // Not every answer is JSON.
        }
        throw new Refused(reason.trim() || `The server answered ${response.status}.`);
    }
    return response.json();
}

export class Gone extends Error {}

export class Refused extends Error {}

/** Calls `visit` again and again. What it throws is shown beside the title, and tried again. */
export async function poll(visit) {
    const connection = document.getElementById("connection");
    for (;;) {
        try {
            await visit();
            connection.textContent = "";
        } catch (error) {
            if (!(error instanceof Refused) && !(error instanceof TypeError)) {
                console.error(error);
            }
            const why = error instanceof TypeError ? "The server does not answer; trying again." : error.message;
            if (connection.textContent !== why) {
                connection.textContent = why;
            }
        }
        await new Promise((resolve) => setTimeout(resolve, every));
        while (document.hidden) {
            await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
        }
    }
}

/** A run that is followed: its description, all lines of its metrics so far, and its newest statistics. */
export class Followed {
    constructor(id) {
        this.id = id;
        this.run = null;
        this.lines = [];
        this.malformed = [];
        this.details = null;
        this.isDeleted = false;
        this.cursor = "";
        this.description = null;
        this.detailsFor = null;
    }

    /** Reads what is new. Returns whether anything is; throws `Gone` where there never was such a run. */
    async update() {
        const query = `id=${encodeURIComponent(this.id)}`;
        try {
            if (this.description === null) {
                const run = await get(`/api/run?${query}`);
                if (run.problem) {
                    throw new Refused(run.problem);
                }
                this.run = run;
                this.description = run.description;
            }
            let isNew = false;
            for (let more = true; more; ) {
                const part = await get(`/api/metrics?${query}&after=${this.cursor}`);
                if (this.isDeleted) {
                    location.reload(); // It is there again, or another one of its name.
                }
                more = part.more;
                isNew = this.add(part) || isNew;
            }
            await this.readDetails(query);
            return isNew;
        } catch (error) {
            if (error instanceof Gone && this.description !== null) {
                const isNew = !this.isDeleted;
                this.isDeleted = true;
                return isNew;
            }
            throw error;
        }
    }

    add(part) {
        const before = JSON.stringify(this.run);
        const grew = part.lines.length > 0 || part.malformed.length > 0;
        if (part.restarted && (grew || this.lines.length > 0)) {
            this.lines = [];
            this.malformed = [];
        }
        this.lines.push(...part.lines);
        this.malformed.push(...part.malformed);
        this.run = part.run;
        const isFirst = this.cursor !== part.cursor;
        this.cursor = part.cursor;
        return grew || isFirst || JSON.stringify(part.run) !== before;
    }

    async readDetails(query) {
        const newest = this.newestStatistics();
        // A result may have statistics that the metrics have not.
        const wanted = `${newest?.epoch ?? 0} ${this.run.state}`;
        if (this.detailsFor !== wanted) {
            this.details = await get(`/api/statistics?${query}`);
            this.detailsFor = wanted;
        }
    }

    newestStatistics() {
        return this.lines.findLast((line) => line.statistics);
    }

    lastTested() {
        return this.lines.findLast((line) => Array.isArray(line.per_class_accuracy));
    }

    get classes() {
        return Array.isArray(this.description?.classes) ? this.description.classes : [];
    }

    get counts() {
        const counts = this.description?.class_counts;
        return this.classes.map((_, label) => counts?.[label] ?? 0);
    }

    /** The newest statistics in full, or null. */
    get statistics() {
        return this.details?.statistics ?? null;
    }

    /** `[epoch, value]` of every line that has the number. */
    series(value) {
        return this.lines.map((line) => [line.epoch, value(line)]).filter(([epoch]) => typeof epoch === "number");
    }
}
