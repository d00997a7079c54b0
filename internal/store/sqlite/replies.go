package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// Reply implements store.Replies.
func (s *Store) Reply(ctx context.Context, actor, key string, since time.Time) (store.Reply, bool, error) {
	r := store.Reply{Actor: actor, Key: key}
	var at int64
	err := s.on(ctx).QueryRowContext(ctx, queries.Text("reply.get"), actor, key, since.UnixMilli()).
		Scan(&r.Request, &r.Status, &r.Location, &r.ETag, &r.Body, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return store.Reply{}, false, nil
	}
	r.At = time.UnixMilli(at).UTC()
	return r, err == nil, failure(err)
}

// KeepReply implements store.Replies.
func (s *Store) KeepReply(ctx context.Context, r store.Reply) error {
	return s.run(ctx, "reply.put", r.Actor, r.Key, r.Request, r.Status, r.Location, r.ETag, string(r.Body), r.At.UnixMilli())
}

// ForgetReplies implements store.Replies.
func (s *Store) ForgetReplies(ctx context.Context, before time.Time) error {
	return s.run(ctx, "reply.forget", before.UnixMilli())
}
