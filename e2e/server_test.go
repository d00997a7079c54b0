package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clientele/clientele/internal/cli"
)

// command runs the program's command line in this process.
func command(t testing.TB, args ...string) {
	t.Helper()
	var talk strings.Builder
	if code := cli.Run(context.Background(), cli.Env{Args: args, Dir: "/", Stdout: io.Discard, Stderr: &talk}); code != 0 {
		t.Fatalf("clientele %s: exit code %d\n%s", strings.Join(args, " "), code, &talk)
	}
}

var (
	served = regexp.MustCompile(`http://[^ ]+`)
	setUp  = regexp.MustCompile(`/setup\?secret=\S+`)
)

// server is a book that is served.
type server struct {
	base  string
	setUp string // path of the link on the console; "" if there are accounts
	stop  func() error
}

// start runs `clientele serve` on a free port.
func start(t testing.TB, book string) server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, say := io.Pipe()
	ended := make(chan error, 1)
	var talk strings.Builder
	go func() {
		code := cli.Run(ctx, cli.Env{Args: []string{"serve", book, "--listen", "localhost:0"}, Dir: "/", Stdout: say, Stderr: &talk})
		_ = say.Close() // a pipe's writer cannot fail to close
		if code != 0 && ctx.Err() == nil {
			ended <- fmt.Errorf("clientele serve: exit code %d\n%s", code, &talk)
		}
		close(ended)
	}()
	console := bufio.NewReader(out)
	line, err := console.ReadString('\n')
	s := server{base: served.FindString(line), stop: func() error {
		cancel()
		return <-ended
	}}
	if err != nil || s.base == "" {
		cancel()
		t.Fatalf("the server says %q: %v, %v", line, err, <-ended)
	}
	rest, _ := console.Peek(console.Buffered()) // it is told in one go
	s.setUp = setUp.FindString(string(rest))
	return s
}

// serve runs `clientele serve` on a free port and returns its address and how to stop it.
func serve(t testing.TB, book string) (base string, stop func() error) {
	t.Helper()
	s := start(t, book)
	return s.base, s.stop
}

// serveNew serves a new book until the test ends.
func serveNew(t *testing.T) (base string) {
	t.Helper()
	needBrowser(t)
	book := filepath.Join(t.TempDir(), "book")
	command(t, "init", book, "--name", "Northfield Trading", "--currency", "GBP", "--margin", "0.3")
	base, stop := serve(t, book)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return base
}

// demo is the demo company, served once for all tests that only look.
var demo struct {
	sync.Once
	dir, base string
	stop      func() error
}

func serveDemo(t *testing.T) (base string) {
	t.Helper()
	needBrowser(t)
	demo.Do(func() {
		dir, err := os.MkdirTemp("", "clientele-e2e-")
		if err != nil {
			t.Fatal(err)
		}
		demo.dir = dir
		book := filepath.Join(dir, "demo")
		command(t, "demo", "--customers", "4000", "--book", book)
		demo.base, demo.stop = serve(t, book)
	})
	if demo.base == "" {
		t.Fatal("the demo is not served: the first test that asked for it says why")
	}
	return demo.base
}

func stopDemo() {
	if demo.stop != nil {
		if err := demo.stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	if demo.dir != "" {
		_ = os.RemoveAll(demo.dir) // a directory of the system's temporary ones
	}
}

// writeOrders writes three years of orders of a few hundred customers, with the
// rows given added at the end, and returns the path.
func writeOrders(t *testing.T, more ...string) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("order_id,customer_id,order_date,amount\n")
	order := 1000
	first := time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC)
	const days = 1095
	for customer := range 300 {
		rate := r.ExpFloat64() / 60
		for day := float64(r.IntN(days)); day < days; day += 1 + r.ExpFloat64()/max(rate, 1e-3) {
			order++
			fmt.Fprintf(&b, "%d,C%04d,%s,%.2f\n", order, customer, first.AddDate(0, 0, int(day)).Format(time.DateOnly), 10+r.ExpFloat64()*40)
		}
	}
	for _, line := range more {
		b.WriteString(line + "\n")
	}
	path := filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
