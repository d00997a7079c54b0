package ingest

import (
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/shareddata"
	"github.com/google/go-cmp/cmp"
)

func TestFold(t *testing.T) {
	for name, want := range map[string]string{
		"CustomerID": "customer id", "customer_id": "customer id", " Customer Id ": "customer id", "InvoiceNo": "invoice no", "Montant (HT)": "montant ht",
		"Número pedido": "numero pedido", "Straße": "strasse", "org:resource": "org resource", "HTTPCode": "http code", "Größe": "grosse",
	} {
		if got := fold(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func mappingOf(in Inspection) map[string]string {
	out := map[string]string{}
	for _, f := range in.Mapping {
		out[f.Field] = f.Expression
	}
	return out
}

func TestProposals(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		kind clientele.Kind
		want map[string]string
	}{
		"UCI retail": {"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850,UK\n536366,85123A,HEART,2,2010-12-01 08:28:00,2.55,17851,UK\n",
			clientele.Transactions, map[string]string{"customer": "CustomerID", "order": "InvoiceNo", "time": "InvoiceDate", "quantity": "Quantity", "unit_price": "UnitPrice", "product": "StockCode"}},
		"German": {"Kundennummer;Bestellnummer;Bestelldatum;Menge;Einzelpreis\n1;7;05.01.2024;2;9,99\n2;8;25.01.2024;1;5,00\n",
			clientele.Transactions, map[string]string{"customer": "Kundennummer", "order": "Bestellnummer", "time": "Bestelldatum", "quantity": "Menge", "unit_price": "Einzelpreis"}},
		"French": {"id_client;numéro commande;date commande;montant\n1;7;2024-01-05;9,99\n2;8;2024-01-06;5,00\n",
			clientele.Transactions, map[string]string{"customer": "id_client", "order": `"numéro commande"`, "time": `"date commande"`, "amount": "montant"}},
		"Spanish": {"cliente,pedido,fecha,importe\n1,7,2024-01-05,9.99\n2,8,2024-01-06,5\n",
			clientele.Transactions, map[string]string{"customer": "cliente", "order": "pedido", "time": "fecha", "amount": "importe"}},
		"Portuguese": {"id_cliente,numero_pedido,data_pedido,valor_total\n1,7,2024-01-05,9.99\n2,8,2024-01-06,5\n",
			clientele.Transactions, map[string]string{"customer": "id_cliente", "order": "numero_pedido", "time": "data_pedido", "amount": "valor_total"}},
		"missing markers": {"customer_id,date,amount\n1,2024-01-05,9.99\nNA,2024-01-06,NA\n",
			clientele.Transactions, map[string]string{"customer": "nullif(customer_id, 'NA')", "time": "date", "amount": "number(nullif(amount, 'NA'))"}},
		"one of two values is bad": {"customer,order,date,amount\nA,1,2024-01-01,10\nB,2,2024-01-02,oops\n",
			clientele.Transactions, map[string]string{"customer": "customer", "order": "order", "time": "date", "amount": "amount"}},
		"one of two days is bad": {"customer,order,date,amount\nA,1,2024-01-01,10\nB,2,soon,5\n",
			clientele.Transactions, map[string]string{"customer": "customer", "order": "order", "time": "date", "amount": "amount"}},
		"days, local times and instants": {"customer,order,time,amount\nA,1,2024-03-30 23:30:00,1\nB,2,2024-03-30T23:30:00Z,1\nC,3,2024-03-31,1\n",
			clientele.Transactions, map[string]string{"customer": "customer", "order": "order", "time": "time", "amount": "amount"}},
		"customers": {"customer_id,segment,country\n1,gold,DE\n2,basic,FR\n", clientele.Customers, map[string]string{"customer": "customer_id"}},
		"subscriptions": {"customer_id,plan,start_date,end_date,mrr\n1,pro,2024-01-05,2024-03-05,9.99\n2,pro,2024-01-05,,9.99\n",
			clientele.Subscriptions, map[string]string{"customer": "customer_id", "plan": "plan", "start": "start_date", "end": "end_date", "recurring_amount": "mrr"}},
		"nps survey": {"response_id,customer_id,submitted_at,nps,comment\nr1,1,2024-01-05 10:00:00,10,good\nr2,2,2024-01-06 10:00:00,0,bad\n",
			clientele.Feedback, map[string]string{"response": "response_id", "customer": "customer_id", "time": "submitted_at", "score": "nps", "text": "comment", "instrument": "'nps'", "scale_min": "0", "scale_max": "10"}},
		"reasons": {"customer_id,date,direction,reason\n1,2024-01-05,out,price\n2,2024-01-06,in,friend\n",
			clientele.Reasons, map[string]string{"customer": "customer_id", "date": "date", "direction": "direction", "reason": "reason"}},
		"price without quantity": {"customer_id,order_id,order_date,price,freight_value\n1,a,2024-01-05,9.99,1\n2,b,2024-01-06,5,1\n",
			clientele.Transactions, map[string]string{"customer": "customer_id", "order": "order_id", "time": "order_date", "amount": "price"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := inspectText(t, "f.csv", c.text, Request{})
			if in.Kind != c.kind || !in.Importable {
				t.Errorf("%s %.2f %+v", in.Kind, in.KindConfidence, in.Problems)
			}
			if diff := cmp.Diff(c.want, mappingOf(in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What the real files are taken for. "" is: told that it cannot be told, for
// they are aggregates, lists, or lack what records need.
func TestProposalsOfSharedData(t *testing.T) {
	for name, c := range map[string]struct {
		kind clientele.Kind
		want string // field=expression, some of them
	}{
		"cdnow/CDNOW_master.txt":                                    {clientele.Transactions, "customer=customer_id & time=date & amount=dollar_value"},
		"cdnow/CDNOW_sample.txt":                                    {"", ""},
		"btydplus_grocery/groceryElog.csv":                          {"", ""},
		"olist_stratified_8k/olist_customers_dataset.csv":           {clientele.Customers, "customer=customer_unique_id"},
		"olist_stratified_8k/olist_orders_dataset.csv":              {clientele.Interactions, "interaction=order_id & customer=customer_id & touchpoint='delivery' & time=order_purchase_timestamp & promised=order_estimated_delivery_date & actual=order_delivered_customer_date & outcome=order_status"},
		"olist_stratified_8k/olist_order_items_dataset.csv":         {clientele.Transactions, "order=order_id & line=order_item_id & time=shipping_limit_date & amount=price & product=product_id"},
		"olist_stratified_8k/olist_order_reviews_dataset.csv":       {clientele.Feedback, "order=order_id & time=review_answer_timestamp & score=review_score & scale_max=5 & text=review_comment_message"},
		"olist_stratified_8k/olist_order_payments_dataset.csv":      {"", ""},
		"olist_stratified_8k/olist_products_dataset.csv":            {"", ""},
		"olist_stratified_8k/olist_sellers_dataset.csv":             {"", ""},
		"olist_stratified_8k/olist_geolocation_dataset.csv":         {"", ""},
		"olist_stratified_8k/product_category_name_translation.csv": {"", ""},
		"helpdesk_log/Helpdesk_variantA.csv":                        {clientele.Interactions, "case=case & time=startTime & end=completeTime & kind=Activity"},
		"nyc311_animals/311_Animals_short.csv":                      {clientele.Interactions, `interaction="Unique Key" & time="Created Date" & end="Closed Date" & kind="Complaint Type"`},
		"airline_tweets/Tweets_intact_ids_6cols.csv":                {clientele.Feedback, "response=tweet_id & time=tweet_created & text=text"},
		"telco_churn/Telco_customer_churn.csv":                      {clientele.Customers, "customer=CustomerID"},
		"sfo_survey_2017/2017_SFO_Customer_Survey_20250817.csv":     {"", ""},
		"airline_satisfaction/airline_satisfaction_test.csv":        {"", ""},
		"dish_subscribers/dish_add_loss_end.csv":                    {"", ""},
		"donations_1995_cohort/1995_cohort_binary.csv":              {"", ""},
		"retention_tables/hardie-sample-retention.csv":              {"", ""},
		"published/prop99.csv":                                      {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := Inspect(t.Context(), shareddata.Path(t, name), t.TempDir(), Request{})
			if err != nil {
				t.Fatal(err)
			}
			if in.Kind != c.kind || in.Importable != (c.kind != "") {
				t.Fatalf("%q %.2f %+v", in.Kind, in.KindConfidence, in.Problems)
			}
			got := mappingOf(in)
			for _, pair := range strings.Split(c.want, " & ") {
				field, want, ok := strings.Cut(pair, "=")
				if ok && got[field] != want {
					t.Errorf("%s=%s, want %s", field, got[field], want)
				}
			}
			if c.kind == "" && in.Problems[0].Hint == "" {
				t.Errorf("%+v", in.Problems)
			}
		})
	}
}
