// Package e2e looks at the whole from outside: a real browser against the real
// server, started as `clientele serve` starts it. Needs Chromium;
// SKIP_BROWSER=1 leaves the tests out, and says so. With CLIENTELE_SHOTS set to
// a directory the pages are kept there as pictures, for people to look at.
package e2e
