package api

import (
	"context"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/policy"
)

// What OpenAPI calls the parts of a description.
type (
	document struct {
		OpenAPI    string                               `json:"openapi"`
		Info       map[string]any                       `json:"info"`
		Servers    []map[string]string                  `json:"servers"`
		Security   []map[string][]string                `json:"security"`
		Tags       []map[string]string                  `json:"tags"`
		Paths      map[string]map[string]*documentedOne `json:"paths"`
		Components components                           `json:"components"`
	}
	components struct {
		Schemas         map[string]*schema        `json:"schemas"`
		SecuritySchemes map[string]map[string]any `json:"securitySchemes"`
	}
	documentedOne struct {
		ID          string                `json:"operationId"`
		Tags        []string              `json:"tags"`
		Summary     string                `json:"summary"`
		Description string                `json:"description,omitempty"`
		Permission  string                `json:"x-permission"`
		Security    []map[string][]string `json:"security,omitempty"`
		Parameters  []parameter           `json:"parameters,omitempty"`
		RequestBody *content              `json:"requestBody,omitempty"`
		Responses   map[string]content    `json:"responses"`
	}
	parameter struct {
		Name        string  `json:"name"`
		In          string  `json:"in"`
		Required    bool    `json:"required,omitempty"`
		Description string  `json:"description,omitempty"`
		Schema      *schema `json:"schema"`
	}
	content struct {
		Description string                        `json:"description,omitempty"`
		Required    bool                          `json:"required,omitempty"`
		Headers     map[string]parameterless      `json:"headers,omitempty"`
		Content     map[string]map[string]*schema `json:"content,omitempty"`
	}
	parameterless struct {
		Description string  `json:"description"`
		Schema      *schema `json:"schema"`
	}
)

const problemType = "application/problem+json"

func addDescription(a *API) {
	register(a, policy.ReadRoles, operation{
		name: "getDescription", pattern: "GET " + root + "/openapi.json", about: "Description", gives: "application/json",
		says: "This description, in OpenAPI 3.1.",
	}, func(context.Context, *none) (answer[written], error) { return answer[written]{body: a.described}, nil })
	register(a, policy.ReadRoles, operation{
		name: "readDescription", pattern: "GET " + root + "/docs", about: "Description", gives: "text/html; charset=utf-8",
		says: "This description, for people.",
	}, func(context.Context, *none) (answer[written], error) { return answer[written]{body: a.docs}, nil })
}

// describe writes the description of all operations, once they are known.
func (a *API) describe() document {
	d := document{
		OpenAPI: "3.1.0",
		Info: map[string]any{
			"title": "Clientele", "version": "1", "summary": "Customers as an asset: stated, explained, and fed.",
			"description": "Amounts are decimal texts in the currency of the book, days are YYYY-MM-DD. Errors are problems after RFC 9457. " +
				"What takes long is answered with 202 and a job; ask again when the job is done. Properties may be added: ignore those that you do not know. " +
				"Anything else changes under another version only; what is to go says so in the header Deprecation for half a year.",
		},
		Servers:  []map[string]string{{"url": "/"}},
		Security: []map[string][]string{{"token": {}}},
		Paths:    map[string]map[string]*documentedOne{},
		Components: components{Schemas: a.types.components, SecuritySchemes: map[string]map[string]any{
			"token": {"type": "http", "scheme": "bearer", "description": "A token of a person or of a service."},
			"name":  {"type": "http", "scheme": "basic", "description": "The token as user name, without password."},
		}},
	}
	problem, pendingJob := a.types.of(reflect.TypeFor[httpd.Problem](), false), a.types.of(reflect.TypeFor[job](), false)
	for _, o := range a.operations {
		if d.Paths[o.path()] == nil {
			d.Paths[o.path()] = map[string]*documentedOne{}
		}
		if !slices.ContainsFunc(d.Tags, func(t map[string]string) bool { return t["name"] == o.about }) {
			d.Tags = append(d.Tags, map[string]string{"name": o.about})
		}
		d.Paths[o.path()][strings.ToLower(o.method())] = o.document(problem, pendingJob)
	}
	return d
}

// document is an operation as OpenAPI has it.
func (o *operation) document(problem, pendingJob *schema) *documentedOne {
	out := &documentedOne{
		ID: o.name, Tags: []string{o.about}, Summary: o.says, Description: o.more, Permission: o.need.Name(), Responses: map[string]content{},
	}
	if o.path() == batchPath {
		out.Security = []map[string][]string{{"token": {}}, {"name": {}}}
	}
	for _, in := range o.inputs {
		if in.name == "Content-Encoding" {
			continue // a matter of how a body is sent, which OpenAPI leaves to HTTP
		}
		s := *in.schema
		s.Description = ""
		out.Parameters = append(out.Parameters, parameter{in.name, in.in, in.required, in.schema.Description, &s})
	}
	if o.method() == http.MethodPost {
		out.Parameters = append(out.Parameters, parameter{idempotencyKey, "header", false,
			"A name for this request: sent again within a day, it is not done again, and has the first answer.", &schema{Type: "string", Pattern: keyPattern.String()}})
	}
	out.RequestBody = o.documentBody()
	for _, status := range o.accepted() {
		out.Responses[strconv.Itoa(status)] = o.documentAnswer(status, pendingJob)
	}
	for status, why := range o.refusals() {
		out.Responses[strconv.Itoa(status)] = content{Description: why, Content: map[string]map[string]*schema{problemType: {"schema": problem}}}
	}
	return out
}

func (o *operation) documentBody() *content {
	switch {
	case o.path() == batchPath:
		items := &schema{Description: "A message as Segment and RudderStack specify them: type, messageId, userId or anonymousId, event, properties, traits, timestamp, sentAt."}
		body := &schema{Type: "object", Required: []string{"batch"}, Properties: map[string]*schema{"batch": {Type: "array", Items: items}, "sentAt": {Description: "When it is sent, by the clock of the sender."}}}
		return &content{Required: true, Content: map[string]map[string]*schema{o.takes: {"schema": body}}}
	case o.takes != "":
		return &content{Required: true, Content: map[string]map[string]*schema{o.takes: {"schema": {}}}}
	case o.body != nil:
		return &content{Required: true, Content: map[string]map[string]*schema{"application/json": {"schema": o.body}}}
	}
	return nil
}

// documentAnswer is a success.
func (o *operation) documentAnswer(status int, pendingJob *schema) content {
	text := func(says string) parameterless { return parameterless{says, &schema{Type: "string"}} }
	c := content{Description: http.StatusText(status), Headers: map[string]parameterless{}}
	body, media := o.answer, o.gives
	if media == "" {
		media = "application/json"
	}
	switch {
	case status == http.StatusAccepted && o.computes:
		c.Description, body, media = "It is being computed by this job; ask again when it is done.", pendingJob, "application/json"
		c.Headers["Retry-After"] = text("Seconds until it is worth asking again.")
		c.Headers["Location"] = text("Where the job is followed.")
	case o.method() == http.MethodGet || o.edits() && status != http.StatusNoContent:
		c.Headers["ETag"] = text("Of this answer; If-None-Match asks whether it still holds.")
	case status == http.StatusCreated || status == http.StatusAccepted:
		c.Headers["Location"] = text("Where it is.")
	}
	if status != http.StatusNoContent {
		if body == nil {
			body = &schema{}
		}
		if strings.HasPrefix(media, "text/") {
			body = &schema{Type: "string"}
		}
		c.Content = map[string]map[string]*schema{strings.TrimSuffix(media, "; charset=utf-8"): {"schema": body}}
	}
	return c
}

// everyRefusal are the statuses that any request may be answered with.
var everyRefusal = map[int]string{
	http.StatusBadRequest:          "The request cannot be read.",
	http.StatusUnauthorized:        "Nobody is known to ask: the token is missing, not one, or has ended.",
	http.StatusForbidden:           "Who asks may not.",
	http.StatusNotAcceptable:       "No type of answer that there is was asked for.",
	http.StatusUnprocessableEntity: "What is asked for cannot be.",
	http.StatusTooManyRequests:     "Asked too often; Retry-After says when to try again.",
	http.StatusServiceUnavailable:  "Not now; try again.",
	http.StatusInternalServerError: "A defect, or a fault of the machine.",
}

// refusals are the statuses of errors with their reasons.
func (o *operation) refusals() map[int]string {
	all := maps.Clone(everyRefusal)
	all[http.StatusNotFound] = "There is no such thing."
	if o.method() != http.MethodGet {
		all[http.StatusConflict] = "What is there stands against it, or the Idempotency-Key was sent with another request."
		all[http.StatusInsufficientStorage] = "The disk is full."
	}
	if o.body != nil || o.takes != "" {
		all[http.StatusRequestEntityTooLarge] = "The body is too large."
		all[http.StatusUnsupportedMediaType] = "The body is of another type."
		all[http.StatusRequestTimeout] = "The body took too long to arrive."
	}
	if o.edits() {
		all[http.StatusPreconditionFailed] = "It was changed since it was read."
		all[http.StatusPreconditionRequired] = "If-Match is missing."
	}
	return all
}
