// One message as DOM nodes. Whatever a person or the bot wrote is text to us, never markup.

const svg = "http://www.w3.org/2000/svg";
const WRAPPERS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code",
};

export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node && !name.includes("-")) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function drawn(path) {
  const image = document.createElementNS(svg, "svg");
  image.setAttribute("viewBox", "0 0 24 24");
  image.setAttribute("aria-hidden", "true");
  image.append(document.createElementNS(svg, "path"));
  image.firstChild.setAttribute("d", path);
  return image;
}

// Only addresses that can do no harm become links.
export function safeLink(address) {
  const full = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `http://${address}`;
  try {
    return ["http:", "https:", "tg:"].includes(new URL(full).protocol) ? full : "";
  } catch {
    return "";
  }
}

// What a link to the bot itself would make Telegram say: "/start payload".
export function deepLink(address, username) {
  const found = /^(?:https?:\/\/)?t\.me\/(\w+)\/?(?:\?start=([\w-]{0,64}))?$/.exec(address);
  if (!found || found[1].toLowerCase() !== username.toLowerCase()) return "";
  return found[2] ? `/start ${found[2]}` : "/start";
}

function link(address, children, options) {
  const safe = safeLink(address);
  if (!safe) return make("span", {}, ...children);
  const command = deepLink(address, options.username);
  if (command) {
    const node = make("button", { className: "command", type: "button" }, ...children);
    node.addEventListener("click", () => options.say(command));
    return node;
  }
  return make("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function quote(children, expandable, open) {
  const inside = make("span", { className: "quote-text" }, ...children);
  const node = make("blockquote", {}, inside);
  if (!expandable) return node;
  const label = make("span");
  const button = make("button", { className: "fold", type: "button" }, label, drawn("M6 9l6 6 6-6"));
  const fold = (folded) => {
    node.classList.toggle("folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
    label.textContent = folded ? "Show more" : "Show less";
  };
  fold(!open);
  button.addEventListener("click", () => fold(!node.classList.contains("folded")));
  node.append(button);
  return node;
}

function spoiler(children) {
  const inside = make("span", { "aria-hidden": "true" }, ...children);
  const node = make("button", { className: "spoiler", type: "button", "aria-label": "Hidden text, press to show" }, inside);
  node.addEventListener("click", () => {
    const shown = make("span", { className: "spoiler shown" }, ...inside.childNodes);
    node.replaceWith(shown);
  }, { once: true });
  return node;
}

function wrapped(entity, children, plain, options) {
  switch (entity.type) {
    case "text_link": return link(entity.url, children, options);
    case "url": return link(plain, children, options);
    case "email": return make("span", { className: "tag" }, ...children);
    case "mention": case "hashtag": case "cashtag": case "text_mention":
      return make("span", { className: "tag" }, ...children);
    case "bot_command": {
      const node = make("button", { className: "command", type: "button" }, ...children);
      node.addEventListener("click", () => options.say(plain));
      return node;
    }
    case "pre": return make("pre", entity.language ? { title: entity.language } : {}, ...children);
    case "spoiler": return spoiler(children);
    case "blockquote": return quote(children, false);
    case "expandable_blockquote": return quote(children, true, options.open);
    default:
      return WRAPPERS[entity.type] ? make(WRAPPERS[entity.type], {}, ...children) : make("span", {}, ...children);
  }
}

// Entities are nested or apart, outer before inner; their offsets are UTF-16 units, as in JavaScript's strings.
function nodes(text, entities, from, to, options) {
  const result = [];
  let position = from;
  for (let i = 0; i < entities.length; i += 1) {
    const entity = entities[i];
    const end = entity.offset + entity.length;
    if (entity.offset < position) continue;
    const inner = entities.slice(i + 1).filter((other) => other.offset < end);
    if (entity.offset > position) result.push(text.slice(position, entity.offset));
    const children = nodes(text, inner, entity.offset, end, options);
    result.push(wrapped(entity, children, text.slice(entity.offset, end), options));
    position = end;
    // A block has its own line; the line break beside it would be a second one.
    if (/blockquote|pre/.test(entity.type) && text[position] === "\n" && position < to) position += 1;
  }
  if (position < to) result.push(text.slice(position, to));
  return result;
}

export function rendered(text, entities, options) {
  return make("div", { className: "text" }, ...nodes(text, entities, 0, text.length, options));
}

function amount(bytes) {
  return bytes < 1024 ** 2 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

export function mediaName(media) {
  return media.kind === "photo" ? "Photo" : media.name || "Document";
}

// What the bot uploaded can be seen and saved; of anything else a tile says what it is.
export function attachment(media, caption, options) {
  if (!media.kept) return tile(media);
  return media.kind === "photo" ? picture(media, caption) : download(media, options);
}

function tile(media) {
  const node = make("div", { className: `tile ${media.kind}` }, ...about(media));
  if (media.kind === "photo") shape(node, media);
  return node;
}

function about(media) {
  const photo = media.kind === "photo";
  const icon = drawn(photo ? "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01" : "M13 3H6v18h12V8zM13 3v5h5");
  const size = photo ? `${media.width} × ${media.height}` : amount(media.size);
  const names = make("span", { className: "names" }, make("b", { dir: "auto" }, mediaName(media)), make("small", {}, size));
  return [make("span", { className: "sign" }, icon), names];
}

function shape(node, media) {
  node.style.setProperty("--shape", `${media.width || 4} / ${media.height || 3}`);
}

const address = (media) => `/sim/files/${encodeURIComponent(media.file_id)}`;

// Its room is kept before it has come, so that nothing jumps.
function picture(media, caption) {
  const image = make("img", { alt: caption || mediaName(media), decoding: "async" });
  const node = make(
    "a", { className: "picture", href: address(media), target: "_blank", rel: "noopener noreferrer", title: "Open large" }, image,
  );
  shape(node, media);
  image.addEventListener("error", () => node.replaceWith(tile(media)));
  image.src = address(media);
  return node;
}

function download(media, options) {
  const arrow = make("span", { className: "save" }, drawn("M12 4v11M7 10.5l5 5 5-5M5 20h14"));
  const node = make("a", { className: "tile document", href: address(media), download: media.name, title: "Save" }, ...about(media), arrow);
  node.setAttribute("aria-label", `Save ${mediaName(media)}, ${amount(media.size)}`);
  node.addEventListener("click", async (event) => {
    event.preventDefault();
    // A browser would take the words of a 404 for the file, so we look first.
    const found = await fetch(node.href, { method: "HEAD" }).catch(() => null);
    if (found?.ok) {
      make("a", { href: node.href, download: media.name }).click();
    } else {
      const left = tile(media);
      node.replaceWith(left);
      options.gone(left);
    }
  });
  return node;
}

export function keyboard(rows, options) {
  const node = make("div", { className: "rows" });
  for (const row of rows) {
    node.append(make("div", { className: "row" }, ...row.map((button) => key(button, options))));
  }
  return node;
}

function key(button, options) {
  const style = ["danger", "success", "primary"].includes(button.style) ? button.style : "";
  const label = make("span", { dir: "auto" }, button.text);
  if (button.url) {
    const node = link(button.url, [label, drawn("M8 16L17 7M9 7h8v8")], options);
    if (style) node.classList.add(style);
    return node;
  }
  const node = make("button", { type: "button", className: style }, label);
  if (button.copy_text) {
    node.append(drawn("M9 9h11v11H9zM5 15H4V4h11v1"));
    node.addEventListener("click", () => options.copy(button.copy_text.text));
  } else if (button.callback_data) {
    node.dataset.data = button.callback_data;
    node.addEventListener("click", () => options.tap(button.callback_data));
  } else {
    node.disabled = true;
  }
  return node;
}
