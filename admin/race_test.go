//go:build race

package admin

// raced says that the race detector watches, under which some tests are left out.
const raced = true
