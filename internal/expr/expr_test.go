package expr

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func call(f string, args ...Expr) Expr { return Call{f, args} }

func TestParse(t *testing.T) {
	col := func(s string) Expr { return Column{s} }
	for text, want := range map[string]Expr{
		"Quantity*UnitPrice":                  Binary{Multiply, col("Quantity"), col("UnitPrice")},
		"nullif(CustomerID,'')":               call("nullif", col("CustomerID"), Text{""}),
		`"Unit price" + 1.50`:                 Binary{Add, col("Unit price"), Number{"1.50"}},
		"a - b - c":                           Binary{Subtract, Binary{Subtract, col("a"), col("b")}, col("c")},
		"a - (b - c)":                         Binary{Subtract, col("a"), Binary{Subtract, col("b"), col("c")}},
		"-a*b":                                Binary{Multiply, call("neg", col("a")), col("b")},
		"date(date,'dmy')":                    call("date", col("date"), Text{"dmy"}),
		"IF(x <> 'it''s', 1, first.treat)":    call("if", Binary{NotEqual, col("x"), Text{"it's"}}, Number{"1"}, col("first.treat")),
		"a = 1 AND not(b) or c":               Binary{Or, Binary{And, Binary{Equal, col("a"), Number{"1"}}, call("not", col("b"))}, col("c")},
		`"say ""hi"""`:                        col(`say "hi"`),
		"Straße":                              col("Straße"),
		"if(a = 'Yes', Add_Days(b, 1), NULL)": call("if", Binary{Equal, col("a"), Text{"Yes"}}, call("adddays", col("b"), Number{"1"}), Text{""}),
		`"null"`:                              col("null"),
		"concat(a, '-', b)":                   call("concat", col("a"), Text{"-"}, col("b")),
	} {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		text          string
		at            int
		message, hint string
	}{
		{"", 1, "ends here", "Expected"},
		{"a +", 4, "ends here", "a column"},
		{"nulif(a,'')", 1, `no function "nulif"`, "nullif, coalesce"},
		{"a; drop table x", 2, "means nothing", "double quotes"},
		{"Customer ID", 10, `"ID" is not expected`, `--map 'customer="Customer ID"'`},
		{"nullif(Order 2, '')", 14, "not expected", `"Customer ID"`},
		{"a 'b'", 3, "not expected", "operator"},
		{"'open", 1, "has no end", "Close it with '"},
		{`"open`, 1, "column name that begins here has no end", `"`},
		{"a < b < c", 7, "do not chain", "and"},
		{"left(a)", 1, "does not take 1", "left(text, n)"},
		{"upper(a, b)", 1, "does not take 2", "capitals"},
		{"1.", 1, "ends in a point", "1.0"},
		{"2nd", 1, "runs into a name", "double quotes"},
		{"é + ü $", 7, "means nothing", ""},
		{"read_csv('/etc/passwd')", 1, "no function", ""},
		{"(select 1)", 9, "not expected", ""},
		{strings.Repeat("(", 5000), MaxLength, "longer than", ""},
		{strings.Repeat("(", 100) + "a" + strings.Repeat(")", 100), 51, "levels deep", ""},
		{strings.Repeat("a+", 100) + "a", 0, "levels deep", ""},
		{"a\xff", 2, "not a character", "UTF-8"},
	} {
		_, err := Parse(c.text)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.30s: error %v", c.text, err)
			continue
		}
		if c.at > 0 && e.At != c.at || !strings.Contains(e.Message, c.message) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%.30s: %v, %s", c.text, e, e.Hint)
		}
	}
}

func TestCheck(t *testing.T) {
	columns := []string{"CustomerID", "Quantity", "Unit price", "Date"}
	for _, c := range []struct {
		text     string
		want     Type
		mistake  string // "" is none
		contains string
	}{
		{"Quantity * \"Unit price\"", NumberType, "", ""},
		{"nullif(CustomerID, '')", TextType, "", ""},
		{"nullif(Quantity, 'NA')", NumberType, "", ""},
		{"date(Date, 'dmy')", TimeType, "", ""},
		{"date(Date, '%d.%m.%Y')", TimeType, "", ""},
		{"number(Quantity, ',')", NumberType, "", ""},
		{"if(startswith(CustomerID, 'C'), neg(Quantity), Quantity)", NumberType, "", ""},
		{"Quantity", TextType, "", ""},
		{"add_months(date('2020-01-01'), -Quantity)", TimeType, "", ""},
		{"if(CustomerID = 'C', date('2020-01-01'), null)", TimeType, "", ""},
		{"addmonths(date(2020-01-01), -Quantity)", TimeType, "is a calculation", "date('2020-01-01')"},
		{"date(Date, 'dym')", TimeType, "'dym' is no format", "dmy"},
		{"date(Date, CustomerID)", TimeType, "is no format", ""},
		{"number(Quantity, ';')", NumberType, "is no format", "','"},
		{"Customerid", TextType, "no column Customerid", "Did you mean CustomerID?"},
		{"price", NumberType, "no column price", `Its columns: CustomerID, Quantity, "Unit price", Date.`},
		{"Quantity > 1", NumberType, "is a bool where a number is needed", ""},
		{"Quantity + 1", TimeType, "is a number where a time is needed", "epoch"},
		{"Quantity and 1", BoolType, "1 is a number where a bool is needed", ""},
		{"upper(Quantity > 1)", TextType, "is a bool where a text is needed", ""},
		{"coalesce(Quantity > 1, 2)", NumberType, "2 is a number where a bool", ""},
	} {
		e, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		err = Check(e, columns, c.want)
		var mistake *Error
		switch {
		case c.mistake == "" && err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.mistake != "" && (!errors.As(err, &mistake) || !strings.Contains(mistake.Message, c.mistake) && !strings.Contains(mistake.Message, c.text)):
			t.Errorf("%s: error %v", c.text, err)
		case mistake != nil && !strings.Contains(mistake.Hint, c.contains):
			t.Errorf("%s: hint %q", c.text, mistake.Hint)
		}
	}
}

// A place decides what a column is read as: text functions see the text.
func TestWalkNeeds(t *testing.T) {
	e, err := Parse("if(contains(a, 'x'), coalesce(b, 0), number(c))")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Type{}
	for sub, need := range Walk(e, NumberType) {
		if c, ok := sub.(Column); ok {
			got[c.Name] = need
		}
	}
	if diff := cmp.Diff(map[string]Type{"a": TextType, "b": NumberType, "c": TextType}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDeepCheckIsFast(t *testing.T) {
	text := strings.Repeat("coalesce(a, ", MaxDepth-1) + "a" + strings.Repeat(")", MaxDepth-1)
	e, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(e, []string{"a"}, NumberType); err != nil {
		t.Error(err)
	}
}

func TestEveryFunctionParses(t *testing.T) {
	for _, f := range Functions {
		args := slices.Repeat([]string{"a"}, f.MinArgs)
		if _, err := Parse(f.Name + "(" + strings.Join(args, ", ") + ")"); err != nil {
			t.Error(err)
		}
	}
}

func anyExpr() *rapid.Generator[Expr] {
	leaf := rapid.Custom(func(t *rapid.T) Expr {
		switch rapid.IntRange(0, 3).Draw(t, "leaf") {
		case 0:
			return Number{rapid.StringMatching(`[0-9]{1,12}(\.[0-9]{1,6})?`).Draw(t, "number")}
		case 1:
			return Text{rapid.StringMatching(`[^\x00]{0,8}`).Draw(t, "text")}
		case 2:
			return Column{rapid.SampledFrom([]string{"and", "OR", "Null", "date", "a b", `a"b`, "1st", "first.treat", "neg", "é", "#"}).Draw(t, "column")}
		}
		return Column{rapid.StringMatching(`[^\x00]{1,8}`).Draw(t, "column")}
	})
	tree := leaf
	ops := slices.Concat(levels...)
	for range 4 {
		inner := tree
		tree = rapid.Custom(func(t *rapid.T) Expr {
			switch rapid.IntRange(0, 2).Draw(t, "shape") {
			case 0:
				return inner.Draw(t, "inner")
			case 1:
				f := rapid.SampledFrom(Functions).Draw(t, "function")
				n := rapid.IntRange(f.MinArgs, max(f.MinArgs, len(f.Args))).Draw(t, "values")
				return Call{f.Name, rapid.SliceOfN(inner, n, n).Draw(t, "args")}
			}
			return Binary{rapid.SampledFrom(ops).Draw(t, "op"), inner.Draw(t, "left"), inner.Draw(t, "right")}
		})
	}
	return tree
}

func TestPrintParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyExpr().Draw(t, "e")
		text := String(e)
		if len(text) > MaxLength {
			t.Skip("longer than an expression may be")
		}
		again, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(e, again); diff != "" {
			t.Fatalf("%s: %s", text, diff)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a", "Quantity*UnitPrice", "nullif(CustomerID,'')", `"a b" + -1.5`, "a<b and not(c)", "date(x,'dmy')", "((", "'", "a.b", "1.", "\x00", "add_months(date('2020-01-01'), -\"Tenure Months\")", "if(a = 'Yes', b, NULL)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			if mistake := (*Error)(nil); !errors.As(err, &mistake) || mistake.At < 1 {
				t.Fatalf("%q: error %#v", text, err)
			}
			return
		}
		_ = Check(e, Columns(e), NumberType)
		printed := String(e)
		if len(printed) > MaxLength {
			return
		}
		again, err := Parse(printed)
		if err != nil || !cmp.Equal(e, again) {
			t.Fatalf("%q prints as %q: %v", text, printed, err)
		}
	})
}

// Nested replacements multiply; what could fill a disk is refused before it runs.
func TestTextsDoNotGrowBeyondMeasure(t *testing.T) {
	nested := "x"
	for range 8 {
		nested = "replace(" + nested + ", 'e', 'eeeeeeeeee')"
	}
	for text, ok := range map[string]bool{
		"replace(x, ',', '')": true, "replace(replace(x, '.', ''), ',', '.')": true, "replace(x, 'St', 'Street')": true,
		"concat(x, '-', y)": true, nested: false, "replace(x, 'e', y)": false, "replace(x, '', 'a')": true,
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		if err := Check(e, []string{"x", "y"}, TextType); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
