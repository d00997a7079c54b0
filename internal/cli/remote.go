package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/httpd"
)

// A command on a book that a server holds travels as one request over the
// book's socket, and comes back as frames: a kind, a length of four bytes, and
// so many bytes of output; the last frame is the exit code. Hanging up stops it.

// remoteCommand is the request.
type remoteCommand struct {
	Args     []string `json:"args"`
	Dir      string   `json:"dir"`
	Terminal bool     `json:"terminal"`
	Color    bool     `json:"color"`
}

type frameKind byte

const (
	frameOut  frameKind = 1
	frameErr  frameKind = 2
	frameExit frameKind = 3 // one byte: the code
)

// heldError says that a server holds the book and can run the command.
type heldError struct{ socket string }

func (e *heldError) Error() string { return "a server holds the book" }

func serverAnswers(book string) bool {
	conn, err := httpd.DialSocket(app.SocketPath(book))
	if err != nil {
		return false
	}
	_ = conn.Close() // only asked whether anybody is there
	return true
}

// forward has the server run the command, and returns its exit code.
func forward(ctx context.Context, env Env, held *heldError) int {
	code, err := forwardTo(ctx, env, held.socket)
	if err == nil {
		return code
	}
	lost := clientele.Errorf(clientele.CodeInternal, "the server that holds the book stopped answering").
		WithHint("See whether it still runs, then run the command again.").Because(err)
	(&command{Env: env}).explain(ctx, lost)
	if ctx.Err() != nil {
		return exitStopped
	}
	return exitInternal
}

func forwardTo(ctx context.Context, env Env, socket string) (int, error) {
	body, err := json.Marshal(remoteCommand{env.Args, env.Dir, env.Terminal, env.Color})
	if err != nil {
		return 0, err
	}
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return httpd.DialSocket(socket) }}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/run", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, errors.New(answer.Status)
	}
	return copyFrames(env, bufio.NewReader(answer.Body))
}

func copyFrames(env Env, from io.Reader) (int, error) {
	for {
		var head [5]byte
		if _, err := io.ReadFull(from, head[:]); err != nil {
			return 0, err
		}
		to := io.Discard
		switch frameKind(head[0]) {
		case frameOut:
			to = env.Stdout
		case frameErr:
			to = env.Stderr
		case frameExit:
			var code [1]byte
			_, err := io.ReadFull(from, code[:])
			return int(code[0]), err
		}
		if _, err := io.CopyN(to, from, int64(binary.BigEndian.Uint32(head[1:]))); err != nil {
			return 0, err
		}
	}
}

// remoteHandler runs commands on the book that this process holds.
func remoteHandler(b *app.Book) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var c remoteCommand
		if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
			httpd.WriteProblem(w, r, clientele.Errorf(clientele.CodeUsage, "not a command").Because(err))
			return
		}
		frames := &frameWriter{to: w}
		code := Run(r.Context(), Env{
			Args: c.Args, Dir: c.Dir, Terminal: c.Terminal, Color: c.Color,
			Stdout: frameStream{frames, frameOut}, Stderr: frameStream{frames, frameErr}, open: openerOf(b),
		})
		_ = frames.write(frameExit, []byte{byte(code)}) // if nobody listens any more, nobody is told
	})
}

type frameWriter struct {
	mu sync.Mutex
	to http.ResponseWriter
}

func (w *frameWriter) write(kind frameKind, p []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	head := binary.BigEndian.AppendUint32([]byte{byte(kind)}, uint32(len(p)))
	if _, err := w.to.Write(append(head, p...)); err != nil {
		return err
	}
	return http.NewResponseController(w.to).Flush()
}

// frameStream is one of the streams of a command.
type frameStream struct {
	*frameWriter
	kind frameKind
}

func (s frameStream) Write(p []byte) (int, error) {
	if err := s.write(s.kind, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// openerOf opens the book that a server holds, and no other.
func openerOf(held *app.Book) opener {
	return func(_ context.Context, path string, _ app.Watcher) (*app.Book, func() error, error) {
		if !sameDir(path, held.Path) {
			return nil, nil, clientele.Errorf(clientele.CodeUsage, "the server holds %s, not %s", held.Path, path)
		}
		return held, func() error { return nil }, nil
	}
}

func sameDir(a, b string) bool {
	left, err := os.Stat(filepath.Clean(a))
	if err != nil {
		return false
	}
	right, err := os.Stat(b)
	return err == nil && os.SameFile(left, right)
}
