// The chat page: fetches what a pretend person sees, and does what they do.

import { attachment, keyboard, make, mediaName, rendered } from "/bubble.js";
import { compose } from "/compose.js";

const $ = (id) => document.getElementById(id);
const state = { people: [], me: 0, chat: null, drafts: new Map(), seen: new Map(), toast: new Map(), open: new Set() };
const AWAY = 8; // seconds; while the bot waits for updates this is 0
const LONGEST_CAPTION = 1024;
const NEAR = 60; // pixels from the end that still count as the end

async function ask(method, path, content) {
  const options = { method };
  if (content !== undefined) {
    options.body = JSON.stringify(content);
    options.headers = { "Content-Type": "application/json" };
  }
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || `error ${response.status}`);
  return answer;
}

const mine = (action) => `/sim/people/${state.me}/${action}`;

async function act(action, content = {}) {
  try {
    return await ask("POST", mine(action), content);
  } catch (error) {
    toast(error.message);
    return null;
  }
}

// --- people ---

async function loadPeople() {
  state.people = (await ask("GET", "/sim/people")).people;
  const wanted = Number(location.hash.slice(1));
  const found = state.people.find((person) => person.id === wanted);
  const first = state.people.find((person) => !person.operator) || state.people[0];
  const me = (found || first).id;
  if (me !== state.me) choose(me);
  drawPeople();
}

function drawPeople() {
  const focused = document.activeElement?.dataset?.person;
  $("list").replaceChildren(...state.people.map(personItem));
  if (focused) $("list").querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
}

function personItem(person) {
  const stamp = person.last?.id || 0;
  const current = person.id === state.me;
  if (current) state.seen.set(person.id, stamp);
  const unread = !current && person.last?.from_bot && stamp > (state.seen.get(person.id) ?? Infinity);
  if (!state.seen.has(person.id)) state.seen.set(person.id, stamp);
  const avatar = make("span", { className: "avatar", "aria-hidden": "true" }, [...person.name][0] || "?");
  avatar.style.setProperty("--hue", String((person.id * 47) % 360));
  const names = make(
    "span", { className: "names" },
    make("b", {}, make("span", { dir: "auto" }, person.name), make("span", { className: "code" }, person.language_code)),
    make("small", { dir: "auto" }, preview(person)),
  );
  const button = make("button", { type: "button", className: "person" }, avatar, names);
  button.dataset.person = person.id;
  button.setAttribute("aria-current", String(current));
  if (unread) button.append(make("span", { className: "unread", title: "new message" }, make("b", { className: "unseen" }, "new")));
  button.addEventListener("click", () => { location.hash = String(person.id); });
  return make("li", {}, button);
}

function preview(person) {
  if (person.blocked) return "has blocked the bot";
  if (!person.last) return person.started ? "" : "hasn't started yet";
  return (person.last.from_bot ? "" : "You: ") + (person.last.text.split("\n")[0] || "…");
}

function choose(id) {
  if (state.me) state.drafts.set(state.me, $("text").value);
  state.me = id;
  state.chat = null;
  $("messages").replaceChildren();
  $("text").value = state.drafts.get(id) || "";
  grow();
  closeMenus();
  hideToast();
  drawPeople();
  $("list").querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  refresh();
}

// --- the chat ---

let refreshing = false;
let again = false;

// One refresh at a time; changes that come meanwhile cause one more.
async function refresh() {
  again = true;
  if (refreshing) return;
  refreshing = true;
  try {
    while (again) {
      again = false;
      const me = state.me;
      const chat = await ask("GET", mine("chat"));
      if (me === state.me) draw(chat);
      else again = true;
    }
  } catch {
    again = false; // the stream reconnects and refreshes
  } finally {
    refreshing = false;
  }
}

function draw(chat) {
  const first = !state.chat;
  const log = $("log");
  const atEnd = first || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  state.chat = chat;
  document.title = `${chat.bot.name} · ${chat.person.name}`;
  $("bot").textContent = chat.bot.name;
  document.documentElement.lang = /^zh-(hant|tw|hk)/i.test(chat.person.language_code) ? "zh-hant" : "en";
  $("log").lang = chat.person.language_code;
  const empty = chat.messages.length === 0;
  $("welcome").hidden = !empty;
  $("welcome-name").textContent = chat.bot.name;
  $("welcome-text").textContent = chat.bot.description || chat.bot.short_description
    || "Press Start to begin.";
  const added = drawMessages(chat, first);
  drawStatus(chat);
  drawBars(chat, empty);
  drawToast(chat, first);
  if (atEnd || added === "mine") toEnd();
  else if (added) $("pill").hidden = false;
}

function drawStatus(chat) {
  const acting = chat.action && chat.action !== "cancel";
  $("typing").hidden = !acting;
  $("status").textContent = acting ? "typing…" : chat.person.blocked ? "blocked" : "bot";
  clearTimeout(drawStatus.timer);
  if (acting) drawStatus.timer = setTimeout(refresh, 1500);
  drawBanner(chat.idle);
}

function drawBanner(idle) {
  const text = idle === null ? "The consultant is starting…"
    : idle > AWAY ? "The consultant is away; what you send will be answered when it's back." : "";
  if ($("banner").textContent !== text) $("banner").textContent = text;
  $("banner").hidden = !text;
}

function drawBars(chat, empty) {
  const gone = chat.person.blocked;
  const begin = empty || gone;
  $("start-bar").hidden = !begin;
  $("start").textContent = gone ? "Unblock and restart" : "Start";
  $("composer").hidden = gone;
  $("block").textContent = gone ? "Unblock the bot" : "Block the bot";
  $("block").classList.toggle("danger", !gone);
  drawKeys(gone ? null : chat.keys);
}

function drawKeys(keys) {
  const rows = keys?.keyboard || [];
  $("keys").hidden = rows.length === 0;
  $("text").placeholder = keys?.input_field_placeholder || "Message";
  drawReplying(keys?.reply_to);
  const drawnRows = rows.map((row) => make("div", { className: "row" }, ...row.map((button) => {
    const node = make("button", { type: "button" }, button.text);
    node.addEventListener("click", () => say(button.text));
    return node;
  })));
  $("keys").replaceChildren(...drawnRows);
}

// A message that asks for a reply gets the next thing that is written, unless it is put aside.
function drawReplying(to) {
  const bar = $("replying");
  if (bar.dataset.aside === String(to)) return;
  bar.hidden = !to;
  bar.dataset.to = to || "";
}

const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const hour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

// Messages that haven't changed keep their nodes, and with them focus, folds and shown spoilers.
function drawMessages(chat, first) {
  const list = $("messages");
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let added = "";
  let last = "";
  let focus = null;
  const wanted = [];
  for (const message of chat.messages) {
    const date = new Date(message.date * 1000);
    const label = day.format(date);
    if (label !== last) wanted.push(old.get(`day ${label}`) || dayNode(label));
    last = label;
    const key = String(message.message_id);
    const known = old.get(key);
    const print = JSON.stringify(message);
    const node = known && known.dataset.print === print ? known : messageNode(chat, message, date);
    node.dataset.print = print;
    if (known && node !== known) {
      node.classList.add("changed");
      if (known.contains(document.activeElement)) focus = successor(node, document.activeElement.dataset.data);
      known.replaceWith(node);
    } else if (!known && !first) {
      node.classList.add("fresh");
      added = message.from_bot ? added || "theirs" : "mine";
    }
    wanted.push(node);
  }
  // The history somebody comes back to isn't news to a screen reader.
  list.setAttribute("aria-live", first ? "off" : "polite");
  place(list, wanted);
  focus?.focus({ preventScroll: true });
  sizeQuotes();
  markLoading(chat);
  return added;
}

function place(list, wanted) {
  const keep = new Set(wanted);
  for (const node of [...list.children]) if (!keep.has(node)) node.remove();
  wanted.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] || null);
  });
}

// What fits into three lines needs no unfolding.
function sizeQuotes() {
  for (const quote of $("messages").querySelectorAll("blockquote.folded")) {
    const text = quote.querySelector(".quote-text");
    quote.classList.toggle("short", text.scrollHeight <= text.clientHeight + 2);
  }
}

// Where the keyboard goes on when the message under it has changed.
function successor(node, data) {
  const buttons = [...node.querySelectorAll(".row button, .row a")];
  return buttons.find((button) => data && button.dataset.data === data) || buttons[0] || $("text");
}

function dayNode(label) {
  const node = make("li", { className: "day" }, label);
  node.dataset.key = `day ${label}`;
  return node;
}

function messageNode(chat, message, date) {
  const id = message.message_id;
  const who = message.from_bot ? chat.bot.name : chat.person.name;
  const bubble = make("div", { className: "bubble" }, make("span", { className: "unseen" }, `${who}: `));
  const replied = chat.messages.find((other) => other.message_id === message.reply_to);
  if (replied) bubble.append(make("span", { className: "reply", dir: "auto" }, gist(replied)));
  // A quote stays open while only the buttons change, not when the message turns into another page.
  const page = `${state.me}/${id}/${message.text}`;
  const options = { say, copy, gone, tap: (data) => tap(id, data), username: chat.bot.username, open: state.open.has(page) };
  if (message.media) bubble.append(attachment(message.media, gist(message), options));
  if (message.other.length) bubble.append(make("span", { className: "other" }, message.other.join(", ")));
  if (message.text || !message.media) bubble.append(rendered(message.text, message.entities, options));
  bubble.querySelector(".fold")?.addEventListener("click", (event) => {
    const open = event.currentTarget.getAttribute("aria-expanded") === "true";
    state.open[open ? "add" : "delete"](page);
  });
  const time = make("time", { dateTime: date.toISOString() }, hour.format(date));
  bubble.append(make("span", { className: "meta" }, message.edited ? "edited " : "", time));
  const node = make("li", { className: "message" }, bubble);
  if (!message.from_bot) node.classList.add("mine");
  if (message.keyboard.length) {
    node.classList.add("wide");
    node.append(keyboard(message.keyboard, options));
  }
  node.dataset.key = String(id);
  return node;
}

function gist(message) {
  return message.text.slice(0, 200) || (message.media ? mediaName(message.media) : "");
}

function markLoading(chat) {
  const busy = new Set(chat.loading.map((press) => `${press.message_id} ${press.data}`));
  for (const node of $("messages").querySelectorAll("button[data-data]")) {
    const key = `${node.closest(".message").dataset.key} ${node.dataset.data}`;
    node.setAttribute("aria-busy", String(busy.has(key)));
  }
  clearTimeout(markLoading.timer);
  if (busy.size) markLoading.timer = setTimeout(refresh, 5000);
}

// At once: while a smooth scroll is under way, the next message would find us "not at the end".
function toEnd() {
  $("log").scrollTop = $("log").scrollHeight;
  $("pill").hidden = true;
}

// --- toasts ---

function drawToast(chat, first) {
  const shown = state.toast.get(state.me) ?? 0;
  const serial = chat.toast?.serial ?? 0;
  state.toast.set(state.me, serial);
  if (first || serial <= shown) return;
  if (chat.toast.alert) alertBox(chat.toast.text);
  else toast(chat.toast.text);
}

function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(hideToast, 3500);
}

function hideToast() {
  $("toast").hidden = true;
}

function alertBox(text) {
  $("alert-text").textContent = text;
  if (!$("alert").open) $("alert").showModal();
}

// --- what a person does ---

async function say(text, entities = []) {
  if (!text.trim()) return;
  closeMenus();
  const sent = await act("text", { text, entities, reply_to: Number($("replying").dataset.to || 0) });
  if (sent) refresh();
}

async function tap(message, data) {
  const button = [...$("messages").querySelectorAll("button[data-data]")].find(
    (node) => node.dataset.data === data && node.closest(".message").dataset.key === String(message),
  );
  if (button?.getAttribute("aria-busy") === "true") return;
  button?.setAttribute("aria-busy", "true");
  await act("tap", { message_id: message, data });
  refresh();
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    alertBox(text);
  }
}

// A file that was to be saved has been forgotten meanwhile.
function gone(left) {
  left.tabIndex = -1;
  left.focus({ preventScroll: true });
  toast("This file is no longer kept.");
}

function grow() {
  $("send").disabled = !$("text").value.trim();
  if (CSS.supports("field-sizing", "content")) return;
  $("text").style.height = "auto";
  $("text").style.height = `${$("text").scrollHeight + 2}px`;
}

$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!$("text").value.trim()) return;
  const { text, entities } = compose(takeText());
  await say(text, entities);
});

function takeText() {
  const text = $("text").value;
  $("text").value = "";
  state.drafts.delete(state.me);
  grow();
  $("text").focus();
  return text;
}

// What has been written becomes the caption; one that is too long stays to be shortened.
async function attach(kind) {
  closeMenus();
  const typed = $("text").value;
  const { text, entities } = compose(typed);
  if ([...text].length > LONGEST_CAPTION) {
    toast(`A caption has at most ${LONGEST_CAPTION} characters.`);
    return;
  }
  const reply = Number($("replying").dataset.to || 0);
  if (!await act(kind, { caption: text, entities, reply_to: reply })) return;
  if ($("text").value === typed) takeText();
  refresh();
}

$("attach-photo").addEventListener("click", () => attach("photo"));
$("attach-document").addEventListener("click", () => attach("document"));
$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => {
  // While an input method is composing Chinese, Enter chooses a word.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});
$("start").addEventListener("click", async () => {
  if (state.chat?.person.blocked) await act("unblock");
  await say("/start");
  $("text").focus();
});
$("pill").addEventListener("click", toEnd);
$("log").addEventListener("scroll", () => {
  const log = $("log");
  if (log.scrollHeight - log.scrollTop - log.clientHeight < NEAR) $("pill").hidden = true;
});

// --- menus ---

const menus = [["more", "more-menu"], ["commands", "commands-menu"], ["attach", "attach-menu"]];

function openMenu(button, menu) {
  closeMenus();
  $(menu).hidden = false;
  $(button).setAttribute("aria-expanded", "true");
  $(menu).querySelector("button")?.focus();
}

function closeMenus(returnFocus = false) {
  for (const [button, menu] of menus) {
    if (!$(menu).hidden && returnFocus) $(button).focus();
    $(menu).hidden = true;
    $(button).setAttribute("aria-expanded", "false");
  }
}

function drawCommands() {
  const commands = state.chat?.commands || [];
  const items = commands.map((command) => {
    const node = make("button", { type: "button", role: "menuitem" }, make("b", {}, `/${command.command}`), command.description);
    node.addEventListener("click", () => { say(`/${command.command}`); $("text").focus(); });
    return node;
  });
  $("commands-menu").replaceChildren(...(items.length ? items : [make("p", { className: "none" }, "The bot has set no commands.")]));
}

for (const [button, menu] of menus) {
  $(button).addEventListener("click", () => {
    if (menu === "commands-menu") drawCommands();
    if ($(menu).hidden) openMenu(button, menu);
    else closeMenus(true);
  });
  $(menu).addEventListener("keydown", (event) => {
    const items = [...$(menu).querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !items.length) return;
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (menus.every(([, menu]) => $(menu).hidden) && !$("drawer").hidden) closeDrawer();
  closeMenus(true);
  hideToast();
});
document.addEventListener("pointerdown", (event) => {
  if (!menus.some(([button, menu]) => $(menu).contains(event.target) || $(button).contains(event.target))) closeMenus();
});
$("block").addEventListener("click", async () => {
  closeMenus(true);
  await act(state.chat?.person.blocked ? "unblock" : "block");
  refresh();
});
$("clear").addEventListener("click", async () => {
  closeMenus(true);
  await act("clear");
  refresh();
});

// --- a new person ---

$("invite").addEventListener("click", () => {
  $("newcomer-form").reset();
  $("newcomer-error").hidden = true;
  $("newcomer").showModal();
});
$("no-reply").addEventListener("click", () => {
  const bar = $("replying");
  bar.dataset.aside = bar.dataset.to;
  bar.dataset.to = "";
  bar.hidden = true;
  $("text").focus();
});
$("newcomer-cancel").addEventListener("click", () => $("newcomer").close());
$("newcomer-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const content = { name: $("newcomer-name").value, language_code: $("newcomer-language").value };
    const person = await ask("POST", "/sim/people", content);
    $("newcomer").close();
    location.hash = String(person.id);
  } catch (error) {
    $("newcomer-error").textContent = error.message;
    $("newcomer-error").hidden = false;
  }
});
$("alert-ok").addEventListener("click", () => $("alert").close());

// --- the developer drawer ---

$("developer").addEventListener("click", () => {
  closeMenus();
  $("drawer").hidden = false;
  $("drawer-close").focus();
  drawDrawer();
});
$("drawer-close").addEventListener("click", closeDrawer);

function closeDrawer() {
  $("drawer").hidden = true;
  $("more").focus();
}

async function drawDrawer() {
  if ($("drawer").hidden) return;
  const [now, calls] = await Promise.all([ask("GET", "/sim/state"), ask("GET", "/sim/calls?last=20")]);
  $("flood").checked = now.flood;
  $("faults").replaceChildren(...now.faults.map((fault) => make("li", {}, `${fault.times} × ${fault.kind} for ${fault.method === "*" ? "any method" : fault.method}`)));
  $("faults-clear").hidden = now.faults.length === 0;
  $("calls").replaceChildren(...calls.calls.reverse().map(callItem));
}

function callItem(call) {
  const node = make("li", {}, `${call.method} ${call.status || "…"} ${call.description}`);
  if (call.status >= 400) node.className = "bad";
  return node;
}

$("flood").addEventListener("change", () => ask("POST", "/sim/flood", { on: $("flood").checked }));
$("fault").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await ask("POST", "/sim/faults", {
      kind: $("fault-kind").value, method: $("fault-method").value,
      times: Number($("fault-times").value), seconds: Number($("fault-seconds").value),
    });
  } catch (error) {
    toast(error.message);
  }
});
$("faults-clear").addEventListener("click", () => ask("DELETE", "/sim/faults"));

// --- what happens meanwhile ---

function hear(event) {
  const change = JSON.parse(event.data);
  if (["people", "chat", "answer"].includes(change.what)) loadPeopleSoon();
  if (change.what === "profile" || change.chat === state.me) refresh();
  if (["switches", "chat", "answer"].includes(change.what)) drawDrawer();
}

function loadPeopleSoon() {
  clearTimeout(loadPeopleSoon.timer);
  loadPeopleSoon.timer = setTimeout(loadPeople, 60);
}

async function watch() {
  try {
    drawBanner((await ask("GET", "/sim/state")).idle);
  } catch {
    $("banner").textContent = "The simulator isn't running.";
    $("banner").hidden = false;
  }
}

window.addEventListener("hashchange", loadPeople);
window.addEventListener("resize", sizeQuotes);
const stream = new EventSource("/sim/events");
stream.addEventListener("message", hear);
stream.addEventListener("open", () => { loadPeople(); if (state.me) refresh(); });
setInterval(watch, 2000);
loadPeople();
