package people

import "context"

// Load is how much accounts are in use, for who runs the system.
type Load struct {
	Sessions int64 // that have not ended
	Hashing  int   // passwords that are being hashed
	Waiting  int   // and those that wait for it
}

// Load reads how much accounts are in use.
func (s *Service) Load(ctx context.Context) (Load, error) {
	now := s.now()
	sessions, err := s.store.CountSessions(ctx, now, now.Add(-SessionIdle))
	return Load{sessions, len(s.hasher.running), len(s.hasher.queued)}, err
}
