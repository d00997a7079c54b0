package closing

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/clientele/clientele"
)

// seal gives a close its hash, and the text to keep: the JSON of the close without white
// space, as commands print it but for that, of which the hash is the last field. What was
// hashed is that text without the field.
func seal(c clientele.Close) (clientele.Close, []byte, error) {
	c.Hash = ""
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return c, nil, clientele.Errorf(clientele.CodeInternal, "the close cannot be written").Because(err)
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	c.Hash = hashOf(text)
	return c, append(text[:len(text)-1], ending(c.Hash)...), nil
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// ending is how a kept text ends.
func ending(hash string) []byte { return []byte(`,"hash":"` + hash + `"}`) }

// unseal reads a kept text. CodeInvalid if it is not, to the byte, what was sealed.
func unseal(text []byte) (c clientele.Close, err error) {
	damaged := clientele.Errorf(clientele.CodeInvalid, "its text has changed since it was closed").WithHint("Restore the book from a backup.")
	cut := len(text) - len(ending(hashOf(nil)))
	if cut < 0 {
		return c, damaged
	}
	hashed := append(bytes.Clone(text[:cut]), '}')
	if !bytes.Equal(text[cut:], ending(hashOf(hashed))) {
		return c, damaged
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, damaged.Because(err)
	}
	return c, nil
}
