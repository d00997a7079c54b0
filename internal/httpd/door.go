package httpd

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/clientele/clientele"
)

// Door says where the server is reached, as it is written on the command line.
type Door struct {
	Listen      string   // host and port
	Origin      string   // scheme, host and port by which browsers come; "" on loopback is Listen
	Cert, Key   string   // files of the certificate and of its key, for https; "" is http
	BehindProxy bool     // a proxy in front speaks https, and http to this server
	Proxies     []string // addresses or networks of proxies; none is this machine
}

// Front is an open door.
type Front struct {
	net.Listener
	address string
	origin  *url.URL // nil is a loopback address
	https   bool     // whether this server speaks it
	proxied bool
	proxies []netip.Prefix
}

// Open checks what a door says and listens. Beyond loopback it takes an origin, and https
// or a proxy that has it. CodeUsage if it is malformed, CodeForbidden if it would let
// others read what is sent, CodeConflict if the address is taken.
func (d Door) Open(log *slog.Logger) (*Front, error) {
	f, err := d.check()
	if err != nil {
		return nil, err
	}
	var config *tls.Config
	if f.https {
		if config, err = certificate(d.Cert, d.Key, log); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("tcp", d.Listen)
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeConflict, "cannot listen on %s", d.Listen).
			WithHint("Choose another port with --listen, such as localhost:8081; localhost:0 takes any that is free.").Because(err)
	}
	l = bounded(l, maxConnections, maxFromOne, f.trusts)
	if config != nil {
		l = tls.NewListener(l, config)
	}
	f.Listener = l
	return f, nil
}

func (d Door) check() (*Front, error) {
	host, _, err := net.SplitHostPort(d.Listen)
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeUsage, "%q is not an address to listen on", d.Listen).
			WithHint("Give a host and a port, such as localhost:8080.")
	}
	if (d.Cert == "") != (d.Key == "") {
		return nil, clientele.Errorf(clientele.CodeUsage, "a certificate goes with its key").WithHint("Give both --tls-cert and --tls-key.")
	}
	f := &Front{address: d.Listen, https: d.Cert != "", proxied: d.BehindProxy}
	if f.origin, err = parseOrigin(d.Origin); err != nil {
		return nil, err
	}
	if f.proxies, err = parseProxies(d.Proxies); err != nil {
		return nil, err
	}
	return f, f.checkReach(loopback(host))
}

// checkReach refuses what would send passwords in the clear.
func (f *Front) checkReach(near bool) error {
	switch {
	case f.proxied && f.https:
		return clientele.Errorf(clientele.CodeUsage, "https is spoken either by the proxy or by this server").
			WithHint("Leave out --behind-proxy, or --tls-cert and --tls-key.")
	case !near && !f.https && !f.proxied:
		return clientele.Errorf(clientele.CodeForbidden, "refusing to listen on %s without https: whoever is on the way could read passwords and customers", f.address).
			WithHint("Give --tls-cert and --tls-key, or --behind-proxy if a proxy in front speaks https; or use localhost:8080.")
	case f.origin == nil && (!near || f.proxied):
		return clientele.Errorf(clientele.CodeUsage, "the server has to know by which address it is reached").
			WithHint("Give it with --origin, such as --origin https://clientele.example.")
	case f.origin != nil && f.origin.Scheme == "https" && !f.https && !f.proxied:
		return clientele.Errorf(clientele.CodeUsage, "nobody speaks the https of %s", f.origin).
			WithHint("Give --tls-cert and --tls-key, or --behind-proxy if a proxy in front speaks https.")
	case f.origin != nil && f.origin.Scheme == "http" && (f.https || !loopback(f.origin.Hostname())):
		return clientele.Errorf(clientele.CodeForbidden, "%s is not https", f.origin).
			WithHint("Give an --origin that begins with https://; only http://localhost is safe without.")
	}
	return nil
}

func parseOrigin(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // none is given
	}
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, clientele.Errorf(clientele.CodeUsage, "%q is not an origin", text).
			WithHint("Give scheme and host, and the port if it is not the usual one, such as https://clientele.example.")
	}
	u.Host = canonicalHost(u.Host, u.Scheme)
	return u, nil
}

func parseProxies(texts []string) ([]netip.Prefix, error) {
	if len(texts) == 0 {
		texts = []string{"127.0.0.0/8", "::1"}
	}
	proxies := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		p, err := netip.ParsePrefix(text)
		if ip, single := netip.ParseAddr(text); single == nil {
			p, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if err != nil {
			return nil, clientele.Errorf(clientele.CodeUsage, "%q is neither an address nor a network", text).
				WithHint("Give --trust-proxy such as 10.0.0.5 or 10.0.0.0/24.")
		}
		proxies[i] = p
	}
	return proxies, nil
}

// canonicalHost is a host in lower case, without the port that its scheme has anyway.
func canonicalHost(host, scheme string) string {
	usual := map[string]string{"http": ":80", "https": ":443"}[scheme]
	return strings.TrimSuffix(strings.ToLower(host), usual)
}

// Beyond reports whether others than this machine reach the server, so that there have to
// be accounts.
func (f *Front) Beyond() bool {
	host, _, _ := net.SplitHostPort(f.address) // which was checked
	return !loopback(host) || f.proxied || f.origin != nil && !loopback(f.origin.Hostname())
}

// NeedsAccounts is the error of a server that others would reach before anybody is asked
// who they are.
func (f *Front) NeedsAccounts() error {
	return clientele.Errorf(clientele.CodeForbidden, "refusing to serve beyond this machine: there are no accounts yet, so that whoever came first could read every customer").
		WithHint("Run clientele serve with the book alone, open the set-up link that it prints, and start it like this again. From elsewhere that works through ssh -L 8080:localhost:8080 HOST.")
}

// URL is where people come, without a slash at the end.
func (f *Front) URL() string {
	if f.origin != nil {
		return f.origin.String()
	}
	host, _, _ := net.SplitHostPort(f.address) // which was checked
	_, port, _ := net.SplitHostPort(f.Addr().String())
	scheme := "http"
	if f.https {
		scheme = "https"
	}
	return scheme + "://" + canonicalHost(net.JoinHostPort(host, port), scheme)
}

// trusts reports whether an address is a proxy's, whose word on whom it speaks for counts.
func (f *Front) trusts(ip netip.Addr) bool {
	if !f.proxied {
		return false
	}
	for _, p := range f.proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

var errPlain = clientele.Errorf(clientele.CodeForbidden, "the request came to the proxy without https").WithHint("Ask again by https.")

// accepts is the error of a request that is not for this server; nil is a server at
// loopback.
func (f *Front) accepts(r *http.Request) error {
	near := about(r.Context()).near
	switch {
	case near && loopback(hostname(r.Host)) || (f == nil || f.origin == nil) && loopback(hostname(r.Host)):
		return nil
	case f == nil || f.origin == nil:
		return clientele.Errorf(clientele.CodeForbidden, "this server answers to localhost only, not to %q", r.Host).
			WithHint("Open http://localhost with the server's port.")
	case f.proxied && !near && !f.trusts(addressOf(r.RemoteAddr)):
		return clientele.Errorf(clientele.CodeForbidden, "this server answers its proxy only").WithHint("Open %s.", f.origin)
	case canonicalHost(r.Host, f.origin.Scheme) != f.origin.Host:
		return clientele.Errorf(clientele.CodeForbidden, "this server answers to %s only, not to %q", f.origin.Host, r.Host).WithHint("Open %s.", f.origin)
	case f.proxied && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "http"):
		return errPlain
	}
	return nil
}

// look finds out where a request comes from. From a proxy, it is the last address that is
// none of a proxy's: what stands before it, anybody may have written.
func (f *Front) look(r *http.Request, known *request) {
	peer := addressOf(r.RemoteAddr)
	known.client, known.near = peer.String(), peer.IsLoopback() && !forwarded(r)
	known.secure, known.origin = r.TLS != nil, "http://"+r.Host
	if known.secure {
		known.origin = "https://" + r.Host
	}
	if f == nil {
		return
	}
	if f.origin != nil && !(known.near && loopback(hostname(r.Host))) {
		known.secure, known.origin = f.origin.Scheme == "https", f.origin.String()
	}
	if !f.trusts(peer) {
		return
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := addressOf(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			return
		}
		if known.client = hop.String(); !f.trusts(hop) {
			return
		}
	}
}

// forwarded reports whether a proxy says that it asks for somebody else.
func forwarded(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// addressOf reads an address with or without a port; one that is not valid is none.
func addressOf(text string) netip.Addr {
	ip, err := netip.ParseAddr(text)
	if at, withPort := netip.ParseAddrPort(text); withPort == nil {
		ip, err = at.Addr(), nil
	}
	if err != nil {
		return netip.Addr{}
	}
	return ip.Unmap().WithZone("")
}

func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.Trim(host, "[]")
}
