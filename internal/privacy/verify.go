package privacy

import (
	"context"
	"fmt"

	"github.com/clientele/clientele/internal/ledger"
)

// Replacements are the files that took the place of others by signed erasures: by the hash
// of the old one. Errors are those of the ledger.
func (s *Service) Replacements(ctx context.Context) (map[string][]string, error) {
	entries, err := s.erasures.Entries(ctx)
	return replacements(entries), err
}

func replacements(entries []signedEntry) map[string][]string {
	by := map[string][]string{}
	for _, e := range entries {
		for _, f := range e.Body.Files {
			by[f.Old] = append(by[f.Old], f.New)
		}
	}
	return by
}

// Verify follows the ledger of erasures, and holds it against landing/: no file says that
// it took the place of another unless that was signed, and none that was is missing.
func (s *Service) Verify(ctx context.Context) ([]ledger.Finding, error) {
	findings, err := s.erasures.Verify(ctx)
	if err != nil || len(findings) > 0 {
		return findings, err
	}
	signed, err := s.Replacements(ctx)
	if err != nil {
		return nil, err
	}
	files, err := s.parts.Landing.List()
	if err != nil {
		return nil, err
	}
	there, come := map[string]bool{}, map[[2]string]bool{}
	for old, all := range signed {
		for _, sha := range all {
			come[[2]string{old, sha}] = true
		}
	}
	for _, e := range files {
		there[e.SHA256] = true
		for i, r := range e.Replaces {
			next := e.SHA256
			if i+1 < len(e.Replaces) {
				next = e.Replaces[i+1].SHA256
			}
			if !come[[2]string{r.SHA256, next}] {
				findings = append(findings, ledger.Finding{Where: "landing/" + e.SHA256,
					Reason: fmt.Sprintf("it says that it took the place of %s, and no erasure that was signed says so", r.SHA256)})
			}
		}
	}
	for old, all := range signed {
		for _, sha := range all {
			if !there[sha] && len(signed[sha]) == 0 {
				findings = append(findings, ledger.Finding{Where: "landing/" + sha, Reason: "it is missing, and took the place of " + old + " by an erasure"})
			}
		}
	}
	return findings, nil
}
