"use strict";
(() => {
  const ranks = ["failed", "errored", "unscored", "passed", "planned", "skipped"];
  const pageRows = 100; // rows that are added at a time
  const matrixRows = 12; // rows of the table that are shown at first
  const filters = ["status", "model", "prompt", "q"];
  const byId = (id) => document.getElementById(id);

  // make returns an element. Whatever comes from a run goes in as text.
  const make = (tag, props, ...children) => {
    const e = document.createElement(tag);
    for (const [name, value] of Object.entries(props || {})) {
      if (name === "class") e.className = value;
      else if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
      else if (value !== false && value !== undefined) e.setAttribute(name, value);
    }
    e.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
    return e;
  };

  // path returns a path that breaks after its slashes.
  const path = (text) => make("bdi", {}, ...text.match(/[^/]*\/|[^/]+/g).flatMap((part) => part.endsWith("/") ? [part, make("wbr")] : [part]));

  const texts = [""], cases = [], notes = [];
  for (const item of JSON.parse(byId("data").textContent)) {
    if (typeof item === "string") texts.push(item);
    else if (item.note) notes.push(item.note);
    else cases.push(item);
  }
  cases.forEach((c, i) => { c.number = i + 1; });
  const sorted = cases.slice().sort((a, b) => ranks.indexOf(a.status) - ranks.indexOf(b.status) || a.number - b.number);
  const distinct = (key) => [...new Set(cases.map((c) => c[key]))];

  // The address holds what is shown, so that a view can be sent to somebody.
  const state = () => new URLSearchParams(location.hash.slice(1));
  const address = (s) => {
    for (const key of [...s.keys()]) if (!s.get(key)) s.delete(key);
    return "#" + s;
  };
  const withState = (changes) => {
    const s = state();
    for (const [key, value] of Object.entries(changes)) s.set(key, value);
    return address(s);
  };
  const go = (changes) => {
    history.replaceState(null, "", withState(changes));
    render();
  };

  const fields = (c) => [c.prompt, c.name, c.model, c.at, c.why, c.error || "", ...(c.scores || []).flatMap((s) => [s.scorer, ...(s.reasons || []).flat()])];
  const textsOf = (c) => [c.reply, c.expected, ...(c.sent || []).map((m) => m.text)].filter(Boolean);

  // matching returns the cases that the filters let through: every word of the
  // search stands somewhere in them.
  const matching = (s) => {
    const statuses = (s.get("status") || "").split(",").filter(Boolean);
    const words = (s.get("q") || "").split(/\s+/).filter(Boolean).map((word) => {
      const pattern = new RegExp(word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), "i");
      return { pattern, hits: texts.map((text) => pattern.test(text)) };
    });
    return sorted.filter((c) =>
      (!statuses.length || statuses.includes(c.status)) &&
      (!s.get("model") || c.model === s.get("model")) &&
      (!s.get("prompt") || c.prompt === s.get("prompt")) &&
      words.every((w) => textsOf(c).some((n) => w.hits[n]) || fields(c).some((f) => w.pattern.test(f))));
  };

  const fact = (c, name) => ((c.facts || []).find((f) => f[0] === name) || [])[1] || "";
  const tag = (status) => make("span", { class: "tag " + status }, status);

  // The overview: filters and a list that grows as it is scrolled.
  const app = byId("app"), list = make("ul", { class: "rows" });
  const more = make("button", { class: "more", type: "button", onclick: () => grow() });
  const found = make("span", { "aria-live": "polite" });
  const search = make("input", { type: "search", placeholder: "Search prompts, replies, reasons", "aria-label": "Search", autocomplete: "off", spellcheck: "false" });
  const chips = make("div", { class: "chips", role: "group", "aria-label": "Status" });
  const reset = make("button", { class: "link", type: "button", onclick: () => go({ status: "", model: "", prompt: "", q: "" }) }, "clear filters");
  const selects = {};
  let shown = [], drawn = 0, scrolled = 0, typing = 0;

  const select = (key, all) => {
    const e = make("select", { "aria-label": key, onchange: () => go({ [key]: e.value }) }, make("option", { value: "" }, all));
    for (const value of distinct(key)) e.append(make("option", { value }, value));
    selects[key] = e;
    return e;
  };

  const build = () => {
    for (const status of ranks) {
      const n = cases.filter((c) => c.status === status).length;
      if (!n) continue;
      chips.append(make("button", {
        class: "chip", type: "button", "data-status": status,
        onclick: () => {
          const on = new Set((state().get("status") || "").split(",").filter(Boolean));
          if (!on.delete(status)) on.add(status);
          go({ status: [...on].join(",") });
        },
      }, n + " " + status));
    }
    search.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => go({ q: search.value }), 120);
    });
    const bar = make("div", { class: "filters", role: "search" }, search);
    if (distinct("model").length > 1) bar.append(select("model", "All models"));
    if (distinct("prompt").length > 1) bar.append(select("prompt", "All prompts"));
    bar.append(chips, make("div", { class: "found" }, found, reset));
    app.append(bar, list, more, make("p", { class: "keys" },
      make("kbd", {}, "/"), " search  ", make("kbd", {}, "j"), " ", make("kbd", {}, "k"), " next and previous  ", make("kbd", {}, "Enter"), " open  ", make("kbd", {}, "Esc"), " back"));
    for (const note of notes) app.prepend(make("p", { class: "note" }, note));
    foldMatrix();
    if ("IntersectionObserver" in window) new IntersectionObserver((seen) => { if (seen.some((s) => s.isIntersecting)) grow(); }, { rootMargin: "600px" }).observe(more);
    byId("static").hidden = true;
    app.hidden = false;
  };

  // foldMatrix shows the worst prompts, and the others when they are asked for.
  const foldMatrix = () => {
    const matrix = byId("matrix"), rows = matrix ? [...matrix.querySelectorAll("tbody tr")].slice(matrixRows) : [];
    if (rows.length < 3) return;
    const fold = (on) => rows.forEach((r) => { r.hidden = on; });
    const all = make("button", { class: "more", type: "button", onclick: () => { fold(false); all.remove(); } }, "Show " + rows.length + " more prompts");
    matrix.append(all);
    fold(true);
    addEventListener("beforeprint", () => fold(false));
  };

  const row = (c) => make("li", {}, make("a", { class: "row", href: withState({ case: c.number }) },
    tag(c.status), make("span", { class: "what" }, path(c.prompt), make("small", {}, c.name + " · " + c.model)),
    make("span", { class: "why" }, c.why || ""), make("span", { class: "ms" }, fact(c, "latency"))));

  const grow = () => {
    for (const c of shown.slice(drawn, drawn + pageRows)) list.append(row(c));
    drawn = Math.min(shown.length, drawn + pageRows);
    more.hidden = drawn >= shown.length;
    more.textContent = "Show more of " + (shown.length - drawn);
  };

  const overview = (s) => {
    shown = matching(s);
    drawn = 0;
    list.replaceChildren();
    if (!shown.length) list.append(make("li", { class: "empty" }, "No case matches."));
    grow();
    found.textContent = shown.length === cases.length ? cases.length + " cases" : shown.length + " of " + cases.length + " cases";
    reset.hidden = !filters.some((key) => s.get(key));
    if (document.activeElement !== search) search.value = s.get("q") || "";
    for (const [key, e] of Object.entries(selects)) e.value = s.get(key) || "";
    const on = (s.get("status") || "").split(",");
    for (const chip of chips.children) chip.setAttribute("aria-pressed", on.includes(chip.dataset.status));
    for (const cell of document.querySelectorAll(".cell")) {
      const f = new URLSearchParams(cell.getAttribute("href").slice(1));
      cell.classList.toggle("on", Boolean(s.get("prompt")) && f.get("prompt") === s.get("prompt") && f.get("model") === s.get("model"));
    }
  };

  // The page of a case.
  const diff = (text) => {
    const pre = make("pre", { class: "diff" });
    for (const line of text.replace(/\n$/, "").split("\n").slice(2)) { // without the names of the two
      pre.append(make("span", { class: { "+": "add", "-": "del", "@": "at" }[line[0]] || "" }, line));
    }
    return pre;
  };

  const scores = (c) => make("table", { class: "scores" }, make("tbody", {}, ...c.scores.map((s) =>
    make("tr", { class: s.pass ? "pass" : s.follows ? "follows" : "nopass" },
      make("th", { scope: "row" }, s.scorer), make("td", { class: "value" }, (s.pass ? "✓ " : s.follows ? "– " : "✗ ") + s.value),
      make("td", {},
        make("ul", {}, ...(s.reasons || []).map((r) => make("li", {}, r[0] && make("code", {}, r[0]), r[1]))),
        s.parts && make("div", { class: "parts" }, ...s.parts.map((p) => make("span", {}, p[0] + " ", make("b", {}, p[1])))))))));

  const message = (m) => {
    const text = texts[m.text];
    return make("details", { open: text.length < 3000 && m.role !== "system" ? "" : false },
      make("summary", {}, make("b", {}, m.role), " · " + text.length.toLocaleString("en") + " characters"), make("pre", {}, text));
  };

  const titled = (title, ...content) => make("section", {}, make("h2", {}, title), ...content);

  const casePage = (c, s) => {
    const list = matching(s), at = list.indexOf(c);
    const step = (n, label, key) => {
      const to = list[at + n];
      return make("a", { href: to ? withState({ case: to.number }) : "#", "aria-disabled": to ? undefined : "true", rel: key, "data-key": key }, label);
    };
    const back = make("a", { href: withState({ case: "" }), "data-key": "back" }, "← All cases");
    const page = byId("case");
    page.replaceChildren(
      make("div", { class: "bar" }, back, step(-1, "Previous", "prev"), step(1, "Next", "next"), make("span", { class: "n" }, at < 0 ? "" : at + 1 + " of " + list.length)),
      make("h1", {}, tag(c.status), c.name, make("span", { class: "with" }, " with " + c.model)),
      make("p", { class: "at" }, path(c.at)),
      make("dl", { class: "facts" }, ...(c.facts || []).map((f) => make("div", {}, make("dt", {}, f[0]), make("dd", {}, f[1])))));
    if (c.error) page.append(make("p", { class: "error" }, c.error));
    if (c.bare) page.append(make("p", { class: "note" }, "What was sent and answered is left out of this page for its size; the run has it."));
    if (c.scores) page.append(titled("Scores", scores(c)));
    if (c.diff) page.append(titled("Difference, expected to reply", diff(texts[c.diff])));
    const two = [];
    if (c.expected) two.push(titled("Expected", make("pre", {}, texts[c.expected])));
    if (c.reply) two.push(titled("Reply", make("pre", {}, texts[c.reply])));
    if (two.length) page.append(make("div", { class: two.length > 1 ? "two" : "" }, ...two));
    if (c.sent) page.append(titled("Sent", ...c.sent.map(message)));
    document.title = c.name + " of " + c.prompt + ": " + c.status;
  };

  const title = document.title;
  const render = () => {
    const s = state(), c = cases[Number(s.get("case")) - 1];
    const was = byId("case").hidden;
    if (c && was) scrolled = scrollY; // before the list is hidden
    byId("case").hidden = !c;
    byId("overview").hidden = Boolean(c);
    document.querySelector(".head").hidden = Boolean(c);
    if (c) {
      casePage(c, s);
      scrollTo(0, 0);
      return;
    }
    document.title = title;
    const rows = drawn;
    overview(s);
    if (!was) {
      while (drawn < rows && drawn < shown.length) grow();
      scrollTo(0, scrolled);
    }
  };

  addEventListener("hashchange", () => {
    const listed = byId("case").hidden;
    render();
    if (listed && byId("case").hidden && filters.some((key) => state().get(key))) app.scrollIntoView();
  });
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const page = byId("case"), writing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName);
    const follow = (key) => { const a = page.querySelector(`[data-key=${key}]:not([aria-disabled])`); if (a) a.click(); };
    if (e.key === "Escape") {
      if (!page.hidden) follow("back");
      else if (writing) e.target.blur();
      return;
    }
    if (writing) return;
    const next = e.key === "j" || (e.key === "ArrowRight" && !page.hidden), previous = e.key === "k" || (e.key === "ArrowLeft" && !page.hidden);
    if (e.key === "/") {
      if (!page.hidden) follow("back");
      search.focus();
    } else if (!page.hidden && (next || previous)) {
      follow(next ? "next" : "prev");
    } else if (next || previous) {
      const rows = [...list.querySelectorAll(".row")], at = rows.indexOf(document.activeElement);
      const to = rows[at < 0 ? 0 : at + (next ? 1 : -1)];
      if (to) to.focus();
    } else return;
    e.preventDefault();
  });
  addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("details")) d.open = true; });

  build();
  render();
})();
