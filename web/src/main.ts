// Everything here is comfort: without scripts every page reads and every form works.
import "htmx.org";
import { tendCanvas } from "./canvas";
import { tendPasskeys } from "./passkey";
import type { Plot } from "./plot";

async function drawCharts(root: ParentNode): Promise<void> {
  const boxes = root.querySelectorAll<HTMLElement>("[data-plot]");
  if (boxes.length === 0) return;
  const { draw } = await import("./chart");
  for (const box of boxes) {
    const source = document.getElementById(box.dataset["plot"] ?? "");
    if (source?.textContent) draw(box, JSON.parse(source.textContent) as Plot);
  }
}

// Menus are <details>: close them with Escape and when attention goes elsewhere.
function closeMenus(except: Node | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}

function tendMenus(): void {
  document.addEventListener("click", (e) => closeMenus(e.target as Node));
  document.addEventListener("focusin", (e) => closeMenus(e.target as Node));
  document.addEventListener("keydown", (e) => {
    const open = document.querySelector<HTMLDetailsElement>("details.menu[open]");
    if (e.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });
}

function tendPrint(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

// A file dropped anywhere on the form is sent at once.
function tendDrops(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-drop]")) {
    const input = form.querySelector<HTMLInputElement>("input[type=file]");
    if (!input) continue;
    form.addEventListener("submit", () => (form.dataset["busy"] = "yes"));
    for (const kind of ["dragenter", "dragover"] as const) {
      form.addEventListener(kind, (e) => {
        e.preventDefault();
        form.dataset["over"] = "yes";
      });
    }
    form.addEventListener("dragleave", () => delete form.dataset["over"]);
    form.addEventListener("drop", (e) => {
      e.preventDefault();
      delete form.dataset["over"];
      if (!e.dataTransfer?.files.length) return;
      input.files = e.dataTransfer.files;
      form.requestSubmit();
    });
  }
}

// Whoever types a password may read it.
function tendSecrets(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-reveal]")) {
    const inputs = button.form?.querySelectorAll<HTMLInputElement>("input[data-secret]") ?? [];
    button.hidden = false;
    button.addEventListener("click", () => {
      const show = button.getAttribute("aria-pressed") === "false";
      button.setAttribute("aria-pressed", String(show));
      for (const input of inputs) input.type = show ? "text" : "password";
    });
    // A password is sent, and kept by the browser, as one.
    button.form?.addEventListener("submit", () => inputs.forEach((input) => (input.type = "password")));
  }
}

// What is shown once is copied by one press.
function tendCopies(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("input[data-select]")) {
    input.addEventListener("focus", () => input.select());
    const button = document.querySelector<HTMLButtonElement>("button[data-copy]");
    const status = document.querySelector<HTMLElement>("[role=status]");
    if (!button || !status || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(input.value).then(
        () => (status.textContent = "Copied."),
        () => (status.textContent = "The browser did not let it be copied: select it and copy it yourself."),
      );
    });
  }
}

tendMenus();
tendPrint();
tendSecrets();
tendCopies();
tendPasskeys();
tendCanvas();
tendDrops();
void drawCharts(document);
