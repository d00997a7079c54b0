package ingest

import (
	"context"

	"github.com/clientele/clientele"
)

// Inspect tells what a file looks like and how Import would read it. work is a
// directory for prepared copies ("" is the system's); nothing remains in it. A
// file that cannot be read at all is CodeInvalid; what merely stops an import is
// told in Problems.
func Inspect(ctx context.Context, path, work string, r Request) (Inspection, error) {
	return Inspection{}, clientele.Errorf(clientele.CodeInternal, "inspect is being built")
}
