// Passkeys: the one thing that takes a script, for only a script can ask the browser for one.

interface Ceremony {
  id: string;
  options: { publicKey?: Record<string, unknown> } & Record<string, unknown>;
}

/** A message for people, in place of the browser's own. */
class Refused extends Error {}

const toBytes = (text: string): ArrayBuffer => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0)).buffer;
};

const toText = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!kind.includes("json")) throw new Refused("The server did not answer as expected. Open the page again.");
  const said = (await answer.json()) as T & { detail?: string; hint?: string };
  if (!answer.ok) throw new Refused(sentence(said.detail ?? "The server refused it") + (said.hint ? ` ${said.hint}` : ""));
  return said;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1) + ".";

// Bytes travel as base64url; the names are those of the Web Authentication specification.
function withBytes(options: Record<string, unknown>): Record<string, unknown> {
  const ids = (list: unknown) => (Array.isArray(list) ? list.map((c: { id: string }) => ({ ...c, id: toBytes(c.id) })) : []);
  const out: Record<string, unknown> = { ...options, challenge: toBytes(String(options["challenge"])) };
  if ("allowCredentials" in options) out["allowCredentials"] = ids(options["allowCredentials"]);
  if ("excludeCredentials" in options) out["excludeCredentials"] = ids(options["excludeCredentials"]);
  const user = options["user"] as { id: string } | undefined;
  if (user) out["user"] = { ...user, id: toBytes(user.id) };
  return out;
}

function withText(credential: PublicKeyCredential): object {
  const { response } = credential;
  const common = { id: credential.id, rawId: toText(credential.rawId), type: credential.type, clientExtensionResults: credential.getClientExtensionResults() };
  if (response instanceof AuthenticatorAttestationResponse) {
    const { attestationObject, clientDataJSON } = response;
    return { ...common, response: { attestationObject: toText(attestationObject), clientDataJSON: toText(clientDataJSON), transports: response.getTransports() } };
  }
  const { authenticatorData, clientDataJSON, signature, userHandle } = response as AuthenticatorAssertionResponse;
  return {
    ...common,
    response: {
      authenticatorData: toText(authenticatorData),
      clientDataJSON: toText(clientDataJSON),
      signature: toText(signature),
      ...(userHandle ? { userHandle: toText(userHandle) } : {}),
    },
  };
}

async function perform(begin: string, finish: string, enrol: boolean, more: object): Promise<void> {
  const ceremony = await post<Ceremony>(begin, {});
  const publicKey = withBytes(ceremony.options.publicKey ?? ceremony.options);
  const credential = enrol
    ? await navigator.credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions })
    : await navigator.credentials.get({ publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions });
  if (!(credential instanceof PublicKeyCredential)) throw new Refused("This browser gave no passkey.");
  const { next } = await post<{ next: string }>(finish, { ...more, ceremony: ceremony.id, response: withText(credential) });
  const to = new URL(next, location.href);
  if (to.pathname === location.pathname && to.search === location.search) {
    location.hash = to.hash; // the address alone would only scroll
    location.reload();
  } else {
    location.assign(to);
  }
}

function explain(e: unknown): string {
  if (e instanceof Refused) return e.message;
  const name = e instanceof DOMException ? e.name : "";
  if (name === "NotAllowedError") return "No passkey was used: it was cancelled, took too long, or this device has none for this address.";
  if (name === "InvalidStateError") return "This device has a passkey of yours already.";
  if (name === "SecurityError") return "Passkeys work at an https address, or at localhost by its name. Open the page there.";
  return "The passkey did not work. Try again, or sign in by password.";
}

/** Shows what passkeys take, and does it when asked. */
export function tendPasskeys(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-passkey]")) {
    const enrol = box.dataset["passkey"] === "enrol";
    const button = box.querySelector<HTMLButtonElement>("button");
    const alert = box.querySelector<HTMLElement>("[role=alert]");
    if (!button || !alert) continue;
    box.hidden = false;
    const say = (text: string) => {
      alert.textContent = text;
      alert.hidden = text === "";
    };
    if (!("PublicKeyCredential" in window)) {
      button.disabled = true;
      say("This browser has no passkeys, or this address is not safe enough for them. A password works.");
      continue;
    }
    const run = async () => {
      say("");
      button.disabled = true;
      try {
        if (enrol) await perform("/account/passkeys/begin", "/account/passkeys", true, { name: box.querySelector<HTMLInputElement>("input")?.value ?? "" });
        else await perform("/sign-in/passkey/begin", "/sign-in/passkey", false, { next: box.dataset["next"] ?? "" });
      } catch (e) {
        say(explain(e));
      } finally {
        button.disabled = false;
      }
    };
    const form = box.querySelector("form");
    form?.addEventListener("submit", (e) => {
      e.preventDefault();
      void run();
    });
    if (!form) button.addEventListener("click", () => void run());
  }
}
