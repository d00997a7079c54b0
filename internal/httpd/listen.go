package httpd

import (
	"errors"
	"net"
	"os"
	"path/filepath"
)

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// maxSocketPath is the least that any system allows for the path of a socket, less one.
const maxSocketPath = 103

// ListenSocket listens on a Unix socket at path, for the owner of the file only.
// A socket left there by a process that is gone is replaced. Closing the
// listener removes the socket.
func ListenSocket(path string) (net.Listener, error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".socket-") // 0700: nobody else can connect before chmod
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	made := filepath.Join(dir, "s")
	var l *net.UnixListener
	err = withShortPath(made, func(short string) (err error) {
		l, err = net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
		return err
	})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	if err := errors.Join(os.Chmod(made, 0o600), os.Rename(made, path)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return socketListener{l, path}, nil
}

type socketListener struct {
	net.Listener
	path string
}

func (l socketListener) Close() error {
	err := l.Listener.Close()
	if removed := os.Remove(l.path); removed != nil && !errors.Is(removed, os.ErrNotExist) {
		err = errors.Join(err, removed)
	}
	return err
}

// DialSocket connects to the Unix socket at path.
func DialSocket(path string) (conn net.Conn, err error) {
	err = withShortPath(path, func(short string) (err error) {
		conn, err = net.Dial("unix", short)
		return err
	})
	return conn, err
}

// withShortPath calls f with a path that fits into a socket address: a book may
// lie deeper than that, so its directory is then reached by a link that is
// there only while f runs.
func withShortPath(path string, f func(string) error) error {
	if len(path) <= maxSocketPath {
		return f(path)
	}
	abs, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "clientele-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	link := filepath.Join(tmp, "d")
	if err := os.Symlink(abs, link); err != nil {
		return err
	}
	return f(filepath.Join(link, filepath.Base(path)))
}
