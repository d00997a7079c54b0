package simulate

// What the company sells, where, and what people say. Names hold what real
// exports hold: commas, quotes, line breaks, letters beyond ASCII.

var products = []string{
	"Espresso beans, 1 kg", "Filter coffee \"House blend\"", "Hand grinder", "Moka pot, 6 cups", "Café au lait bowl",
	"Descaler", "Milk jug 0.35 l", "Gift box\n(three roasts)", "Travel mug", "Paper filters, 100", "Barista course", "Kaffeebürste groß",
}

var segments = []string{"Consumer", "Professional", "Hospitality", ""}

var countries = []string{"Germany", "Austria", "Switzerland", "France", "Netherlands", "Türkiye"}

var channels = []struct {
	name string
	cost float64 // mean acquisition cost
}{{"Search", 14}, {"Referral", 6}, {"Marketplace", 11}, {"Social", 18}, {"Shop", 3}}

var joinReasons = map[string]string{
	"Search": "Found by search", "Referral": "Recommended by a friend", "Marketplace": "Price", "Social": "Advertisement", "Shop": "Shop nearby",
}

const lateReason = "Late or failed delivery"

var leaveReasons = []string{"Price against competitor", "Product did not fit", "Moved away", "No longer needed", "Billing error"}

var praise = []string{"All fine, thank you.", "Great coffee, quick delivery", "", "Exactly as described.", "Très bon !"}

var complaint = []string{"Came days after the promised date.", "Late again, and nobody told me.", "", "Had to call twice: \"it is on its way\"", "Zu spät geliefert"}
