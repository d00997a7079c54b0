package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AddMail implements store.Mails.
func (s *Store) AddMail(ctx context.Context, m store.KeptMail) (added bool, err error) {
	n, err := s.counted(ctx, "mail.add", m.Key, m.Kind, m.Address, m.Customer, m.Digest, m.State, m.Parcel, m.StopHash, m.Attempts,
		m.Due.UnixMilli(), m.Created.UnixMilli(), millisOf(m.Ended), m.Reason, textOf(m.Body))
	return n == 1, err
}

// NextMails implements store.Mails.
func (s *Store) NextMails(ctx context.Context, now time.Time, limit int) ([]store.KeptMail, error) {
	first, err := scanMail(s.on(ctx).QueryRowContext(ctx, queries.Text("mail.get_due"), now.UnixMilli()))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return []store.KeptMail{}, nil
	case err != nil:
		return nil, failure(err)
	case first.Parcel != "":
		return listed(ctx, s, scanMail, "mail.list_parcel", first.Parcel)
	case first.Digest:
		return listed(ctx, s, scanMail, "mail.list_digest", first.Address, limit)
	}
	return []store.KeptMail{first}, nil
}

// SaveMail implements store.Mails.
func (s *Store) SaveMail(ctx context.Context, m store.KeptMail) error {
	return changed(ctx, s.on(ctx), "mail", "mail.save", m.State, m.Parcel, m.StopHash, m.Attempts, m.Due.UnixMilli(), millisOf(m.Ended), m.Reason, textOf(m.Body), m.Number)
}

// Mail implements store.Mails.
func (s *Store) Mail(ctx context.Context, number int64) (store.KeptMail, error) {
	return s.oneMail(ctx, "mail.get", number)
}

// MailByKey implements store.Mails.
func (s *Store) MailByKey(ctx context.Context, key string) (store.KeptMail, error) {
	return s.oneMail(ctx, "mail.get_by_key", key)
}

// MailByStop implements store.Mails.
func (s *Store) MailByStop(ctx context.Context, hash string) (store.KeptMail, error) {
	return s.oneMail(ctx, "mail.get_by_stop", hash)
}

func (s *Store) oneMail(ctx context.Context, query string, by any) (store.KeptMail, error) {
	m, err := scanMail(s.on(ctx).QueryRowContext(ctx, queries.Text(query), by))
	return m, missing("mail", err)
}

// Mails implements store.Mails.
func (s *Store) Mails(ctx context.Context, below int64, limit int) ([]store.KeptMail, error) {
	if below == 0 {
		below = math.MaxInt64
	}
	return listed(ctx, s, scanMail, "mail.list", below, limit)
}

// CountMails implements store.Mails.
func (s *Store) CountMails(ctx context.Context) ([]store.MailCount, error) {
	return listed(ctx, s, func(row scanner) (c store.MailCount, err error) {
		var oldest int64
		err = row.Scan(&c.State, &c.Count, &oldest)
		c.Oldest = time.UnixMilli(oldest).UTC()
		return c, err
	}, "mail.count")
}

// InterruptMails implements store.Mails.
func (s *Store) InterruptMails(ctx context.Context, reason string) (int64, error) {
	return s.counted(ctx, "mail.interrupt", reason)
}

// ForgetMails implements store.Mails.
func (s *Store) ForgetMails(ctx context.Context, before time.Time) (int64, error) {
	return s.counted(ctx, "mail.forget", before.UnixMilli())
}

// whyStopped are the words of a stop.
var whyStopped = map[bool]string{true: "bounced", false: "asked"}

// StopMail implements store.Mails.
func (s *Store) StopMail(ctx context.Context, m store.MailStop) error {
	return s.run(ctx, "mail_stop.put", m.Address, m.Customer, whyStopped[m.Bounced], m.Says, m.At.UnixMilli())
}

// MailStopOf implements store.Mails.
func (s *Store) MailStopOf(ctx context.Context, address string) (m store.MailStop, ok bool, err error) {
	m, err = scanMailStop(s.on(ctx).QueryRowContext(ctx, queries.Text("mail_stop.get"), address))
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, failure(err)
}

// MailStops implements store.Mails.
func (s *Store) MailStops(ctx context.Context) ([]store.MailStop, error) {
	return listed(ctx, s, scanMailStop, "mail_stop.list")
}

// ClearMailStop implements store.Mails.
func (s *Store) ClearMailStop(ctx context.Context, address string) error {
	return changed(ctx, s.on(ctx), "address that is not written to", "mail_stop.remove", address)
}

// EraseMailsOf implements store.Mails.
func (s *Store) EraseMailsOf(ctx context.Context, customer string) (n int64, err error) {
	err = s.Atomically(ctx, func(ctx context.Context) error {
		mails, err := s.counted(ctx, "mail.erase_of", customer)
		if err != nil {
			return err
		}
		n, err = s.counted(ctx, "mail_stop.erase_of", customer)
		n += mails
		return err
	})
	return n, err
}

func scanMail(row scanner) (m store.KeptMail, err error) {
	var due, created int64
	var ended sql.NullInt64
	var body sql.NullString
	err = row.Scan(&m.Number, &m.Key, &m.Kind, &m.Address, &m.Customer, &m.Digest, &m.State, &m.Parcel, &m.StopHash, &m.Attempts, &due, &created, &ended, &m.Reason, &body)
	m.Due, m.Created, m.Ended = time.UnixMilli(due).UTC(), time.UnixMilli(created).UTC(), timeOf(ended)
	if body.Valid {
		m.Body = json.RawMessage(body.String)
	}
	return m, err
}

func scanMailStop(row scanner) (m store.MailStop, err error) {
	var why string
	var at int64
	err = row.Scan(&m.Address, &m.Customer, &why, &m.Says, &at)
	m.Bounced, m.At = why == whyStopped[true], time.UnixMilli(at).UTC()
	return m, err
}
