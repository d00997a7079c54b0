package api

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
)

// paging is which part of a list is asked for.
type paging struct {
	Limit  *int64 `query:"limit" min:"1" max:"1000" doc:"How many at most; 100 if not given."`
	Cursor string `query:"cursor" max:"200" doc:"Where to go on, as the answer before says. It means nothing else."`

	asked *url.URL
}

// at says what was asked for, so that the address of the next part can be told.
func (p *paging) at(u *url.URL) { p.asked = u }

func (p paging) limit() int {
	if p.Limit == nil {
		return 100
	}
	return int(*p.Limit)
}

// position reads the cursor: what it points at in the list of that name. CodeInvalid if it
// is none of that list.
func (p paging) position(list string) (int64, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	of, number, _ := strings.Cut(string(text), ":")
	n, bad := strconv.ParseInt(number, 10, 64)
	if err != nil || bad != nil || of != list || n < 0 || n > 1<<53 {
		return 0, clientele.Errorf(clientele.CodeInvalid, "the cursor is none of this list").WithHint("Follow the links of the answers, beginning without a cursor.")
	}
	return n, nil
}

// after is the address of the part of a list that begins at a position.
func (p paging) after(list string, position int64) *string {
	q := p.asked.Query()
	q.Set("cursor", base64.RawURLEncoding.EncodeToString([]byte(list+":"+strconv.FormatInt(position, 10))))
	next := p.asked.EscapedPath() + "?" + q.Encode()
	return &next
}

// beyond is the address of the rows after those that are shown from a position on; nil at
// the end of all that there are.
func (p paging) beyond(list string, from int64, shown int, all int64) *string {
	end := from + int64(shown)
	if shown == 0 || end >= all {
		return nil
	}
	return p.after(list, end)
}

// page is a part of a list.
type page[T any] struct {
	Items []T     `json:"items" never:"null"`
	Next  *string `json:"next" doc:"Where the next part of the list is; null at its end."`
}

func (p page[T]) nextPage() *string { return p.Next }

// pageOf is the part of a whole list that is asked for.
func pageOf[T any](p paging, list string, all []T, err error) (answer[page[T]], error) {
	if err != nil {
		return answer[page[T]]{}, err
	}
	from, err := p.position(list)
	if err != nil {
		return answer[page[T]]{}, err
	}
	begin := min(int(from), len(all))
	end := min(begin+p.limit(), len(all))
	out := page[T]{Items: append([]T{}, all[begin:end]...)}
	if end < len(all) {
		out.Next = p.after(list, int64(end))
	}
	return answer[page[T]]{body: out}, nil
}
