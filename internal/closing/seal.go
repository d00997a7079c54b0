package closing

import (
	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ledger"
)

// seal gives a close its hash, and the text to keep: the JSON of the close without white
// space, as commands print it but for that, of which the hash is the last field. What was
// hashed is that text without the field.
func seal(c clientele.Close) (clientele.Close, []byte, error) {
	c.Hash = ""
	text, hash, err := ledger.Seal(c)
	c.Hash = hash
	return c, text, err
}

// unseal reads a kept text. CodeInvalid if it is not, to the byte, what was sealed.
func unseal(text []byte) (c clientele.Close, err error) {
	err = ledger.Unseal(text, &c)
	return c, err
}
