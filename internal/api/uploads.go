package api

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/work"
)

// previewRows is how many rows are shown before an import.
const previewRows = 20

// upload is a file that waits for its mapping.
type upload struct {
	Token string `json:"token" doc:"Opens it; keep it to yourself."`
	Name  string `json:"name"`
	Size  int64  `json:"size" doc:"Bytes."`
}

// theUpload is the one that an address names.
type theUpload struct {
	Token string `path:"token" max:"100" doc:"The token of the upload."`
}

// inspectIn is how a file is to be read.
type inspectIn struct {
	theUpload
	Kind   clientele.Kind `query:"kind" doc:"What the rows are; proposed from the file if not given."`
	Map    []string       `query:"map" max:"100" doc:"field=EXPRESSION, over what is proposed; field= leaves a field empty."`
	Source string         `query:"source" max:"100" doc:"The system that the file is from."`
}

// inspected is how a file would be read, with its first rows as they would be loaded.
type inspected struct {
	ingest.Inspection
	Preview []map[string]*string `json:"preview" never:"null" doc:"The first rows, by field; rejected says why a row would not be loaded."`
	Why     string               `json:"why,omitempty" doc:"Why there is no preview."`
}

// importing is how a file is to be imported.
type importing struct {
	Kind    clientele.Kind `json:"kind,omitempty" doc:"What the rows are; proposed from the file if not given."`
	Map     []string       `json:"map,omitempty" max:"100" doc:"field=EXPRESSION, over what is proposed; field= leaves a field empty."`
	Source  string         `json:"source,omitempty" max:"100" doc:"The system that the file is from."`
	Strict  bool           `json:"strict,omitempty" doc:"Keep nothing if a row is rejected."`
	Replace bool           `json:"replace,omitempty" doc:"Give a file that is in the book already this mapping, and build the records anew."`
}

func addUploads(a *API) {
	register(a, policy.ImportData, operation{
		name: "uploadFile", pattern: "POST " + UploadPath, about: aboutData, status: http.StatusCreated, takes: "application/octet-stream", alone: true,
		says: "Takes a file in, to be looked at and imported.",
		more: "The body is the file as it is: CSV, JSON Lines, Parquet or XLSX, packed or not. It waits for a week.",
	}, a.upload)
	register(a, policy.ImportData, operation{
		name: "inspectUpload", pattern: "GET " + UploadPath + "/{token}", about: aboutData,
		says: "How a file that waits would be read, with its first rows as they would be loaded.",
	}, a.inspect)
	register(a, policy.ImportData, operation{
		name: "importUpload", pattern: "POST " + UploadPath + "/{token}/import", about: aboutData, status: http.StatusAccepted,
		says: "Imports a file that waits, as a job.",
	}, a.importUpload)
	register(a, policy.ImportData, operation{
		name: "discardUpload", pattern: "DELETE " + UploadPath + "/{token}", about: aboutData, says: "Forgets a file that waits.",
	}, func(_ context.Context, in *theUpload) (answer[none], error) {
		return answer[none]{}, a.Uploads.Discard(in.Token)
	})
}

func (a *API) upload(_ context.Context, in *struct {
	Name string `query:"name" required:"true" min:"1" max:"200" doc:"What the file is called; its ending says what it may be."`
	Body io.ReadCloser
},
) (answer[upload], error) {
	name := in.Name[strings.LastIndexAny(in.Name, `/\`)+1:]
	token, size, err := a.Uploads.Save(name, in.Body)
	if err != nil {
		return answer[upload]{}, err
	}
	return answer[upload]{body: upload{token, name, size}, location: place(UploadPath+"/%s", token)}, nil
}

// of is the import of an upload.
func (in importing) of(token, name string) work.Import {
	return work.Import{Token: token, Name: name, Kind: in.Kind, Map: in.Map, Source: in.Source, Strict: in.Strict, Replace: in.Replace}
}

func (a *API) inspect(ctx context.Context, in *inspectIn) (answer[inspected], error) {
	name, err := a.Uploads.Name(in.Token)
	if err != nil {
		return answer[inspected]{}, err
	}
	r := importing{Kind: in.Kind, Map: in.Map, Source: in.Source}.of(in.Token, name).Request()
	got, err := a.Importer.Inspect(ctx, a.Uploads.Path(in.Token), r)
	if err != nil {
		return answer[inspected]{}, err
	}
	out := inspected{Inspection: got, Preview: []map[string]*string{}}
	// What stops the first rows is told in their place, for the mapping to be corrected.
	if rows, err := a.Importer.Preview(ctx, a.Uploads.Path(in.Token), r, previewRows); err != nil {
		out.Why = strings.TrimSpace(err.Error() + ". " + clientele.HintOf(err))
	} else if rows != nil {
		out.Preview = rows
	}
	return only(out, nil)
}

func (a *API) importUpload(ctx context.Context, in *struct {
	theUpload
	Body importing
},
) (answer[job], error) {
	name, err := a.Uploads.Name(in.Token)
	if err != nil {
		return answer[job]{}, err
	}
	return added(a.Work.Import(ctx, in.Body.of(in.Token, name)))
}
