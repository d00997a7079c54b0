package ingest

import (
	"slices"
	"strings"
	"unicode"

	"github.com/clientele/clientele"
	"golang.org/x/text/unicode/norm"
)

// fold makes names comparable: small letters without accents, words apart by
// one blank. CustomerID, customer_id and "Customer Id" are one.
func fold(name string) string {
	var b strings.Builder
	var last rune
	runes := []rune(norm.NFD.String(name))
	for i, r := range runes {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(last) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(last)):
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
		if last = r; r == 'ß' {
			last = 's'
		}
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "ß", "ss")), " ")
}

// synonyms are the names that columns have for a field, folded, surest first:
// English, German, French, Spanish, Portuguese.
var synonyms = map[clientele.Kind]map[string][]string{
	clientele.Transactions: {
		"customer": customerNames,
		"order": {"order id", "order number", "order no", "order", "invoice no", "invoice number", "invoice id", "invoice", "transaction id", "receipt id", "receipt number", "sales order", "charge id",
			"bestellnummer", "auftragsnummer", "rechnungsnummer", "belegnummer", "bestellung", "numero commande", "commande", "numero de commande", "facture", "numero facture", "pedido", "numero pedido", "numero de pedido", "factura", "id pedido", "nota fiscal"},
		"line": {"order item id", "line id", "line number", "line item id", "line no", "line", "item number", "position", "bestellposition", "ligne", "linea", "linha", "item"},
		"time": {"order purchase timestamp", "purchase timestamp", "order date", "invoice date", "transaction date", "purchase date", "sale date", "created at", "order time", "timestamp", "date time", "datetime", "paid at", "created date", "date created", "date", "created", "time", "day",
			"bestelldatum", "rechnungsdatum", "kaufdatum", "buchungsdatum", "datum", "date commande", "date de commande", "date achat", "date facture", "fecha", "fecha pedido", "fecha compra", "data pedido", "data do pedido", "data compra", "data"},
		"quantity":   {"quantity", "qty", "units", "number of units", "item quantity", "pieces", "menge", "anzahl", "stueckzahl", "stuckzahl", "quantite", "qte", "cantidad", "quantidade", "qtd"},
		"unit_price": {"unit price", "price per unit", "item price", "price each", "unitprice", "stueckpreis", "stuckpreis", "einzelpreis", "prix unitaire", "precio unitario", "preco unitario", "price", "preis", "prix", "precio", "preco"},
		"amount": {"amount", "net amount", "line amount", "line total", "net total", "total amount", "order total", "revenue", "sales", "net sales", "sales amount", "spend", "dollar value", "value", "total", "total price", "grand total", "gift amount", "donation amount", "monetary",
			"betrag", "nettobetrag", "umsatz", "summe", "gesamtbetrag", "gesamt", "montant", "montant ht", "chiffre affaires", "importe", "monto", "importe total", "valor", "valor total", "price", "preis", "prix", "precio", "preco"},
		"cost":     {"cost", "unit cost", "cogs", "cost of goods", "fee", "kosten", "einstandspreis", "cout", "coste", "costo", "custo"},
		"currency": {"currency", "currency code", "waehrung", "wahrung", "devise", "moneda", "moeda"},
		"product": {"product id", "product", "product name", "sku", "stock code", "item name", "article", "description", "item id", "product code",
			"artikelnummer", "artikel", "produkt", "produit", "producto", "produto"},
		"channel": {"channel", "sales channel", "source channel", "store", "shop", "vertriebskanal", "kanal", "filiale", "canal", "magasin", "tienda", "loja"},
		"kind":    {"line kind", "transaction type", "line type"},
	},
	clientele.Customers: {"customer": customerNames},
	clientele.Subscriptions: {
		"customer":         customerNames,
		"subscription":     {"subscription id", "subscription", "contract id", "contract number", "vertragsnummer", "vertrag", "abonnement", "suscripcion", "assinatura"},
		"start":            {"start date", "start", "started at", "subscription start", "contract start", "valid from", "begin", "begin date", "current period start", "startdatum", "vertragsbeginn", "beginn", "date debut", "debut", "fecha inicio", "inicio", "data inicio"},
		"end":              {"end date", "end", "ended at", "subscription end", "contract end", "valid to", "valid until", "cancelled at", "canceled at", "expires at", "enddatum", "vertragsende", "ende", "date fin", "fin", "fecha fin", "data fim", "fim"},
		"known_from":       {"known from", "observed from", "migrated at", "migration date"},
		"plan":             {"plan", "plan name", "plan id", "product", "tier", "package", "tarif", "paket", "formule", "plano"},
		"recurring_amount": {"recurring amount", "mrr", "monthly amount", "monthly charges", "monthly charge", "monthly price", "plan amount", "amount", "price", "monatsbetrag", "betrag", "montant mensuel", "montant", "importe mensual", "valor mensal"},
		"recurring_period": {"recurring period", "billing period", "interval", "billing interval", "billing cycle", "period", "abrechnungszeitraum", "periode", "periodo"},
		"cancel_reason":    {"cancel reason", "cancellation reason", "churn reason", "reason", "kuendigungsgrund", "kundigungsgrund", "motif", "motivo"},
		"voluntary":        {"voluntary", "voluntary churn", "freiwillig", "volontaire", "voluntario"},
	},
	clientele.Interactions: {
		"interaction": {"interaction id", "event id", "ticket id", "unique key", "request id", "call id", "incident id", "delivery id", "order id", "contact id", "message id"},
		"customer":    append(customerNames[:len(customerNames):len(customerNames)], "requester id", "caller id", "requester"),
		"case":        {"case id", "case", "ticket", "ticket number", "case number", "case concept name", "matter", "fall", "vorgang", "dossier", "caso"},
		"touchpoint":  {"touchpoint", "touch point", "stage", "kontaktpunkt", "point de contact"},
		"kind":        {"activity", "event", "event type", "complaint type", "interaction type", "type", "category", "contact type", "subject", "vorgangsart", "typ", "tipo"},
		"time": {"created date", "created at", "start time", "opened at", "start date", "event time", "timestamp", "order purchase timestamp", "contact date", "date time", "datetime", "created", "open date", "date", "time",
			"erstellt am", "datum", "cree le", "fecha", "data"},
		"end":      {"closed date", "complete time", "closed at", "end time", "resolved at", "resolution date", "ended at", "closed", "solved at", "geschlossen am", "ferme le"},
		"promised": {"promised", "promised at", "promised date", "order estimated delivery date", "estimated delivery date", "estimated delivery", "expected delivery date", "due date", "due at", "zugesagt", "liefertermin", "date promise"},
		"actual":   {"order delivered customer date", "delivered customer date", "delivered at", "delivery date", "delivered date", "actual delivery date", "actual", "geliefert am", "livre le", "fecha entrega", "data entrega"},
		"outcome":  {"outcome", "order status", "status", "result", "resolution", "ergebnis", "resultat", "estado"},
		"problem":  {"problem", "problem kind", "issue", "defect", "issue type", "descriptor", "stoerung", "storung", "probleme", "problema"},
		"channel":  {"channel", "contact channel", "via", "open data channel type", "medium", "kanal", "canal"},
		"agent":    {"agent", "agent id", "assignee", "assignee id", "handled by", "bearbeiter", "agency", "resource", "org resource"},
	},
	clientele.Feedback: {
		"response":   {"response id", "review id", "answer id", "survey id", "feedback id", "respondent id", "respnum", "tweet id", "comment id", "antwort id"},
		"customer":   customerNames,
		"order":      {"order id", "order number", "order", "bestellnummer", "pedido"},
		"time":       {"recorded date", "submit date utc", "review answer timestamp", "answered at", "response date", "submitted at", "end date", "review date", "completed at", "tweet created", "review creation date", "created at", "survey date", "timestamp", "date", "interview date", "datum", "fecha", "data"},
		"touchpoint": {"touchpoint", "topic", "subject", "thema", "sujet"},
		"instrument": {"instrument", "survey type", "question type"},
		"score":      {"score", "review score", "rating", "nps", "nps score", "csat", "ces", "netpro", "stars", "satisfaction score", "bewertung", "note", "puntuacion", "nota", "avaliacao"},
		"scale_min":  {"scale min"},
		"scale_max":  {"scale max"},
		"text":       {"review comment message", "comment", "comments", "review text", "text", "feedback", "message", "answer", "review", "verbatim", "kommentar", "commentaire", "comentario"},
		"weight":     {"weight", "survey weight", "gewicht", "poids", "peso"},
		"language":   {"language", "user language", "lang", "sprache", "langue", "idioma"},
	},
	clientele.Reasons: {
		"customer":   customerNames,
		"date":       {"date", "reason date", "created at", "day", "datum", "fecha", "data"},
		"direction":  {"direction", "richtung", "sens", "direccion", "direcao"},
		"reason":     {"reason", "churn reason", "cancel reason", "grund", "raison", "motif", "motivo", "razon"},
		"source":     {"source", "said by", "quelle", "fuente", "fonte"},
		"confidence": {"confidence", "certainty", "sicherheit", "confiance", "confianza", "confianca"},
	},
	clientele.Movements: {
		"period":        {"period", "period end", "quarter end", "month end", "date", "stichtag"},
		"opening":       {"opening", "opening customers", "opening subscribers"},
		"added":         {"added", "gross additions", "gross adds", "additions"},
		"lost":          {"lost", "losses", "disconnects"},
		"monthly_churn": {"monthly churn", "churn rate", "average monthly churn"},
		"closing":       {"closing", "closing customers", "closing subscribers", "subscribers"},
	},
}

// customerNames: the person before the account, the account before the address.
var customerNames = []string{
	"customer unique id", "customer id", "customer", "client id", "client", "customer no", "customer number", "customer code", "cust id", "cust", "user id", "account id", "member id", "donor id", "buyer id", "shopper id",
	"contact id", "customer email", "billing email", "email", "e mail", "email address", "kundennummer", "kunden id", "kunden nr", "kundennr", "kunde", "id client", "numero client", "client no", "code client", "cliente", "id cliente", "cliente id", "numero cliente", "codigo cliente", "customer name",
}

// describing are names of attributes that only a list of customers has.
var describing = []string{
	"city", "state", "country", "region", "zip", "zip code", "postal code", "zip code prefix", "gender", "age", "birth", "segment", "first name", "last name", "phone", "address", "street", "acquisition", "acquisition channel", "acquisition cost",
	"company", "industry", "company size", "created", "joined", "customer since", "language", "birthday", "income", "marital status", "title", "group", "category", "channel", "signup", "sign up", "tier", "loyalty", "senior citizen", "partner", "dependents", "tenure", "contract", "customer type", "stadt", "ort", "land", "plz", "geschlecht", "alter", "ville", "pays", "code postal", "sexe", "ciudad", "pais", "genero", "edad", "cidade", "estado", "sexo", "idade",
}

// knownNames counts the cells that name a field of any kind.
func knownNames(header []string) int {
	n := 0
	for _, cell := range header {
		if isSynonym[fold(cell)] {
			n++
		}
	}
	return n
}

// isSynonym has every synonym.
var isSynonym = allSynonyms()

func allSynonyms() map[string]bool {
	all := map[string]bool{}
	for _, byField := range synonyms {
		for _, names := range byField {
			for _, name := range names {
				all[name] = true
			}
		}
	}
	return all
}

// otherMoney are words in the names of sums that are no line's amount.
var otherMoney = []string{"freight", "shipping", "tax", "taxes", "vat", "discount", "fee", "refund", "refunded", "balance", "tip", "versand", "steuer", "rabatt", "frete", "envio"}

func isOtherMoney(folded string) bool {
	return slices.ContainsFunc(strings.Fields(folded), func(word string) bool { return slices.Contains(otherMoney, word) })
}

// nameScore says how surely a column's name means a field: exactly a synonym, or
// one with more words round it.
func nameScore(folded string, names []string) float64 {
	best := 0.0
	for rank, name := range names {
		score := 0.0
		switch {
		case folded == name:
			score = 0.95
		case strings.HasSuffix(folded, " "+name) || strings.HasPrefix(folded, name+" "):
			score = 0.7
		}
		best = max(best, score-0.004*float64(rank))
	}
	return best
}
