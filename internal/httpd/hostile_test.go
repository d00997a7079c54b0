package httpd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
)

// run serves a handler at a real listener until the test ends, and returns its address.
func run(t *testing.T, l net.Listener, h http.HandlerFunc, o Options) string {
	t.Helper()
	o.Log = discard
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, l, Wrap(h, o), discard, 100*time.Millisecond) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func local(t *testing.T) net.Listener {
	t.Helper()
	f, err := Door{Listen: "127.0.0.1:0"}.Open(discard)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// send writes to an address as it stands, and returns the first line that is answered, or
// why there is none.
func send(t *testing.T, address, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	go func() { _, _ = io.WriteString(conn, text) }() // the server may hang up before the end
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil && line == "" {
		if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
			return "silence"
		}
		return "closed"
	}
	return strings.TrimSpace(line)
}

func TestHostileRequests(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			WriteProblem(w, r, clientele.Errorf(clientele.CodeInvalid, "the form cannot be read").Because(err))
			return
		}
		fmt.Fprint(w, len(body))
	}
	address := run(t, local(t), echo, Options{slowest: 100 * time.Millisecond})
	const head = "POST / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
	for name, c := range map[string]struct{ text, want string }{
		"whole":                        {head + "Content-Length: 2\r\n\r\nhi", "HTTP/1.1 200 OK"},
		"headers that never end":       {"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b", "closed"},
		"nothing at all":               {"", "closed"},
		"body that never ends":         {head + "Content-Length: 10\r\n\r\nhi", "HTTP/1.1 408 Request Timeout"},
		"chunks that never end":        {head + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", "HTTP/1.1 408 Request Timeout"},
		"huge headers":                 {"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + strings.Repeat("a", 80<<10) + "\r\n\r\n", "HTTP/1.1 431 Request Header Fields Too Large"},
		"many headers":                 {"GET / HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("X-A: aaaaaaaaaaaaaaaa\r\n", 8<<10) + "\r\n", "HTTP/1.1 431 Request Header Fields Too Large"},
		"huge address":                 {"GET /" + strings.Repeat("a", 80<<10) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 431 Request Header Fields Too Large"},
		"huge body":                    {head + "Content-Length: 2000000\r\n\r\n" + strings.Repeat("a", 2000000), "HTTP/1.1 413 Request Entity Too Large"},
		"huge chunks":                  {head + "Transfer-Encoding: chunked\r\n\r\n1e8480\r\n" + strings.Repeat("a", 2000000) + "\r\n0\r\n\r\n", "HTTP/1.1 413 Request Entity Too Large"},
		"length and chunks, smuggling": {head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK"},
		"two lengths":                  {head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!", "HTTP/1.1 400 Bad Request"},
		"other encoding":               {head + "Transfer-Encoding: identity, chunked\r\n\r\n", "HTTP/1.1 501 Not Implemented"},
		"two hosts":                    {"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		"no host":                      {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request: missing required Host header"},
		"blank before the colon":       {"GET / HTTP/1.1\r\nHost: localhost\r\nX-A : b\r\n\r\n", "HTTP/1.1 400 Bad Request: invalid header name"},
		"absolute address elsewhere":   {"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 403 Forbidden"},
		"not HTTP":                     {"\x16\x03\x01\x02\x00\r\n\r\n", "HTTP/1.1 400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := send(t, address, c.text); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// A client gives neither the id of its request nor what stands in the log.
func TestIdsAreOurs(t *testing.T) {
	w := ask(ok, Options{}, with("GET", "/page", "X-Request-Id", "forged\nline", "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
	if got := w.Header().Values("X-Request-Id"); len(got) != 1 || strings.Contains(got[0], "forged") || len(got[0]) != 26 {
		t.Errorf("id %q", got)
	}
}

func TestOneAddressLeavesConnectionsToOthers(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := run(t, bounded(inner, 100, 3, func(netip.Addr) bool { return false }), ok, Options{})
	var held []net.Conn
	for range 3 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != "HTTP/1.1 200 OK\r\n" {
			t.Fatal(line, err)
		}
	}
	const get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
	if got := send(t, address, get); got != "closed" {
		t.Errorf("the fourth: %s", got)
	}
	for _, conn := range held {
		_ = conn.Close()
	}
	for end := time.Now().Add(5 * time.Second); send(t, address, get) != "HTTP/1.1 200 OK"; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("connections that ended are still counted")
		}
	}
}

func TestConnectionsBeyondAllWait(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := run(t, bounded(inner, 1, 1, func(netip.Addr) bool { return true }), ok, Options{})
	first, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan string, 1)
	go func() { answered <- send(t, address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") }()
	select {
	case got := <-answered:
		t.Errorf("it did not wait: %s", got)
	case <-time.After(20 * time.Millisecond):
	}
	_ = first.Close()
	if got := <-answered; got != "HTTP/1.1 200 OK" {
		t.Errorf("got %s", got)
	}
}
