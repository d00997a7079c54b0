package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/policy"
)

// Env is the world that a command runs in.
type Env struct {
	Args     []string // without the name of the program
	Dir      string   // absolute; what relative paths start from
	Stdout   io.Writer
	Stderr   io.Writer
	Terminal bool // whether Stderr is one
	Color    bool // whether Stderr may be coloured
	// Ask puts a question to who sits at the terminal; nil: nobody does.
	Ask func(question string) (answer string)

	open opener // nil: from the disk
}

// opener opens a book and says how to let it go again.
type opener func(ctx context.Context, path string, w app.Watcher) (b *app.Book, done func() error, err error)

// Main runs the command that the process was started with and returns its exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // asked twice, the process ends at once
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return exitInternal
	}
	terminal := term.IsTerminal(int(os.Stderr.Fd()))
	env := Env{
		Args: os.Args[1:], Dir: dir, Stdout: os.Stdout, Stderr: os.Stderr,
		Terminal: terminal, Color: terminal && os.Getenv("NO_COLOR") == "",
	}
	if terminal && term.IsTerminal(int(os.Stdin.Fd())) {
		env.Ask = ask
	}
	return Run(ctx, env)
}

func ask(question string) string {
	fmt.Fprint(os.Stderr, question)
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n') // nothing is no answer
	return strings.TrimSpace(answer)
}

// Run runs one command and returns its exit code.
func Run(ctx context.Context, env Env) int {
	if env.open == nil {
		env.open = openBook
	}
	out := bufio.NewWriterSize(env.Stdout, 64<<10)
	c := &command{Env: env, out: out}
	root := c.root()
	root.SetArgs(env.Args)
	root.SetOut(out)
	root.SetErr(env.Stderr)
	ran, err := root.ExecuteContextC(asOwner(ctx))
	if err != nil && !c.began {
		err = usage(ran, err)
	}
	if flushed := out.Flush(); err == nil && !errors.Is(flushed, syscall.EPIPE) {
		err = flushed
	}
	if held := (*heldError)(nil); errors.As(err, &held) {
		return forward(ctx, c.Env, held)
	}
	if err != nil {
		c.explain(ctx, err)
	}
	return exitCode(err)
}

// asOwner returns the context of a command: whoever can run one on a book's own files is
// the owner of the machine.
func asOwner(ctx context.Context) context.Context {
	return audit.WithOrigin(policy.With(ctx, policy.Local(app.Owner())), audit.Origin{Via: "command"})
}

// command is what the commands of one run share.
type command struct {
	Env
	out   *bufio.Writer
	began bool // whether the command line was understood; errors before that are of usage
}

// path is a path given on the command line, made absolute.
func (c *command) path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(c.Dir, p)
}

// withBook opens a book for the time of f.
func (c *command) withBook(ctx context.Context, path string, f func(*app.Book, app.Watcher) error) error {
	w, done := c.watcher()
	defer done()
	b, release, err := c.open(ctx, c.path(path), w)
	if err != nil {
		return err
	}
	return errors.Join(f(b, w), release())
}

// next tells people what to do after what they were just told.
func (c *command) next(format string, args ...any) error {
	err := c.out.Flush()
	fmt.Fprintf(c.Stderr, "next: "+format+"\n", args...)
	return err
}

func openBook(ctx context.Context, path string, w app.Watcher) (*app.Book, func() error, error) {
	b, err := app.Open(ctx, path, w)
	if clientele.CodeOf(err) == clientele.CodeBusy && serverAnswers(path) {
		return nil, nil, &heldError{socket: app.SocketPath(path)}
	}
	if err != nil {
		return nil, nil, err
	}
	return b, b.Close, nil
}

const about = `Clientele tells a company what its customers are worth as an asset, what it is
doing to that worth, and why: a statement of customers, from the messy exports
that it already has, right to the cent.`

const examples = `  clientele init acme --name "Acme" --currency EUR --time-zone Europe/Berlin
  clientele import acme orders.csv
  clientele statement acme --from 2026-07-01 --to 2026-09-30
  clientele serve acme`

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use: "clientele", Short: "What your customers are worth, and what moves it", Long: about + "\n" + exitCodesHelp, Example: examples,
		SilenceErrors: true, SilenceUsage: true, Version: app.VersionString(), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("clientele {{.Version}}\n")
	root.AddCommand(c.initBook(), c.importFiles(), c.inspect(), c.statement(), c.movement(), c.acquisition(), c.contracts(), c.pack(), c.model(), c.customers(),
		c.definition(), c.goal(), c.journey(), c.survey(), c.measure(), c.themes(), c.closePeriod(), c.closes(), c.privacy(), c.rebuild(), c.verify(), c.backup(), c.restore(), c.demo(), c.serve(), c.user(), c.version())
	for _, sub := range root.Commands() {
		run := sub.RunE
		sub.RunE = func(cmd *cobra.Command, args []string) error {
			c.began = true
			return run(cmd, args)
		}
	}
	return root
}

// usage makes an error one of usage; its own hint, if it has one, says more.
func usage(cmd *cobra.Command, err error) error {
	e := clientele.Errorf(clientele.CodeUsage, "%v", err).WithHint("Usage: %s. See %s --help.", cmd.UseLine(), cmd.CommandPath())
	if hint := clientele.HintOf(err); hint != "" {
		e.Hint = hint
	}
	return e
}

// explain tells an error to people.
func (c *command) explain(ctx context.Context, err error) {
	red, plain := "", ""
	if c.Color {
		red, plain = "\x1b[31m", "\x1b[0m"
	}
	say := func(before string, what any) { fmt.Fprintf(c.Stderr, "%s%s\n", before, visible(fmt.Sprint(what))) }
	e := (*clientele.Error)(nil)
	switch {
	case ctx.Err() != nil:
		say(red+"error:"+plain+" ", "stopped on request")
		return
	case !errors.As(err, &e):
		say(red+"error:"+plain+" ", err)
		return
	}
	outer := *e
	outer.Err = nil
	say(red+"error:"+plain+" ", &outer)
	if e.Err != nil {
		say("  because: ", e.Err)
	}
	for _, row := range e.Rows {
		say("  ", row)
	}
	if hint := clientele.HintOf(err); hint != "" {
		say("  try: ", hint)
	}
}

// The exit codes.
const (
	exitInternal  = 1
	exitUsage     = 2
	exitInvalid   = 3
	exitUnbalance = 4
	exitNotLoaded = 5
	exitBusy      = 6
	exitNoSpace   = 7
	exitStopped   = 130 // as shells have it for an interrupt
)

const exitCodesHelp = `
Exit codes: 0 done; 1 a defect; 2 wrong usage; 3 bad input, or not found; 4 a
movement does not balance; 5 a file is accepted and safe, but not loaded yet;
6 another process holds the book; 7 no space left on the disk; 130 stopped on
request.`

var exitCodes = map[clientele.Code]int{
	clientele.CodeInternal:   exitInternal,
	clientele.CodeUsage:      exitUsage,
	clientele.CodeInvalid:    exitInvalid,
	clientele.CodeNotFound:   exitInvalid,
	clientele.CodeConflict:   exitInvalid,
	clientele.CodeForbidden:  exitInvalid,
	clientele.CodeUnbalanced: exitUnbalance,
	clientele.CodeNotLoaded:  exitNotLoaded,
	clientele.CodeBusy:       exitBusy,
	clientele.CodeNoSpace:    exitNoSpace,

	clientele.CodeUnauthenticated: exitInvalid,
	clientele.CodeStale:           exitInvalid,
	clientele.CodeUnconditional:   exitUsage,
	clientele.CodeTooMany:         exitBusy,
}

func exitCode(err error) int {
	if err == nil {
		return 0
	}
	if reported := (*reportedError)(nil); errors.As(err, &reported) {
		return reported.code
	}
	if errors.Is(err, context.Canceled) {
		return exitStopped
	}
	return exitCodes[clientele.CodeOf(err)]
}

// reportedError ends a command with an exit code.
type reportedError struct {
	error
	code int
}

// worst picks the exit code that needs most attention.
func worst(codes ...int) int {
	gravity := []int{0, exitUsage, exitInvalid, exitUnbalance, exitBusy, exitNotLoaded, exitNoSpace, exitInternal, exitStopped}
	return slices.MaxFunc(codes, func(a, b int) int { return slices.Index(gravity, a) - slices.Index(gravity, b) })
}
