package app

import (
	"os"
	"runtime/debug"
	"strconv"
)

// Version is the version of the program; a release build sets it by linker flag.
var Version = "0.1.0"

// VersionString is the version with the revision it was built from, if known.
func VersionString() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Version
	}
	revision, modified := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = "+" + s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = ".modified"
		}
	}
	return Version + revision + modified
}

// program names the running program so that what one build computed is not
// taken for another's: a build without a clean revision is told by its file.
func program() string {
	v := VersionString()
	path, err := os.Executable()
	if err != nil {
		return v
	}
	info, err := os.Stat(path)
	if err != nil {
		return v
	}
	return v + "@" + strconv.FormatInt(info.ModTime().Unix(), 36)
}
