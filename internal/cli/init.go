package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
)

func (c *command) initBook() *cobra.Command {
	s := clientele.DefaultSettings()
	name, margin := "", 0.0
	cmd := &cobra.Command{
		Use: "init BOOK", Short: "Make a book: the directory that holds a company's records", Args: cobra.ExactArgs(1),
		Example: `  clientele init acme --name "Acme" --currency EUR --time-zone Europe/Berlin --margin 0.35`,
	}
	f := cmd.Flags()
	f.StringVar(&name, "name", "", "the company, as reports name it (default: the name of the book)")
	f.StringVar(&s.Currency, "currency", s.Currency, "ISO 4217 code of every amount in the book")
	f.StringVar(&s.TimeZone, "time-zone", s.TimeZone, "IANA name; decides on which local day a sale falls")
	f.StringVar(&s.FiscalYearStart, "fiscal-year-start", s.FiscalYearStart, "first day of the fiscal year, MM-DD")
	f.StringVar((*string)(&s.FiscalCalendar), "fiscal-calendar", string(s.FiscalCalendar), "how the fiscal year is divided: months, or 4-4-5 (weeks)")
	f.Float64Var(&s.DiscountRate, "discount-rate", s.DiscountRate, "per year, as a fraction")
	f.Float64Var(&margin, "margin", 0, "part of net revenue that is earned, as a fraction (default: not known, customers are valued at revenue)")
	f.IntVar(&s.Definition.LapseDays, "lapse-days", s.Definition.LapseDays, "a customer is lost so many days after the last purchase")
	complete(cmd, "fiscal-calendar", []string{string(clientele.CalendarMonths), string(clientele.Calendar445)})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		path := c.path(args[0])
		if s.Name = name; name == "" {
			s.Name = filepath.Base(path)
		}
		if cmd.Flags().Changed("margin") {
			s.Margin = &margin
		}
		if err := s.Validate(); err != nil {
			return usage(cmd, err)
		}
		if err := app.Init(path, s); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s is ready. Its settings are in %s.\n", args[0], filepath.Join(args[0], "book.toml"))
		return c.next("clientele import %s FILE", args[0])
	}
	return cmd
}
