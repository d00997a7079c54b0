package ui

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

// dataPage is where files come in, and what came.
type dataPage struct {
	frame
	Imports []importRow
	Ask     string // whom to ask, of a reader who may not import
}

// importRow is one accepted file.
type importRow struct {
	Name, Kind, Source, State, At string
	SHA, ShortSHA                 string
	Rows, Rejected                string
	Loaded                        bool
	Href                          string
}

func importHref(sequence int64) string { return fmt.Sprintf("/data/imports/%d", sequence) }

func (s *Site) data(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	imports, err := s.Book.Imports(r.Context())
	if err != nil {
		return err
	}
	p := dataPage{frame: s.frame(v, "data", "Data"), Ask: v.ask(policy.ImportData)}
	for _, im := range slices.Backward(imports) {
		p.Imports = append(p.Imports, v.importRow(im))
	}
	return s.show(w, http.StatusOK, "data", p)
}

func (v visit) importRow(im clientele.ImportRef) importRow {
	return importRow{
		Name: im.Name, Kind: string(im.Kind), Source: im.Source, State: im.State, Loaded: im.State == "loaded",
		At: v.instant(im.At), SHA: im.SHA256, ShortSHA: shortHash(im.SHA256),
		Rows: v.int(im.Rows), Rejected: v.int(im.Rejected), Href: importHref(im.Sequence),
	}
}

// upload takes a file in and leads to how it would be read.
func (s *Site) upload(w http.ResponseWriter, r *http.Request) error {
	token, err := s.uploads.save(r)
	if err != nil {
		return err
	}
	http.Redirect(w, r, uploadHref(token), http.StatusSeeOther)
	return nil
}

func uploadHref(token string) string { return UploadPath + "/" + token }

// discard is the undo before an import.
func (s *Site) discard(w http.ResponseWriter, r *http.Request) error {
	if err := s.uploads.Discard(r.PathValue("token")); err != nil {
		return err
	}
	http.Redirect(w, r, "/data", http.StatusSeeOther)
	return nil
}

// importOf finds an accepted file by the sequence in the address.
func (s *Site) importOf(r *http.Request) (clientele.ImportRef, error) {
	imports, err := s.Book.Imports(r.Context())
	if err != nil {
		return clientele.ImportRef{}, err
	}
	sequence, err := strconv.ParseInt(r.PathValue("sequence"), 10, 64)
	i := slices.IndexFunc(imports, func(im clientele.ImportRef) bool { return err == nil && im.Sequence == sequence })
	if i < 0 {
		return clientele.ImportRef{}, clientele.Errorf(clientele.CodeNotFound, "there is no import %s", r.PathValue("sequence")).
			WithHint("The data page lists all imports.")
	}
	return imports[i], nil
}
