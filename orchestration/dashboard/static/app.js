// Draws the charts, switches section, language and theme, filters and saves as CSV. No requests.
"use strict";

const root = document.documentElement;
const charts = JSON.parse(document.getElementById("charts").textContent);
const said = JSON.parse(document.getElementById("words").textContent);
const filters = { period: "all", platform: "all", segment: "all" };
const DAY = 86400000;
const NARROW = 500; // pixels of a chart in which a label of the funnel has no room
const NAMES = new Set(["source", "entity", "file", "column_name"]); // stand as in the landing folder

const remembered = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* file:// */ } };
const inPage = (name) => getComputedStyle(root).getPropertyValue(name).trim();
const word = (text) => (typeof text !== "string" ? text : said[root.lang][text] ?? text);
const heading = (column) =>
  (root.lang === "de" && said.de_columns[column]) || column.replace(/_pct$/, ", %").replaceAll("_", " ");

// Charts -------------------------------------------------------------------------------------

function shown(trace, newest) {
  const one = structuredClone(trace);
  for (const name of ["platform", "segment"]) {
    const own = one.meta && one.meta[name];
    if (filters[name] !== "all" && own && own !== filters[name]) one.visible = false;
  }
  if (newest && filters.period !== "all" && Array.isArray(one.x)) {
    const from = new Date(new Date(newest) - Number(filters.period) * DAY).toISOString().slice(0, 10);
    const kept = one.x.map((day) => String(day).slice(0, 10) >= from);
    const keep = (list) => (Array.isArray(list) ? list.filter((_, i) => kept[i]) : list);
    for (const key of ["x", "y", "customdata"]) one[key] = keep(one[key]);
    if (one.marker) {
      one.marker.color = keep(one.marker.color);
      one.marker.symbol = keep(one.marker.symbol);
      if (one.marker.pattern) one.marker.pattern.shape = keep(one.marker.pattern.shape);
    }
    if (one.error_y) for (const key of ["array", "arrayminus"]) one.error_y[key] = keep(one.error_y[key]);
  }
  if (one.name) one.name = word(one.name);
  if (one.texttemplate) one.texttemplate = word(one.texttemplate);
  for (const key of ["x", "y"]) if (Array.isArray(one[key])) one[key] = one[key].map(word);
  if (one.node) one.node.label = one.node.label.map(word);
  return one;
}

function dressed(layout) {
  const line = { gridcolor: inPage("--line"), zerolinecolor: inPage("--line"), linecolor: inPage("--line") };
  return {
    ...layout,
    font: { family: "inherit", size: 12, color: inPage("--ink") },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    separators: root.lang === "de" ? ",." : ".,",
    xaxis: { ...line, ...layout.xaxis }, yaxis: { ...line, ...layout.yaxis },
    legend: { orientation: "h", y: -0.18 }, dragmode: false,
  };
}

function draw(id) {
  const place = document.getElementById(`plot-${id}`);
  const { figure } = charts[id];
  if (!place || !figure) return;
  const days = figure.layout.meta && figure.layout.meta.time
    ? figure.data.flatMap((trace) => trace.x || []).map(String).sort() : [];
  const data = figure.data.map((trace) => shown(trace, days[days.length - 1]));
  if (place.clientWidth < NARROW) {
    for (const trace of data) if (trace.type === "funnel") trace.texttemplate = "%{value:,}";
  }
  Plotly.react(place, data, dressed(figure.layout), { responsive: true, displayModeBar: false });
}

function drawOpen() {
  for (const plot of document.querySelectorAll("main section.open .plot")) draw(plot.id.slice(5));
}

// Sections -----------------------------------------------------------------------------------

function open(name) {
  const sections = [...document.querySelectorAll("main section")];
  const wanted = sections.find((section) => section.id === name) || sections[0];
  for (const section of sections) section.classList.toggle("open", section === wanted);
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${wanted.id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  drawOpen();
  scrollTo(0, 0);
}

// Tables -------------------------------------------------------------------------------------

// Numbers of a column stand below each other with as many decimals as the longest needs, at most two.
const decimalsOf = (value) =>
  (typeof value === "number" ? (String(Number(value.toFixed(2))).split(".")[1] || "").length : 0);

function table(place) {
  const { columns, rows } = charts[place.dataset.table];
  const isNumber = columns.map((_, i) => rows.some((row) => typeof row[i] === "number"));
  const decimals = columns.map((_, i) => Math.max(...rows.map((row) => decimalsOf(row[i]))));
  const line = (cells, kind) => {
    const row = document.createElement("tr");
    cells.forEach((value, i) => {
      const cell = row.appendChild(document.createElement(kind));
      if (isNumber[i]) cell.className = "n";
      if (kind === "th") cell.scope = "col";
      cell.textContent = typeof value === "number"
        ? value.toLocaleString(root.lang, { minimumFractionDigits: decimals[i], maximumFractionDigits: 2 })
        : kind === "th" ? heading(value) : NAMES.has(columns[i]) ? value : word(value) ?? "";
    });
    return row;
  };
  const whole = document.createElement("table");
  whole.createTHead().append(line(columns, "th"));
  whole.createTBody().append(...rows.map((row) => line(row, "td")));
  place.replaceChildren(whole);
}

// CSV: a cell that a spreadsheet would take for a formula gets an apostrophe in front.
function asCsv({ columns, rows }) {
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((line) => line.map(cell).join(",")).join("\r\n");
}

function save(id) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", asCsv(charts[id])], { type: "text/csv" }));
  link.download = `${id}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Badges -------------------------------------------------------------------------------------

function tellAge() {
  const badge = document.getElementById("freshness");
  const hours = (Date.now() - new Date(badge.dataset.at)) / 3600000;
  const age = hours < 48 ? Math.max(0, Math.round(hours)) : Math.round(hours / 24);
  const form = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto" });
  badge.className = `badge ${hours <= 26 ? "good" : hours <= 50 ? "warn" : "bad"}`;
  badge.textContent = `${word("Refreshed")} ${form.format(-age, hours < 48 ? "hour" : "day")}`;
  badge.title = new Date(badge.dataset.at).toLocaleString(root.lang);
}

// Language and theme -------------------------------------------------------------------------

function speak(language) {
  root.lang = language;
  remember("language", language);
  for (const option of document.querySelectorAll("option[data-en]")) option.textContent = option.dataset[language];
  for (const named of document.querySelectorAll("[data-label-en]")) {
    named.setAttribute("aria-label", language === "de" ? named.dataset.labelDe : named.dataset.labelEn);
  }
  document.querySelectorAll("[data-table]").forEach(table);
  document.title = language === "de" ? root.dataset.titleDe : root.dataset.titleEn;
  tellAge();
  drawOpen();
}

document.getElementById("language").addEventListener("click", () => speak(root.lang === "de" ? "en" : "de"));
document.getElementById("theme").addEventListener("click", () => {
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  remember("theme", root.dataset.theme);
  drawOpen();
});
for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => { filters[select.name] = select.value; drawOpen(); });
}
for (const button of document.querySelectorAll("button[data-csv]")) {
  button.addEventListener("click", () => save(button.dataset.csv));
}
addEventListener("hashchange", () => open(location.hash.slice(1)));
addEventListener("beforeprint", () => { for (const id of Object.keys(charts)) draw(id); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawOpen);
setInterval(tellAge, 60000);

if (remembered("theme")) root.dataset.theme = remembered("theme");
speak(remembered("language") || (navigator.language.startsWith("de") ? "de" : "en"));
open(location.hash.slice(1));
