package httpd

import (
	"net"
	"net/netip"
	"sync"

	"golang.org/x/net/netutil"
)

// How many connections may be open at once, in all and from one address. A browser opens
// six, or one; an office of hundreds may come from one address.
const (
	maxConnections = 4096
	maxFromOne     = 512
)

// bounded bounds the connections of a listener: those that are too many from one address
// are closed, and those that are too many in all wait. Addresses that are trusted speak for
// many, and are bounded only in all.
func bounded(l net.Listener, all, fromOne int, trusted func(netip.Addr) bool) net.Listener {
	return netutil.LimitListener(&fairListener{Listener: l, most: fromOne, trusted: trusted, open: map[netip.Addr]int{}}, all)
}

// fairListener bounds how many connections one address has.
type fairListener struct {
	net.Listener
	most    int
	trusted func(netip.Addr) bool

	mu   sync.Mutex
	open map[netip.Addr]int
}

// Accept implements net.Listener.
func (l *fairListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := addressOf(conn.RemoteAddr().String())
		if l.add(from) {
			return &countedConn{Conn: conn, close: sync.OnceFunc(func() { l.remove(from) })}, nil
		}
		_ = conn.Close() // whom we turn away is told nothing
	}
}

func (l *fairListener) add(from netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from] >= l.most && !l.trusted(from) {
		return false
	}
	l.open[from]++
	return true
}

func (l *fairListener) remove(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from]--; l.open[from] == 0 {
		delete(l.open, from)
	}
}

type countedConn struct {
	net.Conn
	close func()
}

// Close implements net.Conn.
func (c *countedConn) Close() error {
	c.close()
	return c.Conn.Close()
}
