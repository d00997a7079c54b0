package ingest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
)

// workbookFile saves a workbook made by another library.
func workbookFile(t *testing.T, fill func(*excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestXLSX(t *testing.T) {
	path := workbookFile(t, func(f *excelize.File) {
		day, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
		custom := `yyyy\-mm\-dd hh:mm`
		at, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &custom})
		euro := `#,##0.00 "days"`
		money, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &euro})
		rows := [][]any{
			{"Report of March"}, {},
			{"Customer ID", "Order", "Date", "Shipped", "Amount", "Note"},
			{17850, "A-1", time.Date(2015, 4, 3, 0, 0, 0, 0, time.UTC), time.Date(2015, 4, 3, 13, 5, 0, 0, time.UTC), 0.1 + 0.2, "two\nlines, \"quoted\""},
			{17851, "A-2", time.Date(2015, 4, 5, 0, 0, 0, 0, time.UTC), time.Date(2015, 4, 6, 0, 0, 0, 0, time.UTC), 1234.5, nil},
		}
		for i, row := range rows {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
		f.SetCellStyle("Sheet1", "C4", "C5", day)
		f.SetCellStyle("Sheet1", "D4", "D5", at)
		f.SetCellStyle("Sheet1", "E4", "E5", money)
		f.NewSheet("Other")
		f.SetSheetRow("Other", "A1", &[]any{"x", "y"})
		f.SetSheetRow("Other", "A2", &[]any{1, 2})
	})
	in, err := Inspect(t.Context(), path, t.TempDir(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"17850", "A-1", "2015-04-03", "2015-04-03 13:05:00", "0.3", "two\nlines, \"quoted\""},
		{"17851", "A-2", "2015-04-05", "2015-04-06 00:00:00", "1234.5", ""},
	}
	if diff := cmp.Diff(want, in.Rows); diff != "" {
		t.Error(diff)
	}
	if in.Dialect.Format != FormatXLSX || in.Dialect.Sheet != "Sheet1" || !in.Importable || in.Kind != clientele.Transactions {
		t.Errorf("%+v %+v", in.Dialect, in.Problems)
	}
	if in.Columns[2].Type != warehouse.DateColumn || in.Columns[3].Type != warehouse.TimeColumn || in.Columns[4].Type != warehouse.DecimalColumn {
		t.Errorf("%+v", in.Columns)
	}
	if !slices.ContainsFunc(in.Problems, func(p Problem) bool { return strings.Contains(p.Message, `"Other"`) }) {
		t.Errorf("%+v", in.Problems)
	}
}

// The prepared copy says which row of the sheet each line came from.
func TestXLSXLinesAreRowsOfTheSheet(t *testing.T) {
	path := workbookFile(t, func(f *excelize.File) {
		for i, row := range [][]any{{"customer_id", "date", "amount", "note"}, {1, "2024-01-05", 1, "a\nb"}, {}, {2, "2024-01-06", 2, "c"}} {
			f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row)
		}
	})
	b := newBook(t)
	if _, err := b.Import(t.Context(), path, Request{}); err != nil {
		t.Fatal(err)
	}
	if got := b.fake.column(lineColumnName); !slices.Equal(got, []string{"2", "4"}) || b.fake.batches[0].Input.LineColumn != lineColumnName {
		t.Errorf("%v", got)
	}
}

func TestClockOf(t *testing.T) {
	for code, want := range map[string]clock{
		"General": noDate, "0.00": noDate, "#,##0.00 €": noDate, `0 "days"`: noDate, "[Red]0.00": noDate, "0%": noDate, `#,##0\ d`: noDate + dateOnly,
		"yyyy-mm-dd": dateOnly, "d/m/yy": dateOnly, "dd.mm.yyyy hh:mm": dateTime, "[h]:mm:ss": timeOnly, "mm:ss": timeOnly, "[$-409]mmmm d, yyyy": dateOnly, `yyyy"Y"`: dateOnly,
	} {
		if got := clockOf(code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
}

// A workbook that would unpack beyond the limit is refused by its directory.
func TestXLSXBomb(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, size := range map[string]uint64{"xl/workbook.xml": 10, "xl/worksheets/sheet1.xml": maxWorkbook} {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: size}); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	path := write(t, "bomb.xlsx", b.String())
	// There is nothing behind the directory: whoever unpacked it would fail otherwise.
	_, err := Inspect(t.Context(), path, t.TempDir(), Request{})
	if clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), "larger than 256 MB") {
		t.Error(err)
	}
}

// What small files would be written out as is bounded too: one long text that many cells
// share, rows padded to a far column, keys that hardly any row has, and a zstd bomb.
func TestSmallFilesThatGrowAreRefused(t *testing.T) {
	compressed := func(w func(io.Writer) io.WriteCloser, text func(io.Writer)) string {
		var b bytes.Buffer
		z := w(&b)
		text(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	gz := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	zst := func(w io.Writer) io.WriteCloser {
		z, err := zstd.NewWriter(w)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	for name, path := range map[string]string{
		"shared text": workbookFile(t, func(f *excelize.File) {
			f.SetSheetRow("Sheet1", "A1", &[]any{"customer_id", "date", "note"})
			for i := range ratioFrom/30_000 + 100 {
				f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+2), &[]any{1, "2024-01-05", strings.Repeat("x", 30_000)})
			}
		}),
		"sparse keys": write(t, "a.jsonl.gz", compressed(gz, func(w io.Writer) {
			var keys []string
			for i := range 1990 {
				keys = append(keys, fmt.Sprintf(`"k%d":1`, i))
			}
			fmt.Fprintf(w, "{%s}\n%s", strings.Join(keys, ","), strings.Repeat("{}\n", 300_000))
		})),
		"zstd": write(t, "a.csv.zst", compressed(zst, func(w io.Writer) {
			fmt.Fprint(w, "customer_id,date,amount\n")
			part := strings.Repeat("1,2024-01-05,1.00\n", 50_000)
			for range ratioFrom/len(part) + 2 {
				fmt.Fprint(w, part)
			}
		})),
	} {
		t.Run(name, func(t *testing.T) {
			work := t.TempDir()
			_, err := Inspect(t.Context(), path, work, Request{})
			if clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), "grows beyond all measure") {
				t.Error(err)
			}
		})
	}
}

func TestXLSXTooWide(t *testing.T) {
	path := workbookFile(t, func(f *excelize.File) {
		f.SetSheetRow("Sheet1", "A1", &[]any{"customer_id", "date", "amount"})
		f.SetSheetRow("Sheet1", "A2", &[]any{1, "2024-01-05", 1})
		f.SetCellValue("Sheet1", "XFD2", "far")
	})
	if _, err := Inspect(t.Context(), path, t.TempDir(), Request{}); clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), "at most 2000 columns") {
		t.Error(err)
	}
}

func TestParquetBomb(t *testing.T) {
	type row struct {
		Text string `parquet:"text,zstd,plain"`
	}
	path := filepath.Join(t.TempDir(), "f.parquet")
	if err := parquet.WriteFile(path, slices.Repeat([]row{{strings.Repeat("a", 1000)}}, 100_000), parquet.PageBufferSize(32<<20)); err != nil {
		t.Fatal(err)
	}
	if _, err := Inspect(t.Context(), path, t.TempDir(), Request{}); clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), "beyond all measure") {
		t.Error(err)
	}
}

func TestJSONLines(t *testing.T) {
	text := `{"id": "a", "customer": {"id": 17850, "tags": ["x", "y"]}, "date": "2024-01-05T10:00:00Z", "total": 12.50}
{"id": "b", "customer": {"id": 17851}, "date": "2024-01-06T10:00:00Z", "total": 1234567890123.123456789, "note": "two\nlines"}

{"id": "c", "date": "2024-01-07T10:00:00Z", "total": null}
`
	in := inspectText(t, "f.jsonl", text, Request{})
	want := [][]string{
		{"a", "17850", `["x", "y"]`, "2024-01-05T10:00:00Z", "12.50", ""},
		{"b", "17851", "", "2024-01-06T10:00:00Z", "1234567890123.123456789", "two\nlines"},
		{"c", "", "", "2024-01-07T10:00:00Z", "", ""},
	}
	if diff := cmp.Diff(want, in.Rows); diff != "" {
		t.Error(diff)
	}
	if in.Dialect.Format != FormatJSONL || in.Columns[1].Name != "customer.id" || in.Columns[3].Type != warehouse.InstantColumn {
		t.Errorf("%+v", in)
	}
	b := newBook(t)
	b.take(t, "f.jsonl", text, Request{Kind: clientele.Transactions, Map: []string{"customer=customer.id", "amount=total", "order=id"}}, "")
	if got := b.fake.column(lineColumnName); !slices.Equal(got, []string{"1", "2", "4"}) {
		t.Errorf("%v", got)
	}
}

func TestParquet(t *testing.T) {
	type row struct {
		Customer string    `parquet:"customer_id"`
		Order    int64     `parquet:"order_id"`
		At       time.Time `parquet:"created_at,timestamp(microsecond)"`
		Day      int32     `parquet:"day,date"`
		Amount   float64   `parquet:"amount,optional"`
		Price    int64     `parquet:"price,decimal(2:18)"`
		Tags     []string  `parquet:"tags"`
	}
	path := filepath.Join(t.TempDir(), "f.parquet")
	rows := []row{{"a", 1, time.Date(2024, 1, 5, 10, 0, 0, 0, time.UTC), 19727, 9.99, 12345, []string{"x", "y"}}, {"b", 2, time.Date(2024, 1, 6, 10, 0, 0, 0, time.UTC), 19728, 0, -5, nil}}
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
	in, err := Inspect(t.Context(), path, t.TempDir(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"a", "1", "2024-01-05 10:00:00", "2024-01-05", "9.99", "123.45"}, {"b", "2", "2024-01-06 10:00:00", "2024-01-06", "", "-0.05"}}
	if diff := cmp.Diff(want, in.Rows); diff != "" {
		t.Error(diff)
	}
	var types []warehouse.ColumnType
	for _, c := range in.Columns {
		types = append(types, c.Type)
	}
	if diff := cmp.Diff([]warehouse.ColumnType{"text", "decimal", "instant", "date", "decimal", "decimal"}, types); diff != "" {
		t.Error(diff)
	}
	if in.Kind != clientele.Transactions || !in.Importable {
		t.Errorf("%+v", in.Problems)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{5, len(whole) / 2, len(whole) - 1} {
		_, err := Inspect(t.Context(), write(t, "cut.parquet", string(whole[:n])), t.TempDir(), Request{})
		if clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
}

const shopify = `Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Notes,Cancelled at,Refunded Amount,Id,Source
#1001,Anna@Example.com,paid,2024-01-05 10:00:00 -0500,fulfilled,2024-01-06 10:00:00 -0500,no,USD,55.00,5.00,4.80,59.80,WELCOME,5.00,Standard,2024-01-05 09:59:00 -0500,2,"Mug, blue",20.00,MUG-1,,,0.00,111,web
#1001,Anna@Example.com,,,,,,,,,,,,,,2024-01-05 09:59:00 -0500,1,Plate,15.00,PL-1,,,,,
#1002,,refunded,2024-01-07 10:00:00 -0500,,,no,USD,10.00,0.00,1.60,10.00,,0.00,,2024-01-07 09:00:00 -0500,1,"Spoon
two lines",10.00,SP-1,,,10.00,112,pos
#1003,bob@example.com,voided,,,,no,USD,10.00,0.00,0.00,10.00,,0.00,,2024-01-08 09:00:00 -0500,1,Fork,10.00,FO-1,,,0.00,113,web
`

// lines sums what the accepted lines of a preset hold, by kind.
func (b *testBook) lines(t *testing.T, amounts string) map[string]string {
	t.Helper()
	sums := map[string]*big.Rat{}
	kinds := b.fake.column(lineKind)
	for i, amount := range b.fake.column(amounts) {
		r, ok := new(big.Rat).SetString(amount)
		if !ok {
			t.Fatalf("amount %q", amount)
		}
		if sums[kinds[i]] == nil {
			sums[kinds[i]] = new(big.Rat)
		}
		sums[kinds[i]].Add(sums[kinds[i]], r)
	}
	out := map[string]string{}
	for kind, sum := range sums {
		out[kind] = sum.FloatString(2)
	}
	return out
}

// The lines of a Shopify order add up to Total − Refunded Amount: 59.80 + 0.
func TestShopifyOrders(t *testing.T) {
	b := newBook(t)
	got := b.take(t, "orders_export.csv", shopify, Request{}, "")
	if got.Preset != "Shopify orders" || got.Source != "shopify" || got.Kind != clientele.Transactions || got.Read != 8 || got.Rejected != 0 {
		t.Errorf("%+v", got)
	}
	want := map[string]string{"customer": "Email", "order": "Name", "line": `"line id"`, "time": `"Created at"`, "quantity": `"line quantity"`, "amount": `"line amount"`,
		"currency": "Currency", "product": `"Lineitem name"`, "channel": "Source", "kind": `"line kind"`}
	if diff := cmp.Diff(want, got.Mapping); diff != "" {
		t.Error(diff)
	}
	sums := b.lines(t, lineAmount)
	// 2 × 20 + 15 − 5 + 5 + 4.80 = 59.80; the spoon's price includes its tax, and it was refunded.
	if diff := cmp.Diff(map[string]string{"sale": "65.00", "discount": "-5.00", "shipping": "5.00", "tax": "4.80", "refund": "-10.00", "fee": "0.00"}, sums); diff != "" {
		t.Error(diff)
	}
	if emails := b.fake.column("Email"); emails[0] != "anna@example.com" || emails[1] != "anna@example.com" || emails[5] != "" {
		t.Errorf("%q", emails)
	}
	if lines := b.fake.column(lineColumnName); !slices.Equal(lines, []string{"2", "3", "2", "2", "2", "4", "4", "6"}) {
		t.Errorf("%v", lines)
	}
	if c := b.fake.batches[0].Input.Columns[15]; c.Name != "Created at" || c.Type != warehouse.InstantColumn || c.Layout != "%Y-%m-%d %H:%M:%S %z" {
		t.Errorf("%+v", c)
	}
	if len(got.Warnings) != 1 || got.Warnings[0].Message != "1 count as nothing: orders voided" {
		t.Errorf("%+v", got.Warnings)
	}
}

func TestStripeAndWooCommerce(t *testing.T) {
	for name, c := range map[string]struct {
		text, preset, amounts string
		sums                  map[string]string
		left                  string
	}{
		"charges": {`id,Description,Seller Message,Created date (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,Status,Customer ID,Customer Email
ch_1,Mug,,2024-01-05 10:00:00,"1,020.00",0.00,usd,20.00,0.88,Paid,cus_1,anna@example.com
ch_2,Mug,,2024-01-06 10:00:00,20.00,5.00,usd,20.00,0.88,Paid,,Bob@Example.com
ch_3,Mug,,2024-01-07 10:00:00,20.00,0.00,usd,20.00,0.00,Failed,,
`, "Stripe charges", lineAmount, map[string]string{"sale": "1040.00", "refund": "-5.00"}, `1 rows left out: charges with status "Failed"`},
		"balance": {`balance_transaction_id,created,available_on,currency,gross,fee,net,reporting_category,source_id,description,customer_id
txn_1,2024-01-05 10:00:00,2024-01-07,usd,20.00,0.88,19.12,charge,ch_1,Mug,cus_1
txn_2,2024-01-06 10:00:00,2024-01-07,usd,-5.00,0.00,-5.00,refund,re_1,Mug,cus_1
txn_3,2024-01-07 10:00:00,2024-01-07,usd,-14.12,0.00,-14.12,payout,po_1,,
txn_4,2024-01-07 10:00:00,2024-01-07,usd,-2.00,0.00,-2.00,fee,,,
`, "Stripe balance", "gross", map[string]string{"sale": "20.00", "refund": "-5.00", "fee": "-2.00"}, `1 rows left out: balance rows of category "payout"`},
		"woo": {`order_id,order_number,date,status,order_total,order_currency,billing_email
1,1,2024-01-05 10:00:00,wc-completed,20.00,USD,Anna@example.com
2,2,2024-01-05 10:00:00,cancelled,30.00,USD,anna@example.com
3,3,2024-01-06 10:00:00,processing,5.50,USD,
4,4,2024-01-06 10:00:00,refunded,7.00,USD,
`, "WooCommerce orders", lineAmount, map[string]string{"sale": "32.50", "refund": "-7.00", "fee": "0.00"}, `1 count as nothing: orders with status "cancelled"`},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t)
			got := b.take(t, "f.csv", c.text, Request{}, "")
			if got.Preset != c.preset || len(got.Warnings) != 1 || got.Warnings[0].Message != c.left {
				t.Errorf("%q %+v", got.Preset, got.Warnings)
			}
			if diff := cmp.Diff(c.sums, b.lines(t, c.amounts)); diff != "" {
				t.Error(diff)
			}
			// The same again after a rebuild.
			rows := b.fake.rows[got.BatchID]
			if err := b.Rebuild(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(rows, b.fake.rows[got.BatchID]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A recognised export can still be mapped otherwise, or read as another kind.
func TestPresetIsOverridden(t *testing.T) {
	in := inspectText(t, "f.csv", shopify, Request{Map: []string{"customer=upper(Email)", "channel="}})
	i := slices.IndexFunc(in.Mapping, func(f FieldProposal) bool { return f.Field == "customer" })
	if in.Mapping[i].Expression != "upper(Email)" || slices.ContainsFunc(in.Mapping, func(f FieldProposal) bool { return f.Field == "channel" }) {
		t.Errorf("%+v", in.Mapping)
	}
	if in := inspectText(t, "f.csv", shopify, Request{Kind: clientele.Customers}); in.Preset != "" || in.Kind != clientele.Customers {
		t.Errorf("%+v", in)
	}
}

func TestPresetWithoutEveryColumn(t *testing.T) {
	text := "Name,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,Email\n#1,paid,2024-01-05 10:00:00 -0500,1,Mug,5.00,a@b.c\n"
	b := newBook(t)
	if got := b.take(t, "f.csv", text, Request{}, ""); got.Preset != "Shopify orders" || got.Mapping["currency"] != "" {
		t.Errorf("%+v", got)
	}
}
