package api

import (
	"context"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/warehouse"
)

const aboutData = "Data"

// theImport is the accepted file that an address names.
type theImport struct {
	Sequence int64 `path:"sequence" min:"1" max:"1000000000" doc:"The sequence of the import."`
}

func addData(a *API) {
	register(a, policy.ReadData, operation{
		name: "listImports", pattern: "GET " + root + "/imports", about: aboutData, says: "The accepted files, the latest first.",
	}, func(ctx context.Context, in *paging) (answer[page[clientele.ImportRef]], error) {
		all, err := a.Book.Imports(ctx)
		all = slices.Clone(all)
		slices.Reverse(all)
		return pageOf(*in, "imports", all, err)
	})
	register(a, policy.ReadData, operation{
		name: "getImport", pattern: "GET " + root + "/imports/{sequence}", about: aboutData, says: "An accepted file.",
	}, func(ctx context.Context, in *theImport) (answer[clientele.ImportRef], error) {
		return only(a.theImport(ctx, in.Sequence))
	})
	register(a, policy.ReadRejects, operation{
		name: "listRejects", pattern: "GET " + root + "/imports/{sequence}/rejects", about: aboutData,
		says: "The rows of an accepted file that were not loaded, in the order of the file.",
	}, a.listRejects)
}

func (a *API) theImport(ctx context.Context, sequence int64) (clientele.ImportRef, error) {
	imports, err := a.Book.Imports(ctx)
	if err != nil {
		return clientele.ImportRef{}, err
	}
	i := slices.IndexFunc(imports, func(im clientele.ImportRef) bool { return im.Sequence == sequence })
	if i < 0 {
		return clientele.ImportRef{}, clientele.Errorf(clientele.CodeNotFound, "there is no import %d", sequence).WithHint("GET /api/v1/imports lists all.")
	}
	return imports[i], nil
}

func (a *API) listRejects(ctx context.Context, in *struct {
	theImport
	paging
},
) (answer[page[warehouse.Reject]], error) {
	var got answer[page[warehouse.Reject]]
	from, err := in.position("rejects")
	if err != nil {
		return got, err
	}
	im, err := a.theImport(ctx, in.Sequence)
	if err != nil {
		return got, err
	}
	batches, err := a.Records.Loaded(ctx)
	got.body.Items = []warehouse.Reject{}
	i := slices.IndexFunc(batches, func(b warehouse.LoadedBatch) bool { return b.Sequence == im.Sequence })
	if err != nil || i < 0 { // kept, not loaded: nothing is rejected yet
		return got, err
	}
	n := int64(0)
	for x, err := range a.Records.Rejects(ctx, batches[i].ID) {
		if err != nil {
			return got, err
		}
		if n++; n <= from {
			continue
		}
		if len(got.body.Items) == in.limit() {
			got.body.Next = in.after("rejects", n-1)
			break
		}
		got.body.Items = append(got.body.Items, x)
	}
	return got, nil
}
