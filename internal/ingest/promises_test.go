package ingest

import (
	"testing"

	"github.com/clientele/clientele/internal/warehouse"
)

func TestPromises(t *testing.T) {
	for text, want := range map[string]struct{ short, bare bool }{
		"":                        {true, true},
		"a,1.5\nb,2.123456\n":     {true, true},
		"1.1234567\n":             {false, true},
		"1.123456,7\n":            {true, true},
		"x.1234567":               {false, true},
		"1e5":                     {false, true},
		"1.e5":                    {false, true},
		"2E-3":                    {false, true},
		"1e,e5,aee5,the end":      {true, true},
		"a b,c\r\nd,e f\r\n":      {true, true},
		" a,b\n":                  {true, false},
		"a,b \n":                  {true, false},
		"a, b\n":                  {true, false},
		"a,b ":                    {true, false},
		"a,b\n c,d":               {true, false},
		"a,b \r\n":                {true, false},
		"a;b |c":                  {true, false},
		"a,\"b\"\n":               {true, false},
		"a,b\u00a0c\n":            {true, false},
		"a,\u202fb\n":             {true, false},
		"a\tb,c\n":                {true, false},
		"a,b\rc,d\n":              {true, false},
		"a,3 456.78,x 1,e y 2\n":  {true, true},
		"id,2024-08-31,7.0000000": {false, true},
	} {
		for block := range []int{1, 2, 3, 8, 100} {
			var p promises
			for rest := text; rest != ""; {
				n := min(block+1, len(rest))
				p.block([]byte(rest[:n]))
				rest = rest[n:]
			}
			in := warehouse.Input{Dialect: warehouse.Dialect{Delimiter: ","}}
			p.keep(&in)
			if in.ShortDecimals != want.short || in.Bare != want.bare {
				t.Errorf("%q in blocks of %d: %t %t", text, block+1, in.ShortDecimals, in.Bare)
			}
		}
	}
	var p promises
	p.block([]byte("a\tb\n"))
	in := warehouse.Input{Dialect: warehouse.Dialect{Delimiter: "\t"}}
	if p.keep(&in); !in.Bare {
		t.Error("tabs between values taken for blanks")
	}
}
