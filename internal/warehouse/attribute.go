package warehouse

import (
	"context"

	"github.com/clientele/clientele"
)

// HasAttribute fails with CodeNotFound if the records have no such attribute of customers.
func HasAttribute(ctx context.Context, w Warehouse, attribute string) error {
	names, err := w.Attributes(ctx)
	if err != nil {
		return err
	}
	if _, ok := names[attribute]; !ok {
		return clientele.Errorf(clientele.CodeNotFound, "the records have no customer attribute %q", attribute).
			WithHint("Import a customers file with that column, or choose one of the attributes there are.")
	}
	return nil
}
