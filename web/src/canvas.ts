// The canvas of a journey. Its forms work without this; with it an edit changes the page
// where it stands, and Alt with an arrow key moves what has the focus.

/** What the server answers to an edit. */
interface Live {
  says: string;
  part: string;
  version: string;
  in: string;
  before: string;
  html: string;
  undo: string;
}

const byId = (id: string) => document.getElementById(id);

/** Sends a form, and falls back to the page that the server has for it. */
async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) data.append(name, String(value));
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || !answer.headers.get("Content-Type")?.startsWith("application/json")) {
    form.dataset["plain"] = "yes";
    form.requestSubmit(submitter);
    return;
  }
  show((await answer.json()) as Live);
  const name = form.querySelector<HTMLInputElement>("input[name=name]");
  if (name) name.value = "";
}

/** Shows what an edit has changed, and leaves the focus where it was. */
function show(live: Live): void {
  const held = document.activeElement;
  const list = document.querySelector(`[data-in="${live.in}"]`);
  const part = live.html ? made(live.html) : byId(`part-${live.part}`);
  if (part && list) {
    list.insertBefore(part, live.before ? byId(`part-${live.before}`) : null);
    for (const version of part.querySelectorAll<HTMLInputElement>("input[name=version]")) {
      if (version.closest("[data-part]") === part) version.value = live.version;
    }
    part.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  if (held instanceof HTMLElement && document.activeElement !== held) held.focus();
  const says = document.querySelector("[data-says]");
  if (says) says.textContent = live.says;
  const undo = document.querySelector<HTMLFormElement>("form[data-undo]");
  const number = undo?.querySelector<HTMLInputElement>("input[name=number]");
  if (!undo || !number || !live.undo) return;
  number.value = live.undo;
  undo.hidden = false;
}

function made(html: string): Element | null {
  const holder = document.createElement("template");
  holder.innerHTML = html; // the server's own template, which escapes what people wrote
  return holder.content.firstElementChild;
}

const ways: Record<string, string> = { ArrowLeft: "earlier", ArrowUp: "earlier", ArrowRight: "later", ArrowDown: "later" };

/** Presses the button of the part that has the focus. */
function nudge(e: KeyboardEvent): void {
  const way = e.altKey && !e.ctrlKey && !e.metaKey ? ways[e.key] : undefined;
  const part = (e.target as Element).closest("[data-part]");
  if (!way || !part || (e.target as Element).matches("input, select, textarea")) return;
  e.preventDefault();
  const button = part.querySelector<HTMLButtonElement>(`form[data-live] button[value=${way}]`);
  if (button?.form) button.form.requestSubmit(button);
}

export function tendCanvas(): void {
  if (!document.querySelector("[data-canvas]")) return;
  let busy = Promise.resolve(); // one edit after the other, each with the version of the one before
  document.addEventListener("submit", (e) => {
    const form = e.target as HTMLFormElement;
    if (!form.matches("[data-live]") || form.dataset["plain"]) return;
    e.preventDefault();
    const { submitter } = e;
    busy = busy.then(() => send(form, submitter));
  });
  document.querySelector("[data-canvas]")?.addEventListener("keydown", (e) => nudge(e as KeyboardEvent));
}
