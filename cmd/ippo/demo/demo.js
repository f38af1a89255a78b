// The demo's page: which step is explained, which phones are shown, and the clock. Everything else
// is links and forms whose targets are the frames.
"use strict";

const body = document.body;
const toast = document.getElementById("toast");
const now = document.getElementById("now");

function show(what) {
  body.dataset.show = what;
  for (const tab of document.querySelectorAll(".tabs button")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.show === what));
  }
}

let hiding;
function say(text) {
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, 8000);
}

for (const step of document.querySelectorAll("[data-try]")) {
  step.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[data-try]")) {
      other.setAttribute("aria-expanded", String(other === step));
      document.getElementById(other.getAttribute("aria-controls")).hidden = other !== step;
    }
    if (step.dataset.try === "4") body.dataset.phones = "2";
  });
}

for (const button of document.querySelectorAll("button[data-phones]")) {
  button.addEventListener("click", () => { body.dataset.phones = button.dataset.phones; show("phones"); });
}

for (const tab of document.querySelectorAll(".tabs button")) {
  tab.addEventListener("click", () => show(tab.dataset.show));
}

// On a narrow screen, what a link or a form opens comes to the front.
for (const opener of document.querySelectorAll("a[target], form[target]")) {
  const event = opener instanceof HTMLFormElement ? "submit" : "click";
  opener.addEventListener(event, () => show(opener.target === "panel" ? "panel" : "phones"));
}

// The demo's clock runs on from where the server said it stands.
let stood = Date.parse(now.dateTime);
let since = performance.now();
const words = new Intl.DateTimeFormat("ja-JP", {
  timeZone: "Asia/Tokyo", year: "numeric", month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
function tick() {
  const t = new Date(stood + performance.now() - since);
  const part = Object.fromEntries(words.formatToParts(t).map((p) => [p.type, p.value]));
  now.dateTime = t.toISOString();
  now.textContent = `${part.year}年${part.month}月${part.day}日（${part.weekday}）${part.hour}:${part.minute}`;
}
tick();
setInterval(tick, 1000);

document.getElementById("clock").addEventListener("submit", async (event) => {
  event.preventDefault();
  const to = event.submitter.value;
  try {
    const answer = await fetch("/demo/clock", { method: "POST", body: new URLSearchParams({ to }) });
    if (!answer.ok) throw new Error(String(answer.status));
    const moved = await answer.json();
    stood = Date.parse(moved.clock);
    since = performance.now();
    tick();
    let text = `デモの時刻を ${moved.now} に進めました。`;
    if (to === "monday") {
      body.dataset.phones = "2";
      show("phones");
      text += "アンバサダーのけんいちさんに、声かけのお知らせが届きます。";
    }
    if (to === "digest") {
      document.querySelector('iframe[name="phone-1"]').src = event.submitter.dataset.phone;
      show("phones");
      text += "週1回まとめて受け取るふみこさんの電話に、まとめが届きます。";
    }
    say(text);
  } catch {
    say("時計を進められませんでした。デモが動いているか確かめてください。");
  }
});
