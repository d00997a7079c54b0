package ui

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/work"
)

// uploads are files that wait for their mapping, as they come by forms.
type uploads struct{ work.Uploads }

// save keeps the file of a form.
func (u uploads) save(r *http.Request) (token string, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return "", clientele.Errorf(clientele.CodeUsage, "no file came with the request").WithHint("Choose a file on the data page.").Because(err)
	}
	part, err := filePart(form)
	if err != nil {
		return "", err
	}
	token, _, err = u.Save(fileName(part), part)
	return token, err
}

// filePart finds the file among the parts of a form.
func filePart(form *multipart.Reader) (*multipart.Part, error) {
	for {
		part, err := form.NextPart()
		if err == nil && part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
		if errors.Is(err, io.EOF) || err == nil && part.FormName() == "file" {
			return nil, clientele.Errorf(clientele.CodeUsage, "no file was chosen").WithHint("Choose a file, then press Read file.")
		}
		if err != nil {
			return nil, err
		}
	}
}

// fileName is the name without the directories that some browsers and systems send.
func fileName(part *multipart.Part) string {
	name := part.FileName()
	return name[strings.LastIndexAny(name, `/\`)+1:]
}
