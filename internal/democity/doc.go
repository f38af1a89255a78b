// Package democity is みらい市, a city that does not exist: its areas, groups, news, people and a few
// weeks of its center's history, for `ippo demo` and for tests that want a town and not three rows.
//
// Start at Fill. Everything is invented. Telephone numbers begin with 0000, which no Japanese number
// does, and addresses end in example.jp, which is reserved (RFC 6761 and JPRS). Dates are counted
// from the moment given, and people are drawn from a fixed seed, so that the town is the same every
// time and never looks stale.
package democity
