package cli

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/clientele/clientele/internal/app"
)

// watcher shows what a long operation does; done takes the bar away.
func (c *command) watcher() (w app.Watcher, done func()) {
	b := &bar{command: c}
	w.Notice = func(text string) {
		b.clear()
		fmt.Fprintln(c.Stderr, "note:", text)
	}
	if c.Terminal {
		w.Progress = b.show
	}
	return w, b.clear
}

// fractions gives progress as capabilities tell it, by how much of the whole is done.
func fractions(w app.Watcher) func(step string, fraction float64) {
	return func(step string, fraction float64) {
		if w.Progress != nil {
			w.Progress(step, int64(1000*fraction), 1000)
		}
	}
}

// bar draws the step at hand. Only what takes longer than a moment is drawn.
type bar struct {
	*command
	step  string
	since time.Time
	drawn *progressbar.ProgressBar
}

const moment = 300 * time.Millisecond

func (b *bar) show(step string, done, total int64) {
	if step != b.step {
		b.clear()
		b.step, b.since = step, time.Now()
	}
	if total <= 0 {
		total = -1
	}
	if b.drawn == nil {
		if time.Since(b.since) < moment {
			return
		}
		b.drawn = progressbar.NewOptions64(total, progressbar.OptionSetWriter(b.Stderr), progressbar.OptionSetDescription(step),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
			progressbar.OptionShowCount(), progressbar.OptionSetElapsedTime(false))
	}
	// A bar that cannot be drawn is no reason to stop.
	if total > 0 {
		b.drawn.ChangeMax64(total)
	}
	_ = b.drawn.Set64(done)
}

func (b *bar) clear() {
	if b.drawn != nil {
		_ = b.drawn.Finish()
		b.drawn = nil
	}
}
