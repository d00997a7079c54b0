package cli

import (
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/clientele/clientele"
)

// format is how data is written: for people unless a flag says otherwise.
type format struct{ json, csv bool }

func (f *format) flags(cmd *cobra.Command, jsonDoc string) {
	cmd.Flags().BoolVar(&f.json, "json", false, jsonDoc)
	cmd.Flags().BoolVar(&f.csv, "csv", false, "as CSV, for spreadsheets")
	cmd.MarkFlagsMutuallyExclusive("json", "csv")
}

// kindFlag adds --as, the kind of record that a file is read as.
func kindFlag(cmd *cobra.Command, kind *clientele.Kind) {
	var names []string
	for _, k := range clientele.Kinds() {
		names = append(names, string(k))
	}
	cmd.Flags().Var(kindValue{kind}, "as", "kind of record: "+strings.Join(names, ", ")+" (default: told by the file)")
	complete(cmd, "as", names)
}

// kindValue reads a kind from the command line.
type kindValue struct{ *clientele.Kind }

func (v kindValue) Set(s string) (err error) {
	*v.Kind, err = clientele.ParseKind(s)
	return err
}

func (v kindValue) String() string {
	if v.Kind == nil {
		return "" // as pflag asks of a zero value
	}
	return string(*v.Kind)
}

// Type is how help names the value.
func (v kindValue) Type() string { return "kind" }

// required demands a flag. It panics on a flag that does not exist.
func required(cmd *cobra.Command, flags ...string) {
	for _, flag := range flags {
		if err := cmd.MarkFlagRequired(flag); err != nil {
			panic(err)
		}
	}
}

// complete offers values of a flag. It panics on a flag that does not exist.
func complete(cmd *cobra.Command, flag string, values []string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err)
	}
}

// visible keeps what records say from being taken by a terminal for commands.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// whole writes a count with thousands apart: 12,345.
func whole(n int64) string { return message.NewPrinter(language.English).Sprintf("%d", n) }

// many writes a count with what is counted, whose plural takes an s.
func many(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return whole(int64(n)) + " " + noun
}

// dayOr writes a day, or what stands for none.
func dayOr(d *clientele.Date, none string) string {
	if d == nil {
		return none
	}
	return d.String()
}

// cents writes an amount to two decimals, with thousands apart.
func cents(m clientele.Money) string { return m.Grouped(2) }
