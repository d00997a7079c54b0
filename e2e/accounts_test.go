package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// The passwords that people choose here.
const (
	adasPassword   = "seven quiet lighthouses at dusk"
	olivesPassword = "a kettle of yellow umbrellas"
)

// openBrowser opens a tab in a browser of its own, with cookies of its own.
func openBrowser(t testing.TB, base string) *tab {
	t.Helper()
	var tab target.ID
	err := chromedp.Run(browser, chromedp.ActionFunc(func(ctx context.Context) error {
		ctx = cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)
		own, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(ctx)
		if err != nil {
			return err
		}
		tab, err = target.CreateTarget("about:blank").WithBrowserContextID(own).WithNewWindow(true).Do(ctx) // its first tab takes a window
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
	return openTabIn(t, base, chromedp.WithTargetID(tab))
}

// fill types into the fields of a form, by name, and sends it.
func (b *tab) fill(form string, fields map[string]string) {
	b.Helper()
	for name, value := range fields {
		b.do(chromedp.SetValue(fmt.Sprintf(`%s [name=%q]`, form, name), value, chromedp.ByQuery))
	}
	b.send(form)
}

// send presses the button of a form and waits for the page that answers.
func (b *tab) send(form string) {
	b.Helper()
	b.click(form + " .actions button, " + form + " > button:not([type=button])")
}

// click presses something that leads to another page, and waits for that page.
func (b *tab) click(selector string) {
	b.Helper()
	b.do(chromedp.Evaluate(`window.left = true`, nil), chromedp.Click(selector, chromedp.ByQuery))
	b.until(`!window.left && document.readyState === "complete"`)
}

// at fails unless the tab is on a page.
func (b *tab) at(path string) {
	b.Helper()
	if got := ask[string](b, "location.pathname"); got != path {
		b.Fatalf("the tab is at %s, not at %s:\n%s", got, path, b.text())
	}
}

// From the link on the console to an owner who sees what is theirs, and is shown the door.
func TestAccountsFromSetUpToRevocation(t *testing.T) {
	needBrowser(t)
	book := filepath.Join(t.TempDir(), "book")
	command(t, "demo", "--customers", "1500", "--book", book)
	s := start(t, book)
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	if s.setUp == "" {
		t.Fatal("the console shows no set-up link")
	}
	ada, olive := openBrowser(t, s.base), openBrowser(t, s.base)
	ada.setUp(s.setUp)
	link := ada.arrange()
	olive.accept(link)
	olive.seesHerOwn()
	secret, recovery := olive.enrolApp()
	olive.signInByApp(secret, recovery)
	ada.signInByPasskey()
	ada.looksAtTheRest()
	ada.endsWhatOliveMay(olive)
}

// setUp makes the first account.
func (b *tab) setUp(path string) {
	b.Helper()
	b.open(path)
	b.says("Make the first account.")
	b.everyWay("setup")
	b.do(chromedp.Click(`input[value="executive"]`), chromedp.Click(`button[data-reveal]`))
	if kind := ask[string](b, `document.querySelector("[name=password]").type`); kind != "text" {
		b.Errorf("Show leaves the password a %s", kind)
	}
	b.fill("form[action='/setup']", map[string]string{"name": "Ada Lovelace", "email": "ada@northfield.example", "password": adasPassword, "again": adasPassword})
	b.at("/people")
	b.says("1 person has an account.", "Ada Lovelace", "executive, administrator")
	b.open(path)
	b.says("This book has accounts.")
	b.everyWay("setup-done")
}

// arrange makes a unit and invites its owner; it returns the link.
func (b *tab) arrange() (link string) {
	b.Helper()
	b.open("/units")
	b.says("There are no units yet.")
	b.do(chromedp.SetValue(`#add [name="attribute"]`, "segment", chromedp.ByQuery))
	b.fill("#add form", map[string]string{"name": "Hospitality", "value": "Hospitality"})
	b.says("1 unit has no head.", "segment = Hospitality")
	b.open("/people")
	b.do(chromedp.Click(`#invite input[value="owner"]`), chromedp.Click(`#invite input[name="unit"]`))
	b.fill("#invite form", map[string]string{"name": "Olive Owner", "email": "olive@northfield.example"})
	b.says("Send Olive Owner this link.")
	b.everyWay("made")
	return strings.TrimPrefix(ask[string](b, `document.querySelector("[data-select]").value`), b.base)
}

// accept takes an invitation in another browser.
func (b *tab) accept(link string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + "/"))
	b.until(`document.readyState === "complete"`)
	b.at("/sign-in")
	b.everyWay("sign-in")
	b.open(link)
	b.says("Welcome, Olive Owner.")
	b.everyWay("invitation")
	b.fill("form[action='/invitation']", map[string]string{"password": olivesPassword, "again": olivesPassword})
	b.at("/account")
	b.says("Olive Owner", "Hospitality", "of your own units")
}

// seesHerOwn looks at the statement as an owner.
func (b *tab) seesHerOwn() {
	b.Helper()
	b.open("/?by=segment")
	b.says("Hospitality")
	if text := b.text(); strings.Contains(text, "Consumer") || strings.Contains(text, "Professional") {
		b.Errorf("an owner sees segments of others:\n%s", text)
	}
	for _, path := range []string{"/audit", "/services", "/people/nobody", "/privacy"} {
		b.open(path)
		b.says("403 · forbidden")
	}
	b.open("/people")
	b.says("Ada Lovelace")
}

// enrolApp adds an authenticator app, and returns its secret and a recovery code.
func (b *tab) enrolApp() (secret, recovery string) {
	b.Helper()
	b.open("/account")
	b.click(`form[action="/account/totp"] button`)
	b.says("Scan this with your app.")
	b.everyWay("totp")
	secret = strings.ReplaceAll(ask[string](b, `document.querySelector(".qr").closest("p").nextElementSibling.querySelector("code").textContent`), " ", "")
	b.fill("form[action='/account/totp/confirm']", map[string]string{"code": codeOf(b, secret, 0)})
	b.says("Keep these codes where your app is not.")
	b.everyWay("recovery")
	recovery = ask[string](b, `document.querySelector(".codes code").textContent`)
	b.click(".intro a.button")
	b.says("After your password you are asked for its code.")
	b.everyWay("account")
	return secret, recovery
}

// codeOf is what the app shows, so many steps of thirty seconds on.
func codeOf(t testing.TB, secret string, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// signInByApp signs out, and in again by password and code; then by a recovery code.
func (b *tab) signInByApp(secret, recovery string) {
	b.Helper()
	enter := func() {
		b.click(`form[action="/sign-out"] button`)
		b.at("/sign-in")
		b.fill("form[action='/sign-in']", map[string]string{"email": "olive@northfield.example", "password": olivesPassword})
		b.says("Which code does your app show?")
	}
	enter()
	b.everyWay("second")
	b.fill("form[action='/sign-in/second']", map[string]string{"code": "000000"})
	b.says("Which code does your app show?")
	b.fill("form[action='/sign-in/second']", map[string]string{"code": codeOf(b, secret, 1)})
	b.at("/")
	enter()
	b.fill("form[action='/sign-in/second']", map[string]string{"code": recovery})
	b.at("/")
}

// signInByPasskey adds a passkey on a device that is made up, and signs in with it.
func (b *tab) signInByPasskey() {
	b.Helper()
	b.do(webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}).Do(ctx)
		return err
	}))
	b.open("/account")
	b.do(chromedp.SetValue(`#passkeys [name="name"]`, "laptop", chromedp.ByQuery))
	b.click(`#passkeys .actions button`)
	b.says("laptop")
	b.click(`form[action="/sign-out"] button`)
	b.click(`[data-passkey="sign-in"] button`)
	b.at("/")
	b.open("/account")
	b.says("passkey", "laptop")
	b.everyWay("account-passkey")
}

// looksAtTheRest looks at the pages that are about who works with the book.
func (b *tab) looksAtTheRest() {
	b.Helper()
	for _, p := range []shown{
		{"people", "/people", "2 people have an account."}, {"units", "/units", "Hospitality"}, {"roles", "/roles", "What each role can see and do"},
		{"privacy", "/privacy", "What is held, and why"}, {"services", "/services", "No program comes in by itself yet."}, {"audit", "/audit", "Who did what"},
	} {
		b.open(p.path)
		b.says(p.says)
		b.everyWay(p.name)
	}
	b.open("/people")
	b.click(`.list tbody tr:last-child a`)
	b.everyWay("person")
	b.open("/units")
	b.click(`.tree a`)
	b.everyWay("unit")
	b.open("/services")
	b.do(chromedp.Click(`.more summary`))
	b.everyWay("services-form")
	b.open("/audit?action=unit")
	b.click(`.list tbody a`)
	b.says("What changed")
	b.everyWay("event")
	b.open("/audit")
	b.click(`form[action="/audit/check"] button`)
	b.says("The chain holds")
}

// endsWhatOliveMay changes what somebody may in one browser, which another feels at once.
func (b *tab) endsWhatOliveMay(olive *tab) {
	b.Helper()
	olive.open("/goals")
	olive.says("Goals")
	b.open("/people")
	b.click(`.list tbody tr:last-child a`)
	b.says("Olive Owner")
	b.do(emulation.SetScriptExecutionDisabled(true))
	b.do(chromedp.Click(`form[action$="/disable"] button`), chromedp.WaitVisible(`form[action$="/enable"]`), emulation.SetScriptExecutionDisabled(false))
	olive.do(chromedp.Navigate(olive.base + "/goals"))
	olive.until(`document.readyState === "complete" && location.pathname === "/sign-in"`)
	olive.fill("form[action='/sign-in']", map[string]string{"email": "olive@northfield.example", "password": olivesPassword})
	olive.says("The email or the password is not right.")
	olive.everyWay("sign-in-refused")
}
