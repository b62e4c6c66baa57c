// A list of any length: only the rows in sight are elements, and only the pages in
// sight are fetched.

import {fill, h} from "./dom.js";

const pageSize = 100;
const spare = 8; // rows above and below those in sight
const tallest = 15_000_000; // px; browsers cut off elements not much taller: those lists are squeezed

// LongList shows items in rows of one height.
//
//   rowHeight  px
//   name       what the list is called, for screen readers
//   fetch      (offset, limit, signal) → {items, total}
//   row        (item) → an element, with one link or button that opens it
//   id         (item) → what tells it from others
//   empty      () → what stands there when there is nothing
export class LongList {
  #items = []; // sparse: undefined is not fetched yet
  #known = new Map(); // id → item
  #rows = new Map(); // id or index → element
  #pages = new Map(); // page → its fetch
  #drawing = 0;
  #shift = 0; // from where a row would be to where it is, in a list that is squeezed
  #epoch = 0; // of the positions: what was fetched in an earlier one has no place any more
  #pushed = 0; // how many were put before all others: what is fetched meanwhile moves on by as many
  #sought = false; // the item that is open has not been brought into sight yet
  #reads = 0;

  constructor(options) {
    Object.assign(this, options);
    this.at = -1; // the row that the keys are at
    this.chosen = null; // the id of the item that is open
    this.ul = h("ul", {class: "rows", "aria-label": this.name});
    this.note = h("div", {class: "note"});
    this.element = h("div", {class: "long", onscroll: () => this.draw(), tabindex: "-1"}, this.ul, this.note);
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.element);
  }

  get length() { return this.#items.length; }
  get items() { return this.#items; }

  // read fetches the list anew. What is shown stays until the answer is there.
  read() {
    this.reading = this.#read();
    return this.reading;
  }

  async #read() {
    const mine = ++this.#reads;
    const top = Math.max(0, Math.floor(this.top / this.rowHeight) - spare);
    const from = top - (top % pageSize);
    const limit = from === top ? pageSize : 2 * pageSize;
    let items = [];
    let total = 0;
    let failed = null;
    try {
      ({items, total} = await this.fetch(from, limit));
    } catch (error) {
      if (error.name === "AbortError") return false;
      failed = error;
    }
    if (mine !== this.#reads) return false;
    this.#items = new Array(total);
    this.#known.clear();
    this.#place(from, items);
    this.failed = failed;
    this.#shifted();
    this.#keepPlace();
    this.#rows.forEach((row) => row.remove());
    this.#rows.clear();
    this.loaded = true;
    this.paint();
    return !this.failed;
  }

  // prepend puts new items before all others, the newest first. Who has scrolled down
  // goes on seeing the same rows.
  prepend(items) {
    if (items.length === 0) return;
    const {top} = this;
    this.#items = items.concat(this.#items);
    for (const item of items) this.#known.set(this.id(item), item);
    if (this.at >= 0) this.at += items.length;
    this.#pushed += items.length;
    this.#takeHollow();
    this.#stretch();
    if (top > this.rowHeight / 2) this.top = top + items.length * this.rowHeight;
    this.draw();
  }

  // replace shows an item that has changed, if it is known here.
  replace(item) {
    const id = this.id(item);
    const known = this.#known.get(id);
    if (!known) return;
    Object.assign(known, item);
    this.#rows.get(id)?.replaceChildren(this.row(known));
    this.draw();
  }

  // remove takes items out, and answers how many of them are not known here. Who has
  // scrolled down goes on seeing the same rows. told(i) hears of each place.
  remove(ids, told) {
    const gone = new Set(ids.filter((id) => this.#known.has(id)));
    if (gone.size === 0) return ids.length;
    const {top} = this;
    let above = 0;
    const before = this.#items.length;
    const left = new Array(before);
    let n = 0;
    for (let i = 0; i < before; i++) {
      const item = this.#items[i];
      if (item && gone.has(this.id(item))) {
        this.#known.delete(this.id(item));
        if (i < this.at) this.at--;
        if ((i + 1) * this.rowHeight <= top) above++;
        told?.(i);
      } else left[n++] = item;
    }
    left.length = n;
    this.#items = left;
    this.at = Math.min(this.at, n - 1);
    this.#shifted();
    this.#stretch();
    if (above > 0) this.top = top - above * this.rowHeight;
    this.draw();
    return ids.length - gone.size;
  }

  // cut takes some rows off the end, if none of them was fetched.
  cut(n) {
    const end = this.#items.length - n;
    if (end < 0 || this.#items.slice(end).some(Boolean)) return false;
    this.#items.length = end;
    this.#stretch();
    this.draw();
    return true;
  }

  // clear takes all items out.
  clear() {
    this.#items = [];
    this.#known.clear();
    this.at = -1;
    this.#shifted();
    this.draw();
  }

  indexOf(id) {
    return this.#items.findIndex((item) => item && this.id(item) === id);
  }

  // choose marks the item that is open, and brings it into sight once.
  choose(id) {
    if (this.chosen !== (id || null)) this.#sought = true;
    this.chosen = id || null;
    const i = id ? this.indexOf(id) : -1;
    if (i >= 0) {
      this.at = i;
      this.#stretch();
      if (this.#sought) this.show(i);
      this.#sought = false;
    }
    this.draw();
  }

  // move goes some rows up or down and says which item is there.
  async move(by) {
    if (this.#items.length === 0) return null;
    this.at = Math.min(Math.max(this.at + by, 0), this.#items.length - 1);
    this.show(this.at);
    this.draw();
    await this.#fetchAround(this.at, this.at + 1, true);
    return this.#items[this.at] ?? null;
  }

  // here is the item that the keys are at.
  here() { return this.#items[this.at] ?? null; }

  // show scrolls until a row is in sight.
  show(i) {
    const top = i * this.rowHeight;
    const {clientHeight} = this.element;
    if (top < this.top) this.top = top;
    else if (top + this.rowHeight > this.top + clientHeight) this.top = top + this.rowHeight - clientHeight;
  }

  // top is how many pixels of rows are above those in sight. In a list that is squeezed
  // the bar has a shorter way to go.
  get top() { return this.element.scrollTop * this.#squeeze(); }

  set top(pixels) { this.element.scrollTop = pixels / this.#squeeze(); }

  #squeeze() {
    const height = this.#items.length * this.rowHeight;
    const {clientHeight} = this.element;
    return height > tallest ? (height - clientHeight) / (tallest - clientHeight) : 1;
  }

  // focus puts the focus on the link of the row that the keys are at.
  focus() {
    this.paint();
    this.ul.querySelector(".row.at a, .row.at button")?.focus({preventScroll: true});
  }

  // draw paints in the next frame.
  draw() {
    this.#drawing ||= requestAnimationFrame(() => this.paint());
  }

  paint() {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
    const total = this.#items.length;
    this.#stretch();
    this.#say();
    const {top} = this;
    this.#shift = Math.round(this.element.scrollTop - top);
    const first = Math.max(0, Math.floor(top / this.rowHeight) - spare);
    const last = Math.min(total, Math.ceil((top + this.element.clientHeight) / this.rowHeight) + spare);
    const keep = new Set();
    let before = null;
    for (let i = first; i < last; i++) {
      const row = this.#rowOf(i);
      keep.add(row.key);
      if (row.element.previousElementSibling !== before || !row.element.isConnected) {
        if (before) before.after(row.element);
        else this.ul.prepend(row.element);
      }
      before = row.element;
    }
    for (const [key, element] of this.#rows) {
      if (keep.has(key)) continue;
      element.remove();
      this.#rows.delete(key);
    }
    if (total > 0) this.#fetchAround(first, last);
  }

  // #stretch makes room for all rows: a bar cannot be moved to where there is none.
  #stretch() {
    const height = Math.min(this.#items.length * this.rowHeight, tallest);
    if (height !== this.height) this.ul.style.height = height + "px";
    this.height = height;
  }

  #rowOf(i) {
    const item = this.#items[i];
    const key = item ? this.id(item) : i;
    let element = this.#rows.get(key);
    if (!element) {
      element = h("li", {class: item ? "row" : "row hollow"}, item && this.row(item));
      this.#rows.set(key, element);
    }
    element.style.transform = `translateY(${i * this.rowHeight + this.#shift}px)`;
    element.setAttribute("aria-setsize", this.#items.length);
    element.setAttribute("aria-posinset", i + 1);
    element.classList.toggle("at", i === this.at);
    const chosen = item != null && this.chosen === this.id(item);
    element.classList.toggle("chosen", chosen);
    const opener = element.querySelector("a, button");
    if (chosen) opener?.setAttribute("aria-current", "true");
    else opener?.removeAttribute("aria-current");
    return {key, element};
  }

  #say() {
    const nothing = this.loaded && this.#items.length === 0;
    if (nothing === this.saidNothing && this.failed === this.saidFailed) return;
    this.saidNothing = nothing;
    this.saidFailed = this.failed;
    if (this.failed) fill(this.note, h("p", {class: "bad", role: "alert"}, this.failed.message));
    else fill(this.note, nothing && this.empty?.());
  }

  // say shows anew what stands there when there is nothing.
  sayAgain() {
    this.saidNothing = undefined;
    this.draw();
  }

  // #fetchAround fetches what is missing of some rows: of those that are wanted also when
  // the list itself is not seen.
  #fetchAround(first, last, wanted = false) {
    const waits = [];
    for (let page = Math.floor(first / pageSize); page * pageSize < last; page++) {
      const from = page * pageSize;
      let missing = false;
      for (let i = from; i < Math.min(from + pageSize, this.#items.length); i++) missing ||= this.#items[i] === undefined;
      if (missing) waits.push(this.#fetchPage(page, wanted));
    }
    return Promise.all(waits);
  }

  // #fetchPage waits a moment, so that who drags the bar past a thousand pages asks for
  // few of them.
  #fetchPage(page, wanted) {
    const known = this.#pages.get(page);
    if (known) return known.done;
    const abort = new AbortController();
    const epoch = this.#epoch;
    const run = async () => {
      await new Promise((go) => { setTimeout(go, 60); });
      const {clientHeight} = this.element;
      const [top, end] = [page * pageSize * this.rowHeight, (page + 1) * pageSize * this.rowHeight];
      const near = end > this.top - clientHeight && top < this.top + 2 * clientHeight;
      const pushed = this.#pushed;
      try {
        if (!(near || wanted) || epoch !== this.#epoch) return;
        const {items} = await this.fetch(page * pageSize, pageSize, abort.signal);
        if (epoch !== this.#epoch) return;
        this.#place(page * pageSize + this.#pushed - pushed, items);
        this.draw();
      } catch { /* the row stays hollow; scrolling asks again */ } finally {
        if (this.#pages.get(page)?.abort === abort) this.#pages.delete(page);
      }
    };
    const done = run();
    this.#pages.set(page, {abort, done});
    return done;
  }

  #place(from, items) {
    items.slice(0, Math.max(0, this.#items.length - from)).forEach((item, i) => {
      this.#items[from + i] = item;
      this.#known.set(this.id(item), item);
    });
  }

  // #shifted forgets what goes by position: the pages under way.
  #shifted() {
    this.#epoch++;
    for (const {abort} of this.#pages.values()) abort.abort();
    this.#pages.clear();
    this.#takeHollow();
  }

  // #takeHollow takes away the rows that are known by their place only.
  #takeHollow() {
    for (const [key, element] of this.#rows) {
      if (typeof key !== "number") continue;
      element.remove();
      this.#rows.delete(key);
    }
  }

  // #keepPlace finds the row of the keys again after the list was read.
  #keepPlace() {
    const i = this.chosen ? this.indexOf(this.chosen) : -1;
    this.at = i >= 0 ? i : Math.min(this.at, this.#items.length - 1);
  }

  close() {
    this.resized.disconnect();
    cancelAnimationFrame(this.#drawing);
    this.#reads++;
    this.#shifted();
  }
}
