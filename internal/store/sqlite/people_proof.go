package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AddSession implements store.People.
func (s *Store) AddSession(ctx context.Context, k store.KeptSession) error {
	return s.run(ctx, "session.add", k.Hash, k.ID, k.Person, k.Created.UnixMilli(), k.Seen.UnixMilli(), k.Expires.UnixMilli(), k.From, k.Agent, k.Method)
}

// SessionByHash implements store.People.
func (s *Store) SessionByHash(ctx context.Context, hash string) (store.KeptSession, store.KeptPerson, error) {
	var of sessionScan
	var person personScan
	err := s.on(ctx).QueryRowContext(ctx, queries.Text("session.get_by_hash"), hash).Scan(append(of.fields(), person.fields()...)...)
	if err != nil {
		return of.s, person.p, missing("session", err)
	}
	p, err := person.person()
	return of.session(), p, failure(err)
}

// TouchSession implements store.People.
func (s *Store) TouchSession(ctx context.Context, hash string, at time.Time) error {
	return s.inTx(ctx, func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, queries.Text("session.touch"), at.UnixMilli(), hash)
		if err == nil {
			_, err = tx.ExecContext(ctx, queries.Text("person.touch"), at.UnixMilli(), hash)
		}
		return err
	})
}

// Sessions implements store.People.
func (s *Store) Sessions(ctx context.Context, person string) ([]store.KeptSession, error) {
	return listed(ctx, s, func(row scanner) (store.KeptSession, error) {
		var scan sessionScan
		err := row.Scan(scan.fields()...)
		return scan.session(), err
	}, "session.list_of", person)
}

// EndSession implements store.People.
func (s *Store) EndSession(ctx context.Context, person, id string) error {
	return changed(ctx, s.on(ctx), "session", "session.remove", person, id)
}

// EndSessions implements store.People.
func (s *Store) EndSessions(ctx context.Context, person, except string) error {
	return s.run(ctx, "session.remove_of", person, except)
}

// CountSessions implements store.People.
func (s *Store) CountSessions(ctx context.Context, now, unseenSince time.Time) (n int64, err error) {
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("session.count"), now.UnixMilli(), unseenSince.UnixMilli()).Scan(&n)
	return n, failure(err)
}

// ForgetSessions implements store.People.
func (s *Store) ForgetSessions(ctx context.Context, now, unseenSince time.Time) error {
	return s.run(ctx, "session.forget", now.UnixMilli(), unseenSince.UnixMilli())
}

// sessionScan takes the columns of a session in their order.
type sessionScan struct {
	s                      store.KeptSession
	created, seen, expires int64
}

func (k *sessionScan) fields() []any {
	s := &k.s
	return []any{&s.Hash, &s.ID, &s.Person, &k.created, &k.seen, &k.expires, &s.From, &s.Agent, &s.Method}
}

func (k *sessionScan) session() store.KeptSession {
	k.s.Created, k.s.Seen, k.s.Expires = time.UnixMilli(k.created).UTC(), time.UnixMilli(k.seen).UTC(), time.UnixMilli(k.expires).UTC()
	return k.s
}

// AddLink implements store.People.
func (s *Store) AddLink(ctx context.Context, l store.KeptLink) error {
	return s.run(ctx, "link.add", l.Hash, l.Purpose, l.Person, l.Expires.UnixMilli())
}

// Links implements store.People.
func (s *Store) Links(ctx context.Context, purpose string) ([]store.KeptLink, error) {
	return listed(ctx, s, scanLink, "link.list", purpose)
}

// Link implements store.People.
func (s *Store) Link(ctx context.Context, hash string) (store.KeptLink, error) {
	l, err := scanLink(s.on(ctx).QueryRowContext(ctx, queries.Text("link.get"), hash))
	return l, missing("link", err)
}

// EndLinks implements store.People.
func (s *Store) EndLinks(ctx context.Context, purpose, person string) error {
	return s.run(ctx, "link.remove_of", purpose, person)
}

func scanLink(row scanner) (l store.KeptLink, err error) {
	var expires int64
	err = row.Scan(&l.Hash, &l.Purpose, &l.Person, &expires)
	l.Expires = time.UnixMilli(expires).UTC()
	return l, err
}

// Passkeys implements store.People.
func (s *Store) Passkeys(ctx context.Context, person string) ([]store.KeptPasskey, error) {
	if person == "" {
		return listed(ctx, s, scanPasskey, "passkey.list")
	}
	return listed(ctx, s, scanPasskey, "passkey.list_of", person)
}

// Passkey implements store.People.
func (s *Store) Passkey(ctx context.Context, id string) (store.KeptPasskey, error) {
	p, err := scanPasskey(s.on(ctx).QueryRowContext(ctx, queries.Text("passkey.get"), id))
	return p, missing("passkey", err)
}

// AddPasskey implements store.People.
func (s *Store) AddPasskey(ctx context.Context, p store.KeptPasskey) error {
	done, err := s.on(ctx).ExecContext(ctx, queries.Text("passkey.add"), p.ID, p.Person, p.Name, p.Created.UnixMilli(), millisOf(p.Used), string(p.Credential))
	if err != nil {
		return failure(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(clientele.Errorf(clientele.CodeConflict, "that passkey is in use already"), err)
	}
	return nil
}

// UsePasskey implements store.People.
func (s *Store) UsePasskey(ctx context.Context, id string, at time.Time, credential []byte) error {
	return changed(ctx, s.on(ctx), "passkey", "passkey.use", at.UnixMilli(), string(credential), id)
}

// RemovePasskey implements store.People.
func (s *Store) RemovePasskey(ctx context.Context, person, id string) error {
	return changed(ctx, s.on(ctx), "passkey", "passkey.remove", person, id)
}

func scanPasskey(row scanner) (p store.KeptPasskey, err error) {
	var created int64
	var used sql.NullInt64
	var credential string
	err = row.Scan(&p.ID, &p.Person, &p.Name, &created, &used, &credential)
	p.Created, p.Used, p.Credential = time.UnixMilli(created).UTC(), timeOf(used), []byte(credential)
	return p, err
}

// SetRecoveryCodes implements store.People.
func (s *Store) SetRecoveryCodes(ctx context.Context, person string, hashes []string) error {
	return s.inTx(ctx, func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, queries.Text("recovery_code.remove_of"), person)
		for _, h := range hashes {
			if err == nil {
				_, err = tx.ExecContext(ctx, queries.Text("recovery_code.add"), person, h)
			}
		}
		return err
	})
}

// UseRecoveryCode implements store.People.
func (s *Store) UseRecoveryCode(ctx context.Context, person, hash string) (bool, error) {
	done, err := s.on(ctx).ExecContext(ctx, queries.Text("recovery_code.remove"), person, hash)
	if err != nil {
		return false, failure(err)
	}
	n, err := done.RowsAffected()
	return n > 0, failure(err)
}

// Tokens implements store.People.
func (s *Store) Tokens(ctx context.Context) ([]store.KeptToken, error) {
	return listed(ctx, s, scanToken, "token.list")
}

// TokenByHash implements store.People.
func (s *Store) TokenByHash(ctx context.Context, hash string) (store.KeptToken, error) {
	t, err := scanToken(s.on(ctx).QueryRowContext(ctx, queries.Text("token.get_by_hash"), hash))
	return t, missing("token", err)
}

// AddToken implements store.People.
func (s *Store) AddToken(ctx context.Context, t store.KeptToken) error {
	return s.run(ctx, "token.add", t.Hash, t.ID, t.Name, t.Person, t.Service, asJSON(t.Scopes), asJSON(t.Roles),
		t.Created.UnixMilli(), t.Expires.UnixMilli(), millisOf(t.Used))
}

// TouchToken implements store.People.
func (s *Store) TouchToken(ctx context.Context, id string, at time.Time) error {
	return s.run(ctx, "token.touch", at.UnixMilli(), id)
}

// RemoveToken implements store.People.
func (s *Store) RemoveToken(ctx context.Context, id string) error {
	return changed(ctx, s.on(ctx), "token", "token.remove", id)
}

// RemoveTokensOf implements store.People.
func (s *Store) RemoveTokensOf(ctx context.Context, person string) error {
	return s.run(ctx, "token.remove_of", person)
}

func scanToken(row scanner) (t store.KeptToken, err error) {
	var scopes, roles string
	var created, expires int64
	var used sql.NullInt64
	err = row.Scan(&t.Hash, &t.ID, &t.Name, &t.Person, &t.Service, &scopes, &roles, &created, &expires, &used)
	if err != nil {
		return t, err
	}
	t.Created, t.Expires, t.Used = time.UnixMilli(created).UTC(), time.UnixMilli(expires).UTC(), timeOf(used)
	return t, errors.Join(json.Unmarshal([]byte(scopes), &t.Scopes), json.Unmarshal([]byte(roles), &t.Roles))
}
