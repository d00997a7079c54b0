package app_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/shareddata"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// importBook opens an empty book that is closed after the test.
func importBook(t *testing.T, currency string) *app.Book {
	t.Helper()
	s := clientele.DefaultSettings()
	s.Currency = currency
	b := newBook(t, t.TempDir(), s)
	t.Cleanup(func() { closeBook(t, b) })
	return b
}

// Every file of the set that holds records loads as it is, without a mapping.
func TestOlistLoads(t *testing.T) {
	b := importBook(t, "BRL")
	for _, c := range []struct {
		file string
		kind clientele.Kind
		read int64
	}{
		{"customers", clientele.Customers, 8135},
		{"orders", clientele.Interactions, 8135},
		{"order_items", clientele.Transactions, 0},
		{"order_reviews", clientele.Feedback, 0},
	} {
		got := load(t, b, shareddata.Path(t, "olist_stratified_8k/olist_"+c.file+"_dataset.csv"), ingest.Request{})
		if got.Kind != c.kind || got.Rejected != 0 || got.Read == 0 || c.read > 0 && got.Read != c.read || got.Updated > 0 && c.kind != clientele.Customers {
			t.Errorf("%s: %s read %d, loaded %d, updated %d, duplicate %d, rejected %d %v", c.file, got.Kind, got.Read, got.Loaded, got.Updated, got.Duplicate, got.Rejected, got.Rejects)
		}
	}
	for _, file := range []string{"olist_order_payments_dataset", "olist_products_dataset", "olist_sellers_dataset", "olist_geolocation_dataset", "product_category_name_translation"} {
		_, err := b.Importer.Import(t.Context(), shareddata.Path(t, "olist_stratified_8k/"+file+".csv"), ingest.Request{})
		if clientele.CodeOf(err) != clientele.CodeInvalid || clientele.HintOf(err) == "" || !strings.Contains(err.Error(), "cannot tell what records these are") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestOtherSharedFilesLoad(t *testing.T) {
	b := importBook(t, "USD")
	for name, r := range map[string]ingest.Request{
		"helpdesk_log/Helpdesk_variantA.csv":         {},
		"nyc311_animals/311_Animals_short.csv":       {},
		"airline_tweets/Tweets_intact_ids_6cols.csv": {},
		"telco_churn/Telco_customer_churn.csv":       {},
		"btydplus_grocery/groceryElog.csv":           {Map: []string{"amount=1"}},
	} {
		if got := load(t, b, shareddata.Path(t, name), r); got.Rejected != 0 || got.Loaded == 0 {
			t.Errorf("%s: %s read %d, loaded %d, rejected %d %v", name, got.Kind, got.Read, got.Loaded, got.Rejected, got.Rejects[:min(3, len(got.Rejects))])
		}
	}
}

const shopifyExport = `Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Refunded Amount,Id,Source
#1001,Anna@Example.com,paid,2024-01-05 10:00:00 -0500,fulfilled,USD,55.00,5.00,4.80,59.80,WELCOME,5.00,2024-01-05 23:59:00 -0500,2,"Mug, blue",20.00,0.00,111,web
#1001,Anna@Example.com,,,,,,,,,,,2024-01-05 23:59:00 -0500,1,Plate,15.00,,,
#1002,anna@example.com,refunded,2024-01-07 10:00:00 -0500,,USD,10.00,0.00,1.60,10.00,,0.00,2024-01-07 09:00:00 -0500,1,"Spoon
two lines",10.00,10.00,112,pos
#1003,bob@example.com,paid,2024-01-08 10:00:00 -0500,,EUR,10.00,0.00,0.00,10.00,,0.00,2024-01-08 09:00:00 -0500,1,Fork,10.00,0.00,113,web
`

// The order's net is Total − Refunded Amount; another currency is rejected at its line.
func TestShopifyLoads(t *testing.T) {
	b := importBook(t, "USD")
	path := filepath.Join(t.TempDir(), "orders_export.csv")
	put(t, path, []byte(shopifyExport))
	got := load(t, b, path, ingest.Request{})
	if got.Preset != "Shopify orders" || got.Read != 8 || got.Loaded != 7 || got.Rejected != 1 || got.Rejects[0].Line != 6 || !strings.Contains(got.Rejects[0].Reason, "EUR") {
		t.Errorf("%+v", got)
	}
	lines, err := b.Records.OrderLines(t.Context(), "anna@example.com", clientele.MustDate("2024-12-31"), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	net := map[string]clientele.Money{}
	for _, l := range lines {
		net[l.Order] = net[l.Order].Add(l.Amount)
	}
	if len(lines) != 7 || net["#1001"].String() != "59.80" || net["#1002"].Sign() != 0 {
		t.Errorf("%v", net)
	}
	// 23:59 in New York is the next day in the book's UTC.
	if i := slices.IndexFunc(lines, func(l warehouse.OrderLine) bool { return l.Order == "#1001" }); lines[i].Day.String() != "2024-01-06" {
		t.Errorf("%+v", lines[i])
	}
	// The same order in the next export replaces this version.
	later := strings.Replace(strings.Replace(shopifyExport, "59.80,WELCOME", "59.80,HELLO", 1), "0.00,111,web", "9.80,111,web", 1)
	next := filepath.Join(t.TempDir(), "orders_export_2.csv")
	put(t, next, []byte(later))
	if got := load(t, b, next, ingest.Request{}); got.Updated == 0 || got.Duplicate != 2 || got.Loaded != 0 {
		t.Errorf("updated %d, duplicate %d, loaded %d", got.Updated, got.Duplicate, got.Loaded)
	}
}

// What became of an order since the last export is what counts; what comes of a charge in
// a later month does not replace it.
func TestLaterExportsOfShops(t *testing.T) {
	const woo, balance = "order_id,date,status,order_total,order_currency,billing_email\n",
		"balance_transaction_id,created,currency,gross,fee,net,reporting_category,source_id,charge_id,customer_id\n"
	for name, c := range map[string]struct {
		exports   []string
		net       string
		customers int64
	}{
		"WooCommerce": {[]string{
			woo + "1,2024-01-05,completed,10.00,USD,a@b.c\n2,2024-01-05,processing,20.00,USD,d@b.c\n",
			woo + "1,2024-01-05,refunded,10.00,USD,a@b.c\n2,2024-01-05,cancelled,20.00,USD,d@b.c\n3,2024-01-09,completed,30.00,USD,e@b.c\n",
		}, "30.00", 2},
		"Shopify": {[]string{
			shopifyExport,
			strings.NewReplacer("anna@example.com,refunded", "anna@example.com,paid", "10.00,10.00,112", "10.00,0.00,112", "Example.com,paid", "Example.com,voided").Replace(shopifyExport),
		}, "10.00", 1},
		"Stripe balance": {[]string{
			balance + "t1,2024-01-05,usd,100.00,0,100.00,charge,ch_1,ch_1,c1\nt2,2024-01-06,usd,50.00,0,50.00,charge,ch_2,ch_2,c2\n",
			balance + "t3,2024-02-05,usd,-20.00,0,-20.00,refund,re_1,ch_1,c1\nt4,2024-02-06,usd,70.00,0,70.00,charge,ch_3,ch_3,c3\n",
		}, "200.00", 3},
	} {
		t.Run(name, func(t *testing.T) {
			b := importBook(t, "USD")
			for i, text := range c.exports {
				path := filepath.Join(t.TempDir(), fmt.Sprintf("export%d.csv", i))
				put(t, path, []byte(text))
				load(t, b, path, ingest.Request{})
			}
			p := clientele.Period{From: clientele.MustDate("2024-01-01"), To: clientele.MustDate("2024-12-31")}
			s, err := b.Statements.Statement(t.Context(), statement.Request{Period: p}, nil)
			if err != nil || s.Revenue.Net.String() != c.net || s.Customers.New != c.customers {
				t.Errorf("net %s of %d customers, %v; want %s of %d", s.Revenue.Net, s.Customers.New, err, c.net, c.customers)
			}
		})
	}
}

// A column that says UTC holds instants: they fall on the book's own days.
func TestStripeChargesAreInUTC(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book")
	settings := clientele.DefaultSettings()
	settings.TimeZone = "Asia/Tokyo"
	if err := app.Init(path, settings); err != nil {
		t.Fatal(err)
	}
	b, err := app.Open(t.Context(), path, app.Watcher{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeBook(t, b) })
	file := filepath.Join(t.TempDir(), "charges.csv")
	put(t, file, []byte("id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer ID\nch_1,2020-12-31 20:30:00,10.00,0.00,usd,Paid,c1\nch_2,2020-12-31 10:30:00,10.00,0.00,usd,Paid,c2\n"))
	got := load(t, b, file, ingest.Request{})
	if got.Loaded != 2 || got.FirstDay.String() != "2020-12-31" || got.LastDay.String() != "2021-01-01" {
		t.Errorf("%+v, %s to %s", got, got.FirstDay, got.LastDay)
	}
}

func put(t testing.TB, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

type sale struct {
	Customer string  `parquet:"customer_id"`
	Order    string  `parquet:"order_id"`
	Day      int32   `parquet:"date,date"` // since 1970
	Amount   float64 `parquet:"amount"`
	Note     string  `parquet:"note"`
}

func (s sale) date() time.Time { return clientele.Date(s.Day).Time() }

// sales are written in every format and dialect below; the book is the same after each.
func sales() []sale {
	var out []sale
	for i := range 50 {
		out = append(out, sale{fmt.Sprintf("%05d", i%7), fmt.Sprint("o", i), 19723 + int32(i), float64(1000+i) + .5, "Käufer"})
	}
	return out
}

func delimited(separator, decimal, layout string, header bool) string {
	var b strings.Builder
	if header {
		b.WriteString(strings.Join([]string{"customer_id", "order_id", "date", "amount", "note"}, separator) + "\r\n")
	}
	for _, s := range sales() {
		amount := strings.Replace(fmt.Sprintf("%.2f", s.Amount), ".", decimal, 1)
		b.WriteString(strings.Join([]string{s.Customer, s.Order, s.date().Format(layout), amount, s.Note}, separator) + "\r\n")
	}
	return b.String()
}

func salesFiles(t *testing.T, dir string) map[string]ingest.Request {
	t.Helper()
	plain := delimited(",", ".", "2006-01-02", true)
	latin, err := charmap.ISO8859_1.NewEncoder().String(plain)
	wide, err2 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err3 := io.WriteString(z, plain)
	if err != nil || err2 != nil || err3 != nil || z.Close() != nil {
		t.Fatal(err, err2, err3)
	}
	noHeader := ingest.Request{Map: []string{"customer=column1", "order=column2", "time=column3", "amount=column4"}}
	files := map[string]struct {
		text string
		r    ingest.Request
	}{
		"plain.csv":     {plain, ingest.Request{}},
		"semicolon.csv": {delimited(";", ",", "02.01.2006", true), ingest.Request{}},
		"slashes.tsv":   {delimited("\t", ".", "1/2/2006", true), ingest.Request{}},
		"blanks.txt":    {delimited("  ", ".", "20060102", true), ingest.Request{}},
		"bare.csv":      {delimited("|", ".", "2006-01-02", false), noHeader},
		"latin.csv":     {latin, ingest.Request{}},
		"wide.csv":      {wide, ingest.Request{}},
		"plain.csv.gz":  {zipped.String(), ingest.Request{}},
	}
	out := map[string]ingest.Request{"sales.parquet": {}, "sales.xlsx": {}, "sales.jsonl": {}}
	for name, f := range files {
		put(t, filepath.Join(dir, name), []byte(f.text))
		out[name] = f.r
	}
	if err := parquet.WriteFile(filepath.Join(dir, "sales.parquet"), sales()); err != nil {
		t.Fatal(err)
	}
	writeSheet(t, filepath.Join(dir, "sales.xlsx"))
	var jsonl strings.Builder
	for _, s := range sales() {
		fmt.Fprintf(&jsonl, `{"customer_id":%q,"order_id":%q,"date":%q,"amount":%.2f,"note":%q}`+"\n", s.Customer, s.Order, s.date().Format(time.DateOnly), s.Amount, s.Note)
	}
	put(t, filepath.Join(dir, "sales.jsonl"), []byte(jsonl.String()))
	return out
}

func writeSheet(t *testing.T, path string) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	f.SetSheetRow("Sheet1", "A1", &[]any{"customer_id", "order_id", "date", "amount", "note"})
	for i, s := range sales() {
		f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+2), &[]any{s.Customer, s.Order, s.date(), s.Amount, s.Note})
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	f.SetCellStyle("Sheet1", "C2", "C51", day)
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

// Whatever a file is written in, its records are the same: loaded first they
// make the same lines, loaded again in another format they change nothing.
func TestEveryFormatGivesTheSameRecords(t *testing.T) {
	dir := t.TempDir()
	again := importBook(t, "USD")
	load(t, again, writeOnce(t, dir), ingest.Request{})
	for name, r := range salesFiles(t, dir) {
		t.Run(name, func(t *testing.T) {
			got := load(t, again, filepath.Join(dir, name), r)
			if name != "plain.csv" && (got.Read != 50 || got.Duplicate != 50) {
				t.Errorf("read %d, loaded %d, updated %d, duplicate %d, rejected %d %v\n%+v %v", got.Read, got.Loaded, got.Updated, got.Duplicate, got.Rejected, got.Rejects, got.Dialect, got.Mapping)
			}
		})
	}
}

func writeOnce(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "first.csv")
	put(t, path, []byte(delimited(",", ".", "2006-01-02", true)))
	return path
}

// Characters of another encoding are read as what they most likely are, and told.
func TestMixedEncodings(t *testing.T) {
	b := importBook(t, "USD")
	path := filepath.Join(t.TempDir(), "mixed.csv")
	put(t, path, []byte("customer_id,date,amount,product\n1,2024-01-05,1,K\xc3\xa4se\n1,2024-01-05,1,K\xe4se\n1,2024-01-05,1,Brot\n"))
	got := load(t, b, path, ingest.Request{})
	if got.Loaded != 3 || len(got.Warnings) != 1 || got.Warnings[0].Line != 3 {
		t.Errorf("%+v", got)
	}
	lines, err := b.Records.OrderLines(t.Context(), "1", clientele.MustDate("2024-12-31"), 0, 10)
	if err != nil || len(lines) != 3 || lines[0].Product+lines[1].Product+lines[2].Product != "KäseKäseBrot" && lines[0].Product+lines[1].Product+lines[2].Product != "BrotKäseKäse" {
		t.Errorf("%+v %v", lines, err)
	}
}

// A row that the end of the file cut is rejected and told.
func TestCutRow(t *testing.T) {
	b := importBook(t, "USD")
	path := filepath.Join(t.TempDir(), "cut.csv")
	put(t, path, []byte("customer_id,date,amount\n1,2024-01-05,1\n2,2024-01-05,1\n3,2024-0"))
	got := load(t, b, path, ingest.Request{})
	if got.Loaded != 2 || got.Rejected != 1 || got.Rejects[0].Line != 4 || len(got.Warnings) != 1 || got.Warnings[0].Line != 4 {
		t.Errorf("%+v", got)
	}
}

// Files that were joined with their headers load as one.
func TestJoinedFiles(t *testing.T) {
	b := importBook(t, "USD")
	path := filepath.Join(t.TempDir(), "joined.csv")
	const header, row = "customer_id,city\n", "1,Bonn\n2,Rome\n"
	put(t, path, []byte(header+row+header+"3,Oslo\nbad,row,here\n"))
	got := load(t, b, path, ingest.Request{Kind: clientele.Customers})
	if got.Loaded != 3 || got.Rejected != 1 || got.Rejects[0].Line != 6 || len(got.Warnings) != 1 || got.Warnings[0].Line != 4 {
		t.Errorf("%+v", got)
	}
}

// Rejects name the line of the original, in files that are read as they lie and
// in prepared ones.
func TestRejectsNameTheirLines(t *testing.T) {
	b := importBook(t, "USD")
	for name, text := range map[string]string{
		"quoted.csv": "customer_id,date,amount,note\n1,2024-01-05,1,\"two\nlines\"\n2,2024-01-32,1,x\n3,2024-01-05,1,x\n4,2024-01-05,1,x,extra\n" + strings.Repeat("5,2024-01-06,1,x\n", 30),
		"blanks.txt": "customer_id date amount\n1 20240105 1.5\n2 20240105 2.5\n3 x 3.5\n4 20240105\n" + strings.Repeat("5 20240106 1.5\n", 30),
		"f.jsonl":    "{\"customer_id\":1,\"date\":\"2024-01-05\",\"amount\":1,\"note\":\"a\\nb\"}\n\n\n{\"customer_id\":2,\"date\":\"soon\",\"amount\":1}\n{\"customer_id\":2,\"date\":\"2024-01-05\",\"amount\":\"x\"}\n" + strings.Repeat("{\"customer_id\":1,\"date\":\"2024-01-05\",\"amount\":1}\n", 30),
	} {
		path := filepath.Join(t.TempDir(), name)
		put(t, path, []byte(text))
		got := load(t, b, path, ingest.Request{Kind: clientele.Transactions})
		var at []int64
		for _, r := range got.Rejects {
			at = append(at, r.Line)
		}
		if !slices.Equal(at, []int64{4, 6}) && name == "quoted.csv" || !slices.Equal(at, []int64{4, 5}) && name != "quoted.csv" {
			t.Errorf("%s: %+v", name, got.Rejects)
		}
	}
}

func TestParquetRejects(t *testing.T) {
	b := importBook(t, "USD")
	path := filepath.Join(t.TempDir(), "f.parquet")
	type row struct {
		Customer string  `parquet:"customer_id"`
		Date     string  `parquet:"date"`
		Amount   float64 `parquet:"amount"`
	}
	rows := slices.Repeat([]row{{"1", "2024-01-05", 9.99}}, 40)
	rows[7].Date = "soon"
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
	got := load(t, b, path, ingest.Request{})
	if got.Loaded != 39 || got.Rejected != 1 || !strings.Contains(got.Rejects[0].Reason, "soon") {
		t.Errorf("%+v", got)
	}
}

// The order of a date is asked for where the whole column leaves it open, and
// either answer is taken.
func TestAmbiguousDatesAreAskedFor(t *testing.T) {
	b := importBook(t, "USD")
	path := filepath.Join(t.TempDir(), "f.csv")
	put(t, path, []byte("customer_id,date,amount\n1,03/04/2015,1\n2,05/06/2015,1\n"))
	_, err := b.Importer.Import(t.Context(), path, ingest.Request{})
	if clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(clientele.HintOf(err), "'dmy'") || !strings.Contains(clientele.HintOf(err), "'mdy'") {
		t.Fatalf("%v (%s)", err, clientele.HintOf(err))
	}
	got := load(t, b, path, ingest.Request{Map: []string{"time=date(date,'mdy')"}})
	if got.FirstDay == nil || got.FirstDay.String() != "2015-03-04" || got.LastDay.String() != "2015-05-06" {
		t.Errorf("%+v", got)
	}
}

func TestMappingsOfTheIssue(t *testing.T) {
	b := importBook(t, "USD")
	path := filepath.Join(t.TempDir(), "f.csv")
	put(t, path, []byte("InvoiceNo,Quantity,UnitPrice,CustomerID,InvoiceDate\n1,6,2.55,17850.0,2010-12-01 08:26:00\n2,2,NA,NA,2010-12-02 08:26:00\n3,-1,2.55, 17850,2010-12-03 08:26:00\n"))
	got := load(t, b, path, ingest.Request{Map: []string{"amount=Quantity*nullif(UnitPrice,'NA')", "customer=nullif(CustomerID,'NA')", "unit_price=", "quantity=Quantity"}})
	if got.Loaded != 2 || got.Rejected != 1 {
		t.Fatalf("%+v", got)
	}
	lines, err := b.Records.OrderLines(t.Context(), "17850", clientele.MustDate("2010-12-31"), 0, 10)
	if err != nil || len(lines) != 2 || lines[0].Kind != clientele.Refund || lines[1].Amount.String() != "15.30" {
		t.Errorf("%+v %v", lines, err)
	}
}
