// Package sizes is what benchmarks of several sizes of a company have in common.
package sizes

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Folder returns dir, or a new temporary folder if dir is "", and what removes that.
func Folder(dir, name string) (path string, remove func(), err error) {
	if dir != "" {
		return dir, func() {}, nil
	}
	path, err = os.MkdirTemp("", name)
	return path, func() { _ = os.RemoveAll(path) }, err
}

// Each calls measure for every number of customers in a list with commas between,
// with a folder of its own below dir.
func Each(customers, dir string, measure func(n int, dir string) error) error {
	for size := range strings.SplitSeq(customers, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			return fmt.Errorf("%q is not a number of customers", size)
		}
		if err := measure(n, filepath.Join(dir, size)); err != nil {
			return fmt.Errorf("%d customers: %w", n, err)
		}
	}
	return nil
}
