package httpd

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/clientele/clientele"
)

var discard = slog.New(slog.DiscardHandler)

// frontOf is a door that was checked, and is not open.
func frontOf(t testing.TB, d Door) *Front {
	t.Helper()
	f, err := d.check()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDoorsThatLetOthersReadAreRefused(t *testing.T) {
	const origin = "https://clientele.example"
	for name, c := range map[string]struct {
		door   Door
		want   clientele.Code
		beyond bool
	}{
		"localhost":              {Door{Listen: "localhost:0"}, "", false},
		"loopback":               {Door{Listen: "127.9.9.9:0"}, "", false},
		"loopback 6":             {Door{Listen: "[::1]:0"}, "", false},
		"loopback named":         {Door{Listen: "localhost:0", Origin: "http://localhost:8080/"}, "", false},
		"all, plain":             {Door{Listen: ":0"}, clientele.CodeForbidden, true},
		"all, plain, named":      {Door{Listen: "0.0.0.0:0", Origin: origin}, clientele.CodeForbidden, true},
		"another, plain":         {Door{Listen: "192.168.1.1:80"}, clientele.CodeForbidden, true},
		"like localhost":         {Door{Listen: "localhost.example.com:80"}, clientele.CodeForbidden, true},
		"https":                  {Door{Listen: ":0", Origin: origin, Cert: "c", Key: "k"}, "", true},
		"https without a name":   {Door{Listen: ":0", Cert: "c", Key: "k"}, clientele.CodeUsage, true},
		"https called plain":     {Door{Listen: ":0", Origin: "http://clientele.example", Cert: "c", Key: "k"}, clientele.CodeForbidden, true},
		"certificate alone":      {Door{Listen: ":0", Origin: origin, Cert: "c"}, clientele.CodeUsage, true},
		"proxy":                  {Door{Listen: ":0", Origin: origin, BehindProxy: true}, "", true},
		"proxy on this machine":  {Door{Listen: "localhost:0", Origin: origin, BehindProxy: true}, "", true},
		"proxy without a name":   {Door{Listen: "localhost:0", BehindProxy: true}, clientele.CodeUsage, true},
		"plain proxy":            {Door{Listen: ":0", Origin: "http://clientele.example", BehindProxy: true}, clientele.CodeForbidden, true},
		"proxy and https":        {Door{Listen: ":0", Origin: origin, BehindProxy: true, Cert: "c", Key: "k"}, clientele.CodeUsage, true},
		"https that nobody has":  {Door{Listen: "localhost:0", Origin: origin}, clientele.CodeUsage, true},
		"no port":                {Door{Listen: "localhost"}, clientele.CodeUsage, false},
		"nothing":                {Door{}, clientele.CodeUsage, false},
		"origin with a path":     {Door{Listen: "localhost:0", Origin: origin + "/x"}, clientele.CodeUsage, false},
		"origin without scheme":  {Door{Listen: "localhost:0", Origin: "clientele.example"}, clientele.CodeUsage, false},
		"origin of other scheme": {Door{Listen: "localhost:0", Origin: "ftp://clientele.example"}, clientele.CodeUsage, false},
		"proxies that are none":  {Door{Listen: "localhost:0", Proxies: []string{"proxy"}}, clientele.CodeUsage, false},
	} {
		f, err := c.door.check()
		if clientele.CodeOf(err) != c.want || err != nil && clientele.HintOf(err) == "" {
			t.Errorf("%s: %v, want code %q", name, err, c.want)
		}
		if err == nil && f.Beyond() != c.beyond {
			t.Errorf("%s: beyond this machine %v", name, f.Beyond())
		}
	}
	if err := frontOf(t, Door{Listen: ":0", Origin: origin, BehindProxy: true}).NeedsAccounts(); clientele.CodeOf(err) != clientele.CodeForbidden || clientele.HintOf(err) == "" {
		t.Error(err)
	}
}

func TestATakenPortIsNamed(t *testing.T) {
	f, err := Door{Listen: "127.0.0.1:0"}.Open(discard)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := (Door{Listen: f.Addr().String()}).Open(discard); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("got %v", err)
	}
	if got := f.URL(); got != "http://"+f.Addr().String() {
		t.Errorf("reached at %s", got)
	}
}

func TestURLIsTheOriginAsBrowsersHaveIt(t *testing.T) {
	for origin, want := range map[string]string{
		"https://Clientele.Example":     "https://clientele.example",
		"https://clientele.example:443": "https://clientele.example",
		"https://clientele.example:8/":  "https://clientele.example:8",
	} {
		if got := frontOf(t, Door{Listen: ":0", Origin: origin, BehindProxy: true}).URL(); got != want {
			t.Errorf("%s: %s", origin, got)
		}
	}
}

func TestOnlyTheProxySpeaksForOthers(t *testing.T) {
	front := frontOf(t, Door{Listen: ":0", Origin: "https://clientele.example", BehindProxy: true, Proxies: []string{"10.0.0.0/24", "127.0.0.1", "2001:db8::1"}})
	for name, c := range map[string]struct {
		peer, host, forwarded, proto string
		status                       int
		client                       string
	}{
		"by the proxy":           {"10.0.0.5:1", "clientele.example", "192.0.2.7", "https", 200, "192.0.2.7"},
		"by two":                 {"10.0.0.5:1", "clientele.example", "192.0.2.7, 10.0.0.9", "https", 200, "192.0.2.7"},
		"made up before it":      {"10.0.0.5:1", "clientele.example", "127.0.0.1, 192.0.2.7", "https", 200, "192.0.2.7"},
		"with a port":            {"10.0.0.5:1", "clientele.example", "192.0.2.7:4711", "https", 200, "192.0.2.7"},
		"IPv6":                   {"[2001:db8::1]:1", "clientele.example", "2001:db8::7", "https", 200, "2001:db8::7"},
		"IPv4 in IPv6":           {"[::ffff:10.0.0.5]:1", "clientele.example", "::ffff:192.0.2.7", "https", 200, "192.0.2.7"},
		"nonsense":               {"10.0.0.5:1", "clientele.example", "<script>", "https", 200, "10.0.0.5"},
		"silent proxy":           {"10.0.0.5:1", "clientele.example:443", "", "", 200, "10.0.0.5"},
		"past the proxy":         {"192.0.2.7:1", "clientele.example", "", "", 403, ""},
		"past it, with its word": {"192.0.2.7:1", "clientele.example", "10.0.0.5", "https", 403, ""},
		"another name":           {"10.0.0.5:1", "evil.example", "192.0.2.7", "https", 403, ""},
		"localhost by a proxy":   {"127.0.0.1:1", "localhost", "192.0.2.7", "https", 403, ""},
		"this machine":           {"127.0.0.1:1", "localhost:8080", "", "", 200, "127.0.0.1"},
		"plain at the proxy":     {"10.0.0.5:1", "clientele.example", "192.0.2.7", "http", 308, ""},
	} {
		var client string
		w := ask(func(_ http.ResponseWriter, r *http.Request) { client = ClientOf(r).From }, Options{Front: front}, func(r *http.Request) {
			r.RemoteAddr, r.Host = c.peer, c.host
			for header, value := range map[string]string{"X-Forwarded-For": c.forwarded, "X-Forwarded-Proto": c.proto} {
				if value != "" {
					r.Header.Set(header, value)
				}
			}
		})
		if w.Code != c.status || client != c.client {
			t.Errorf("%s: status %d, from %q", name, w.Code, client)
		}
		if to := w.Header().Get("Location"); c.status == 308 && to != "https://clientele.example/page" {
			t.Errorf("%s: sent to %s", name, to)
		}
	}
}

func TestPlainRequestsOfProgramsAreNotRedirected(t *testing.T) {
	front := frontOf(t, Door{Listen: ":0", Origin: "https://clientele.example", BehindProxy: true})
	w := ask(ok, Options{Front: front}, func(r *http.Request) {
		with("GET", "/api/v1/goals", "X-Forwarded-Proto", "http", "Authorization", "Bearer t")(r)
		r.Host = "clientele.example"
	})
	if w.Code != 403 {
		t.Errorf("status %d: the token went in the clear, and nobody notices", w.Code)
	}
}

func TestHealthIsToldByEveryName(t *testing.T) {
	front := frontOf(t, Door{Listen: ":0", Origin: "https://clientele.example", BehindProxy: true})
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 403, "/page": 403} {
		if w := ask(ok, Options{Front: front}, func(r *http.Request) { r.URL.Path, r.Host, r.RemoteAddr = path, "10.1.2.3:8080", "10.1.2.9:1" }); w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
}

func TestBrowsersRememberHttps(t *testing.T) {
	front := frontOf(t, Door{Listen: ":0", Origin: "https://clientele.example", BehindProxy: true})
	if got := ask(ok, Options{Front: front}, func(r *http.Request) { r.Host = "clientele.example" }).Header().Get("Strict-Transport-Security"); got != "max-age=31536000; includeSubDomains" {
		t.Errorf("by https: %q", got)
	}
	if got := ask(ok, Options{}, nil).Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("at loopback: %q", got)
	}
}

// The origin itself may write, though the proxy gives the server another name.
func TestTheOriginMayWrite(t *testing.T) {
	front := frontOf(t, Door{Listen: ":0", Origin: "https://clientele.example", BehindProxy: true})
	for origin, want := range map[string]int{"https://clientele.example": 200, "https://evil.example": 403, "http://clientele.example.evil": 403, "null": 403} {
		w := ask(ok, Options{Front: front}, func(r *http.Request) {
			with("POST", "/page", "Origin", origin)(r)
			r.Host = "clientele.example"
		})
		if w.Code != want {
			t.Errorf("%s: status %d", origin, w.Code)
		}
	}
}

// Whatever is forwarded, the client is an address: one that the proxy named, or the proxy.
func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{"192.0.2.7", "::1, 10.0.0.1", ",,", "fe80::1%eth0", "[::1]:80"} {
		f.Add(seed)
	}
	front := frontOf(f, Door{Listen: ":0", Origin: "https://clientele.example", BehindProxy: true, Proxies: []string{"10.0.0.0/8"}})
	f.Fuzz(func(t *testing.T, header string) {
		known := &request{}
		front.look(&http.Request{RemoteAddr: "10.0.0.5:1", Host: "clientele.example", Header: http.Header{"X-Forwarded-For": {header}}}, known)
		if !addressOf(known.client).IsValid() || known.near && header != "" {
			t.Errorf("%q is from %q", header, known.client)
		}
	})
}
