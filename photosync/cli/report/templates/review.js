"use strict";
// Ticks that stay consistent, their price, and the order to carry them out.
const token = document.querySelector("meta[name=token]").content;
const steps = new Map();
for (const card of document.querySelectorAll("[data-number]")) {
  steps.set(card.dataset.number, card);
}
const needs = new Map();
const needed = new Map();
for (const [number, card] of steps) {
  const wanted = card.dataset.needs.split(" ").filter((one) => steps.has(one));
  needs.set(number, wanted);
  for (const one of wanted) {
    needed.set(one, [...(needed.get(one) || []), number]);
  }
}
const groups = [...document.querySelectorAll("[data-tick-action], [data-tick-album]")];
const wholes = [...document.querySelectorAll("[data-whole]")];
const price = document.getElementById("price");
const costs = document.getElementById("costs");
const button = document.getElementById("apply");
const told = document.getElementById("told");
const bar = document.getElementById("bar");
const failures = document.getElementById("failures");
let isOver = false;
let since = 0;
let timer = 0;
let asking = 0;
let asked = 0;

function boxOf(number) {
  return steps.get(number).querySelector(".tick");
}

function choiceOf(number) {
  const chosen = steps.get(number).querySelector(".choice input:checked");
  return chosen && chosen.value ? chosen : null;
}

function isTicked(number) {
  const box = boxOf(number);
  return box ? box.checked : choiceOf(number) !== null;
}

// What a step waits for comes along; what waits for it goes along.
function setTick(number, value) {
  const queue = [number];
  const seen = new Set();
  while (queue.length) {
    const one = queue.pop();
    const box = boxOf(one);
    if (seen.has(one) || !box) continue;
    seen.add(one);
    box.checked = value;
    queue.push(...((value ? needs : needed).get(one) || []));
  }
}

function membersOf(group) {
  const { tickAction, tickAlbum } = group.dataset;
  const members = [];
  for (const [number, card] of steps) {
    const fits =
      tickAction !== undefined
        ? card.dataset.action === tickAction
        : card.dataset.album === tickAlbum;
    if (fits && boxOf(number)) members.push(number);
  }
  return members;
}
const members = new Map(groups.map((group) => [group, membersOf(group)]));

function formatCount(count, one, many) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

function formatSize(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit += 1;
  }
  return `${unit && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}

// The box above the photos stands for those that the filters show.
function showTickOfShown() {
  const shown = [...steps.keys()].filter((number) => {
    return boxOf(number) && !steps.get(number).hidden;
  });
  const on = shown.filter(isTicked).length;
  const box = document.getElementById("tick-shown");
  // There may be nothing but albums to remove.
  if (!box) return;
    box.checked = on > 0 && on === shown.length;
  box.indeterminate = on > 0 && on < shown.length;
}

function refresh() {
  let count = 0;
  let bytes = 0;
  let deletes = 0;
  for (const [number, card] of steps) {
    const ticked = isTicked(number);
    card.classList.toggle("off", Boolean(boxOf(number)) && !ticked);
    if (!ticked) continue;
    const choice = choiceOf(number);
    count += 1;
    bytes += Number((choice || card).dataset.bytes);
    deletes += card.dataset.action === "delete";
  }
  const others = wholes.filter((box) => box.checked).length;
  deletes += others;
  for (const [group, numbers] of members) {
    const on = numbers.filter(isTicked).length;
    group.checked = on > 0 && on === numbers.length;
    group.indeterminate = on > 0 && on < numbers.length;
  }
  showTickOfShown();
  const parts = [formatCount(count, "photo", "photos") + " ticked"];
  if (bytes) parts.push(formatSize(bytes));
  if (others) parts.push(formatCount(others, "album or trash", "albums or trashes"));
  price.textContent = parts.join(" · ");
  askPrice();
  if (!button) return;
  const all = count + others;
  button.disabled = all === 0 || isOver;
  button.textContent = all
    ? `Carry out ${all.toLocaleString("en")}` +
      (deletes ? `, ${formatCount(deletes, "of them a delete", "of them deletes")}` : "")
    : "Nothing is ticked";
  button.classList.toggle("danger", deletes > 0);
}

function collect() {
  const order = { steps: [], choices: {}, purges: [], trash: [] };
  for (const number of steps.keys()) {
    const choice = choiceOf(number);
    if (choice) order.choices[number] = choice.value;
    else if (isTicked(number)) order.steps.push(Number(number));
  }
  for (const box of wholes) {
    if (box.checked) order[box.dataset.whole].push(Number(box.value));
  }
  return order;
}

// What that takes of each side is told by who can count it; the last answer holds.
function askPrice() {
  clearTimeout(asking);
  asked += 1;
  const mine = asked;
  asking = setTimeout(async () => {
    let lines = [];
    try {
      const answer = await post("price", collect());
      if (answer.ok) lines = (await answer.json()).lines;
    } catch {
      // Whoever follows the run says that the line is cut.
    }
    if (mine === asked && !isOver) showCosts(lines);
  }, 150);
}

function showCosts(lines) {
  costs.replaceChildren(
    ...lines.map((text) => {
      const line = document.createElement("li");
      line.textContent = text;
      line.classList.toggle("warning", text.startsWith("!"));
      return line;
    })
  );
  costs.hidden = lines.length === 0;
}

function post(path, content, keepalive = false) {
  return fetch(path, {
    method: "POST",
    keepalive,
    headers: { "Content-Type": "application/json", "X-Photosync-Token": token },
    body: JSON.stringify(content),
  });
}

function lock(isLocked) {
  for (const input of document.querySelectorAll("main input")) input.disabled = isLocked;
  if (button) button.disabled = isLocked;
}

function say(text) {
  document.getElementById("progress").hidden = false;
  told.textContent = text;
}

// The photos can be filtered by what became of them, too.
function offerResult(result) {
  const filter = document.querySelector("[data-filter=result]");
  if (!filter || [...filter.options].some((one) => one.text === result)) return;
  filter.add(new Option(result));
}

function showResult(result) {
  const card = steps.get(String(result.number));
  if (card) {
    card.classList.add(result.result.replaceAll(" ", "-"));
    card.classList.remove("planned");
    card.dataset.result = result.result;
    offerResult(result.result);
    const reason = result.reason ? `: ${result.reason}` : "";
    card.querySelector(".result").textContent = result.result + reason;
  }
  if (result.failed) {
    const line = document.createElement("li");
    line.textContent = `${result.name}: ${result.reason}`;
    failures.append(line);
    failures.hidden = false;
  }
}

function showState(state) {
  for (const result of state.results) showResult(result);
  since = state.done;
  bar.hidden = state.phase === "refused" || state.phase === "looking";
  bar.max = Math.max(state.steps, 1);
  bar.value = state.phase === "done" ? bar.max : state.done;
  const wait = state.text ? ` · ${state.text}` : "";
  if (state.phase === "checking") say(`Looking again whether all is as it was${wait}`);
  if (state.phase === "running") {
    const count = state.done.toLocaleString("en");
    say(`${count} of ${state.steps.toLocaleString("en")} done${wait}`);
  }
  if (state.phase === "done" || state.phase === "refused") say(state.text);
  if (state.phase === "running" || state.phase === "done") showChanged();
  if (state.phase === "done") {
    isOver = true;
    lock(true);
    showEnd();
  } else if (state.phase === "refused") {
    lock(false);
    refresh();
  }
  const isBusy = state.phase === "checking" || state.phase === "running";
  if (isBusy) lock(true);
  return isBusy;
}

// What was planned is no news any more; each card says what became of it.
function showEnd() {
  document.getElementById("title").textContent = "What was done";
  document.title = document.title.replace("what would be done", "what was done");
  const planned = document.querySelectorAll("[data-planned]");
  for (const one of [...planned, price, costs, button]) if (one) one.hidden = true;
}

function showChanged() {
  const unchanged = document.getElementById("unchanged");
  if (unchanged) unchanged.remove();
}

async function follow() {
  let isBusy = true;
  try {
    const answer = await fetch(`state?since=${since}`);
    if (!answer.ok) throw new Error("gone");
    isBusy = showState(await answer.json());
  } catch {
    if (isOver) return;
    say("photosync has ended, or the line to it is cut. Nothing more is done from here.");
    lock(true);
    return;
  }
  clearTimeout(timer);
  timer = setTimeout(follow, isBusy ? 400 : 10000);
}

async function order() {
  lock(true);
  since = 0;
  failures.replaceChildren();
  failures.hidden = true;
  say("Looking again whether all is as it was");
  try {
    const answer = await post("apply", collect());
    if (answer.ok) {
      follow();
      return;
    }
    say((await answer.json()).problem || "that was refused");
  } catch {
    say("photosync cannot be reached; nothing was done");
  }
  lock(false);
  refresh();
}

function tickShown(value) {
  for (const [number, card] of steps) {
    if (!card.hidden && boxOf(number)) setTick(number, value);
  }
}

document.addEventListener("change", (event) => {
  const input = event.target;
  const card = input.closest("[data-number]");
  if (members.has(input)) {
    const value = input.checked;
    for (const number of members.get(input)) setTick(number, value);
  } else if (card && input.classList.contains("tick")) {
    setTick(card.dataset.number, input.checked);
  }
  if (input.id === "tick-shown") tickShown(input.checked);
  refresh();
});
if (button) button.addEventListener("click", order);
document.getElementById("leave").addEventListener("click", async () => {
  isOver = true;
  await post("leave", { at_once: true }).catch(() => {});
  lock(true);
  say("Closed; this tab can go.");
});
window.addEventListener("pagehide", () => {
  if (!isOver) post("leave", {}, true).catch(() => {});
});
// A browser may bring back ticks of an earlier time when the page is loaded anew.
document.querySelectorAll("main input").forEach((input) => {
  input.checked = input.defaultChecked;
});
refresh();
follow();
