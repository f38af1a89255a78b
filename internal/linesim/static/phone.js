"use strict";
// The simulator's phone. The server draws everything; this script puts what changed on the screen, sends
// what the thumb does, and opens the sheets and pages that are the phone's own.
(() => {
  const byId = (id) => document.getElementById(id);
  const phone = byId("phone");
  const user = phone.dataset.user;
  const log = byId("log");
  const scroll = byId("scroll");
  const newer = byId("newer");
  const menu = byId("menu");
  const toggle = byId("toggle");
  const input = byId("text");

  // ---- What the server drew ----

  let loadingTimer = 0;
  let hadMenu = false;

  function show(fragment) {
    const next = fragment.firstElementChild;
    const stay = atBottom();
    const first = log.childElementCount === 0;
    phone.dataset.state = next.dataset.state;
    byId("clock").textContent = next.dataset.clock;
    const arrived = showLog(next.querySelector(".log"));
    replace(byId("quick"), next.querySelector(".quick"));
    showMenu(next);
    clearTimeout(loadingTimer);
    const loading = Number(next.dataset.loading);
    if (loading > 0) loadingTimer = setTimeout(refresh, loading + 100);
    if (stay || first) toBottom();
    else if (arrived) newer.hidden = false;
  }

  // showLog keeps the lines that did not change: a carousel stays where the thumb left it. It reports
  // whether the bot's messages were added.
  function showLog(lines) {
    let arrived = false;
    let at = log.firstElementChild;
    for (const line of [...lines.children]) {
      const old = byId(line.id);
      if (old && old.isEqualNode(line)) {
        while (at && at !== old) at = drop(at);
        at = old.nextElementSibling;
        continue;
      }
      if (old) {
        if (at === old) at = drop(old);
        else old.remove();
      } else if (line.hasAttribute("data-bot")) {
        arrived = true;
      }
      log.insertBefore(line, at);
    }
    while (at) at = drop(at);
    return arrived;
  }

  function drop(node) {
    const next = node.nextElementSibling;
    node.remove();
    return next;
  }

  function replace(target, source) {
    if (target.innerHTML === source.innerHTML) return;
    target.replaceChildren(...source.childNodes);
  }

  function showMenu(next) {
    const drawn = next.querySelector(".menu");
    const has = drawn.childElementCount > 0;
    replace(menu, drawn);
    byId("menutext").textContent = next.dataset.menutext;
    phone.toggleAttribute("data-has-menu", has);
    if (has && !hadMenu && input.value === "") {
      phone.dataset.mode = "menu";
      openMenu("menuopen" in next.dataset);
    }
    if (!has) openMenu(false);
    hadMenu = has;
  }

  function openMenu(open) {
    const stay = atBottom();
    menu.hidden = !(open && phone.dataset.mode === "menu");
    toggle.setAttribute("aria-expanded", String(!menu.hidden));
    if (stay) toBottom();
  }

  function setMode(mode) {
    phone.dataset.mode = mode;
    openMenu(mode === "menu");
    if (mode === "keyboard") input.focus();
  }

  const atBottom = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  function toBottom() {
    scroll.scrollTop = scroll.scrollHeight;
    newer.hidden = true;
  }
  let stuck = true;
  scroll.addEventListener("scroll", () => {
    stuck = atBottom();
    if (stuck) newer.hidden = true;
  });
  new ResizeObserver(() => { if (stuck) toBottom(); }).observe(scroll);
  new ResizeObserver(() => { if (stuck) toBottom(); }).observe(log); // pictures come later than their messages
  newer.addEventListener("click", toBottom);

  // ---- Staying up to date ----

  let fetching = false;
  let again = false;

  async function refresh() {
    if (fetching) {
      again = true;
      return;
    }
    fetching = true;
    do {
      again = false;
      try {
        const response = await fetch("screen?user=" + encodeURIComponent(user));
        if (response.ok) {
          const parsed = document.createElement("template");
          parsed.innerHTML = await response.text();
          show(parsed.content);
        }
      } catch { /* the stream of events says that the connection is gone, and comes back by itself */ }
    } while (again);
    fetching = false;
  }

  let stream = null;
  function listen() {
    stream = new EventSource("events?user=" + encodeURIComponent(user));
    stream.onopen = () => { byId("offline").hidden = true; };
    stream.onmessage = refresh;
    stream.addEventListener("clock", (e) => { byId("clock").textContent = e.data; });
    stream.onerror = () => {
      byId("offline").hidden = false;
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    };
  }
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (e) => { if (e.persisted) listen(); });

  // ---- What the thumb does ----

  // One after the other, as a telephone sends: a button pressed just after a message never overtakes it.
  let before = Promise.resolve();
  function send(act) {
    const sent = before.then(() => deliver(act));
    before = sent.catch(() => {});
    return sent;
  }

  async function deliver(act) {
    let answer;
    try {
      const response = await fetch("act", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ user, ...act }),
      });
      answer = await response.json();
      if (!response.ok) {
        toast(answer.message);
        return false;
      }
    } catch {
      toast("送信できませんでした。もう一度お試しください。");
      return false;
    }
    stuck = true;
    toBottom();
    refresh();
    afterTap(answer);
    return true;
  }

  function tap(action) {
    if (action.type === "datetimepicker") pickDate(action);
    else send({ do: "tap", action });
  }

  function afterTap(did) {
    if (did.menu === "open" && hadMenu) setMode("menu");
    if (did.menu === "close") openMenu(false);
    if (did.fillIn) {
      setMode("keyboard");
      input.value = did.fillIn;
      grow();
    }
    if (did.copied) copy(did.copied);
    if (did.ask === "location") open("place");
    else if (did.ask) toast("この見本の電話では、写真を送れません。");
    if (did.openUrl) openLink(did.openUrl);
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast("コピーしました");
    } catch {
      toast("コピーできませんでした：" + text);
    }
  }

  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-tap], [data-open], [data-close], [data-do], [data-sticker], button[data-mode]");
    if (!button) return;
    const d = button.dataset;
    const sheet = button.closest("dialog");
    if (d.tap) tap(JSON.parse(d.tap));
    else if (d.open) open(d.open);
    else if (d.mode) setMode(d.mode);
    else {
      sheet?.close();
      if (d.do) send({ do: d.do });
      if (d.sticker) send({ do: "sticker", sticker: { package: d.package, id: d.sticker, keyword: d.keyword } });
    }
  });
  document.addEventListener("keydown", (e) => {
    if ((e.key === "Enter" || e.key === " ") && e.target.matches('[role="link"][data-tap]')) {
      e.preventDefault();
      e.target.click();
    }
  });
  toggle.addEventListener("click", () => openMenu(menu.hidden));

  byId("compose").addEventListener("submit", async (e) => {
    e.preventDefault();
    const text = input.value;
    if (text.trim() === "") return;
    input.value = "";
    grow();
    if (!(await send({ do: "say", text })) && input.value === "") input.value = text;
  });
  input.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { // 229: a kana being converted
      e.preventDefault();
      byId("compose").requestSubmit();
    }
  });
  input.addEventListener("input", () => {
    if (input.value === "\n") input.value = ""; // of the Enter that sent the text, from keyboards that insist
    grow();
  });
  function grow() {
    input.style.height = "";
    if (input.scrollHeight > input.clientHeight) input.style.height = input.scrollHeight + 2 + "px";
  }

  let toastTimer = 0;
  function toast(text) {
    const box = byId("toast");
    box.textContent = text;
    box.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { box.hidden = true; }, 3500);
  }

  // ---- Sheets ----

  function open(id) {
    byId(id).showModal();
  }
  for (const sheet of document.querySelectorAll("dialog")) {
    sheet.addEventListener("click", (e) => { if (e.target === sheet) sheet.close(); }); // beside the sheet
  }

  byId("place-form").addEventListener("submit", (e) => {
    e.preventDefault();
    byId("place").close();
    send({
      do: "location",
      location: {
        title: byId("place-name").value, address: byId("place-address").value,
        latitude: Number(byId("place-lat").value), longitude: Number(byId("place-lng").value),
      },
    });
  });

  let picking = null;
  function pickDate(action) {
    picking = action;
    const field = byId("date-value");
    const form = (value) => (value || "").replace("t", "T"); // LINE writes 2026-04-01t09:30
    field.type = { date: "date", time: "time" }[action.mode] || "datetime-local";
    field.min = form(action.min);
    field.max = form(action.max);
    field.value = form(action.initial);
    byId("date-title").textContent = action.label || "日時を選ぶ";
    open("date");
  }
  byId("date-form").addEventListener("submit", (e) => {
    e.preventDefault();
    byId("date").close();
    send({ do: "tap", action: picking, chosen: byId("date-value").value });
  });

  // ---- Links ----

  const onThisMachine = (url) => url.origin === location.origin || ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);

  function openLink(address) {
    let url;
    try {
      url = new URL(address);
    } catch {
      return;
    }
    if (url.protocol === "tel:") {
      byId("call-number").textContent = decodeURIComponent(url.pathname);
      open("call");
    } else if (url.protocol !== "http:" && url.protocol !== "https:") {
      toast("LINEの中の画面なので、ここでは開けません。");
    } else if (onThisMachine(url)) {
      browse(url);
    } else {
      byId("outside-address").textContent = url.href;
      byId("outside-open").href = url.href;
      open("outside");
    }
  }

  const page = byId("page");
  function browse(url) {
    byId("browser-title").textContent = url.host;
    byId("browser-open").href = url.href;
    byId("browser-problem").hidden = true;
    // A page of another origin, or one that refuses to be framed, does not let itself be looked at.
    page.onload = () => {
      const same = url.origin === location.origin;
      const inside = same ? page.contentDocument : null;
      if (inside?.title) byId("browser-title").textContent = inside.title;
      byId("browser-problem").hidden = !same || inside !== null;
    };
    page.contentWindow.location.replace(url.href); // not page.src: back must leave the phone, not the page
    open("browser");
  }
  byId("browser").addEventListener("close", () => {
    page.onload = null;
    page.contentWindow.location.replace("about:blank");
  });

  // ---- Start ----

  show(byId("first").content);
  grow();
  if (input.value !== "") {
    history.replaceState(null, "", "./?user=" + encodeURIComponent(user)); // reloading must not fill it in again
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  }
  listen();
})();
