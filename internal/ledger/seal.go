package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/clientele/clientele"
)

// Seal gives the text to keep of what people signed, and its hash. The text is the JSON of
// v, an object without a hash field, without white space, and with the hash as its last
// field. What was hashed is that text without the field.
func Seal(v any) (text []byte, hash string, err error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, "", clientele.Errorf(clientele.CodeInternal, "what was signed cannot be written").Because(err)
	}
	text = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	hash = Hash(text)
	return append(text[:len(text)-1], ending(hash)...), hash, nil
}

// Hash is the SHA-256 of a text, in hexadecimal.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// ending is how a kept text ends.
func ending(hash string) []byte { return []byte(`,"hash":"` + hash + `"}`) }

// Unseal reads a kept text into v. CodeInvalid if it is not, to the byte, what was sealed.
func Unseal(text []byte, v any) error {
	damaged := clientele.Errorf(clientele.CodeInvalid, "its text has changed since it was signed").WithHint("Restore the book from a backup.")
	cut := len(text) - len(ending(Hash(nil)))
	if cut < 0 {
		return damaged
	}
	if !bytes.Equal(text[cut:], ending(Hash(append(bytes.Clone(text[:cut]), '}')))) {
		return damaged
	}
	if err := json.Unmarshal(text, v); err != nil {
		return damaged.Because(err)
	}
	return nil
}
