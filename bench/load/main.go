// Command load asks a server as a company at work does, while it imports a large file: 200
// statement pages and 50 batches of events a second, beside 200 pages a second of the same
// size from a server that does nothing else. It tells how long answers took, each from the
// moment at which it was due, and whether every batch that was acknowledged is there.
//
//	go run ./bench/load                               a million customers, ten million lines more
//	go run ./bench/load -customers 20000 -for 10s     smaller
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/bench/internal/process"
	"github.com/clientele/clientele/bench/internal/stream"
	"github.com/clientele/clientele/internal/simulate"
)

// The rates that are promised, a second; and how much longer than that of a page which is
// served as it is the slowest hundredth of statements may take.
const (
	pagesASecond   = 200
	batchesASecond = 50
	limit          = 5.0
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "static" {
		fmt.Fprintln(os.Stderr, "static:", stream.Static(os.Args[2]))
		os.Exit(1)
	}
	customers := flag.Int("customers", 1_000_000, "customers of the book, and of the file that is imported meanwhile")
	orders := flag.Float64("orders", 10, "mean orders a customer")
	most := flag.Duration("for", 5*time.Minute, "how long at most")
	flag.Parse()
	if err := load(context.Background(), *customers, *orders, *most); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func load(ctx context.Context, customers int, orders float64, most time.Duration) error {
	dir, err := os.MkdirTemp("", "clientele-load")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, book := filepath.Join(dir, "clientele"), filepath.Join(dir, "book")
	more, err := prepared(ctx, dir, program, book, customers, orders)
	if err != nil {
		return err
	}
	at, _, stop, err := process.Served(ctx, program, "serve", book, "--listen", "localhost:0")
	if err != nil {
		return err
	}
	defer stop()
	page, err := computed(ctx, at)
	if err != nil {
		return err
	}
	kept := filepath.Join(dir, "page.html")
	if err := os.WriteFile(kept, page, 0o600); err != nil {
		return err
	}
	peer, _, end, err := process.Served(ctx, os.Args[0], "static", kept)
	if err != nil {
		return err
	}
	defer end()
	asked := run(ctx, at, peer, most, func(ctx context.Context) error {
		return quiet(exec.CommandContext(ctx, program, "import", book, more, "--as", "transactions", "--source", "more"))
	})
	lost, err := asked.lost(ctx, at)
	if err != nil {
		return err
	}
	fmt.Print(asked.table(len(page), lost))
	return asked.judge(lost)
}

// prepared builds the program, and a book, and the file that is to be imported into it.
func prepared(ctx context.Context, dir, program, book string, customers int, orders float64) (more string, err error) {
	if err := quiet(exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", program, "./cmd/clientele")); err != nil {
		return "", err
	}
	var files [2]string
	for i := range files {
		c := simulate.Config{Customers: customers, Orders: orders, Seed: uint64(i + 1), To: clientele.MustDate("2026-09-30"), Lean: true}
		into := filepath.Join(dir, fmt.Sprint(i))
		if err := os.Mkdir(into, 0o700); err != nil {
			return "", err
		}
		_, made, err := simulate.Company(c, into)
		if err != nil {
			return "", err
		}
		files[i] = made[0].Path
	}
	return files[1], errors.Join(
		quiet(exec.CommandContext(ctx, program, "init", book)),
		quiet(exec.CommandContext(ctx, program, "import", book, files[0], "--as", "transactions")),
		quiet(exec.CommandContext(ctx, program, "statement", book, "--from", "2026-07-01", "--to", "2026-09-30", "--json")),
	)
}

func quiet(cmd *exec.Cmd) error {
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, text)
	}
	return nil
}

// computed waits until the statement's page is there, and nothing is computed any more.
func computed(ctx context.Context, at string) (page []byte, err error) {
	for since := time.Now(); time.Since(since) < 10*time.Minute; time.Sleep(time.Second) {
		status, text, err := get(ctx, at+"/")
		if err != nil {
			return nil, err
		}
		if status == http.StatusOK && strings.Contains(string(text), "Statement of customers") {
			time.Sleep(20 * time.Second) // what else is computed ahead
			return text, nil
		}
	}
	return nil, errors.New("the statement was never computed")
}

func get(ctx context.Context, url string) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	return stream.Do(r)
}

// page asks for a page, which is to be there.
func page(ctx context.Context, url string) (bool, int, error) {
	status, _, err := get(ctx, url)
	return status == http.StatusOK, status, err
}

// run asks all three while the import runs.
func run(ctx context.Context, at, peer string, most time.Duration, work func(context.Context) error) *asked {
	ctx, stop := context.WithTimeout(ctx, most)
	defer stop()
	a := &asked{}
	during, ended := context.WithCancel(ctx)
	go func() {
		start := time.Now()
		a.imported = work(ctx)
		a.took = time.Since(start)
		ended()
	}()
	var group sync.WaitGroup
	group.Go(func() {
		a.pages.At(during, pagesASecond, func(int) (bool, int, error) { return page(ctx, at+"/") })
	})
	group.Go(func() {
		a.static.At(during, pagesASecond, func(int) (bool, int, error) { return page(ctx, peer+"/") })
	})
	group.Go(func() {
		a.batches.At(during, batchesASecond, func(n int) (bool, int, error) { return a.send(ctx, at, n) })
	})
	group.Wait()
	<-during.Done()
	return a
}
