package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sync"
	"time"

	"ippo"
)

// census is what every follower chose, held in memory to be counted: of 300,000 people hardly two choose the same, and a pass
// over as many rows takes a fifth of a second, over these columns about a millisecond (docs/decisions/census.md). Before each
// count it reads those rows again that changed since, which follower_changes tells, whoever changed them.
type census struct {
	mu   sync.RWMutex
	upTo int64 // the latest of follower_changes that is in it; 0: it was never read

	ids       []ippo.FollowerID // ascending
	kinds     []kind
	chosen    [3][]uint64 // by column
	entries   []int64     // 0: none
	followed  []int64     // Unix time in milliseconds
	languages []ippo.Language
	heads     []int // how many there are of each kind
}

// column is one of those that hold bits.
type column int

const (
	topicsColumn column = iota // an ippo.Choice, or nothing
	areasColumn                // likewise
	marksColumn                // tags, and markAmbassador
)

// nothing is the bit of who left a choice to us; ippo.Choice does not use it.
const nothing uint64 = 1 << 63

// kind is how somebody stands to the account, and above that the number of the language that they read.
type kind uint32

// standing is how somebody stands to the account; none of its bits: not at all.
type standing uint8

const (
	isActive standing = 1 << iota
	isBlocked
	isErased
	isStopped // gets nothing but emergencies
	onDigest
	isUnguided // left both topics and areas to us
	standings  // how many there are
)

// is reports whether all these are so, and the others that are asked for are not.
func (s standing) is(so, not standing) bool { return s&(so|not) == so }

func standingOf(status ippo.FollowerStatus) standing {
	switch status {
	case ippo.FollowerActive:
		return isActive
	case ippo.FollowerBlocked:
		return isBlocked
	}
	return isErased
}

// anybody is everybody who has a row, also who was forgotten.
func anybody(s standing) bool { return s&(isActive|isBlocked|isErased) != 0 }

// headcount is how many people there are of each kind.
type headcount struct {
	languages []ippo.Language
	of        []int
}

// count counts those of some standings.
func (h headcount) count(who func(standing) bool) (n int) {
	for k, people := range h.of {
		if people != 0 && who(standing(k%int(standings))) {
			n += people
		}
	}
	return n
}

// byLanguage does so by the language they read, where there is anybody.
func (h headcount) byLanguage(who func(standing) bool) map[ippo.Language]int {
	all := map[ippo.Language]int{}
	for code, l := range h.languages {
		if n := (headcount{of: h.of[code*int(standings) : (code+1)*int(standings)]}).count(who); n > 0 {
			all[l] = n
		}
	}
	return all
}

// condition says which of the followers from one place to another, 64 at most, meet it: one bit each, the first the lowest.
type condition func(c *census, from, to int) uint64

// bitsOf returns a bit for each of at most 64 values.
func bitsOf[T any](values []T, is func(T) bool) (met uint64) {
	for _, v := range values {
		met >>= 1
		if is(v) {
			met |= 1 << 63
		}
	}
	return met >> (64 - len(values))
}

// has is met by one of some bits.
func has(of column, some uint64) condition {
	return func(c *census, from, to int) (met uint64) {
		// As bitsOf, without a branch: nobody can foretell who chose what.
		values := c.chosen[of][from:to]
		for _, v := range values {
			var bit uint64
			if v&some != 0 {
				bit = 1 << 63
			}
			met = met>>1 | bit
		}
		return met >> (64 - len(values))
	}
}

// stands is met by some standings.
func stands(who func(standing) bool) condition {
	var met [standings]uint64
	for s := range met {
		if who(standing(s)) {
			met[s] = 1 << 63
		}
	}
	return func(c *census, from, to int) (all uint64) {
		kinds := c.kinds[from:to]
		for _, k := range kinds {
			all = all>>1 | met[k%kind(standings)]
		}
		return all >> (64 - len(kinds))
	}
}

// readsIn is met by reading one of some languages.
func readsIn(languages []ippo.Language) condition {
	return func(c *census, from, to int) (met uint64) {
		for _, l := range languages {
			code := kind(slices.Index(c.languages, l))
			met |= bitsOf(c.kinds[from:to], func(k kind) bool { return k/kind(standings) == code })
		}
		return met
	}
}

// cameBy is met by having come by one of some entries.
func cameBy(entries []int64) condition {
	return func(c *census, from, to int) uint64 {
		return bitsOf(c.entries[from:to], func(entry int64) bool { return slices.Contains(entries, entry) })
	}
}

// followedSince is met by having become a friend at a moment or later.
func followedSince(moment time.Time) condition {
	since := moment.UnixMilli()
	return func(c *census, from, to int) uint64 {
		return bitsOf(c.followed[from:to], func(at int64) bool { return at >= since })
	}
}

// identified is met by being one of some people.
func identified(ids []ippo.FollowerID) condition {
	ids = slices.Sorted(slices.Values(ids))
	return func(c *census, from, to int) uint64 {
		next, _ := slices.BinarySearch(ids, c.ids[from])
		return bitsOf(c.ids[from:to], func(id ippo.FollowerID) bool {
			for next < len(ids) && ids[next] < id {
				next++
			}
			return next < len(ids) && ids[next] == id
		})
	}
}

// all is a bit for each of n, 64 at most.
func all(n int) uint64 { return ^uint64(0) >> (64 - n) }

// allOf is met by meeting all of some conditions; by everybody, if there are none.
func allOf(conditions ...condition) condition {
	return func(c *census, from, to int) uint64 {
		met := all(to - from)
		for _, condition := range conditions {
			if met != 0 {
				met &= condition(c, from, to)
			}
		}
		return met
	}
}

// anyOf is met by meeting one of some conditions; by nobody, if there are none.
func anyOf(conditions ...condition) condition {
	return func(c *census, from, to int) (met uint64) {
		for _, condition := range conditions {
			met |= condition(c, from, to)
		}
		return met
	}
}

// not is met by not meeting a condition.
func not(condition condition) condition {
	return func(c *census, from, to int) uint64 {
		return ^condition(c, from, to) & all(to-from)
	}
}

// each calls do with the place of everybody who meets a condition.
func (c *census) each(meets condition, do func(at int)) {
	for from := 0; from < len(c.ids); from += 64 {
		to := min(from+64, len(c.ids))
		for met := meets(c, from, to); met != 0; met &= met - 1 {
			do(from + bits.TrailingZeros64(met))
		}
	}
}

// count counts those who meet a condition.
func (c *census) count(meets condition) headcount {
	h := headcount{c.languages, make([]int, len(c.heads))}
	for from := 0; from < len(c.ids); from += 64 {
		to := min(from+64, len(c.ids))
		kinds := c.kinds[from:to]
		for met := meets(c, from, to); met != 0; met &= met - 1 {
			h.of[kinds[bits.TrailingZeros64(met)]]++
		}
	}
	return h
}

// counted is what a census reads of a follower.
type counted struct {
	id       int64
	standing int64    // 0: no follower any more
	chosen   [3]int64 // by column
	language sql.RawBytes
	entry    int64
	followed time.Time
}

// countedColumns are read of followers f, of whom there need be none.
var countedColumns = fmt.Sprintf(`coalesce(%d * (f.status = 'active') + %d * (f.status = 'blocked') + %d * (f.status = 'erased')
	+ %d * f.stopped + %d * f.digest + %d * (f.topics = 0 AND f.areas = 0), 0),
	coalesce(f.topics, 0), coalesce(f.areas, 0), coalesce(f.marks, 0), coalesce(f.language, ''), coalesce(f.entry_id, 0), f.followed_at`,
	isActive, isBlocked, isErased, isStopped, onDigest, isUnguided)

// columns are where countedColumns are scanned to.
func (f *counted) columns() []any {
	return []any{&f.standing, &f.chosen[topicsColumn], &f.chosen[areasColumn], &f.chosen[marksColumn], &f.language, &f.entry, at(&f.followed)}
}

// put notes what a follower chose. It returns false where there is no place for them: who is new is the last.
func (c *census) put(f *counted) bool {
	place, known := slices.BinarySearch(c.ids, ippo.FollowerID(f.id))
	switch {
	case known:
		c.heads[c.kinds[place]]--
	case f.standing == 0:
		return true
	case place < len(c.ids):
		return false
	default:
		c.ids = append(c.ids, ippo.FollowerID(f.id))
		c.kinds = append(c.kinds, 0)
		for i := range c.chosen {
			c.chosen[i] = append(c.chosen[i], 0)
		}
		c.entries = append(c.entries, 0)
		c.followed = append(c.followed, 0)
	}
	code := slices.IndexFunc(c.languages, func(l ippo.Language) bool { return string(l) == string(f.language) })
	if code < 0 {
		code = len(c.languages)
		c.languages = append(c.languages, ippo.Language(f.language))
		c.heads = append(c.heads, make([]int, standings)...)
	}
	k := kind(code)*kind(standings) + kind(f.standing)
	c.kinds[place] = k
	c.heads[k]++
	for of, chosen := range f.chosen {
		c.chosen[of][place] = cmp.Or(uint64(chosen), nothing)
	}
	c.entries[place], c.followed[place] = f.entry, f.followed.UnixMilli()
	return true
}

// read reads every follower. What changes meanwhile is read again with what changes next.
func (c *census) read(ctx context.Context, q queryer) error {
	upTo, err := lastChange(ctx, q)
	if err != nil {
		return err
	}
	people, err := one(ctx, q, scanInt, `SELECT count(*) FROM followers`)
	if err != nil {
		return err
	}
	c.empty(people + people/16) // some more will come
	rows, err := q.QueryContext(ctx, `SELECT `+countedColumns+`, f.id FROM followers f NOT INDEXED ORDER BY f.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var f counted // one for all, for they are many
	for columns := append(f.columns(), &f.id); rows.Next(); c.put(&f) {
		if err := rows.Scan(columns...); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	c.upTo = upTo
	return nil
}

// empty forgets everybody, and makes room for some.
func (c *census) empty(room int) {
	c.upTo = 0
	c.ids = make([]ippo.FollowerID, 0, room)
	c.kinds = make([]kind, 0, room)
	for i := range c.chosen {
		c.chosen[i] = make([]uint64, 0, room)
	}
	c.entries, c.followed = make([]int64, 0, room), make([]int64, 0, room)
	c.languages, c.heads = nil, nil
}

// readOn reads those again who changed.
func (c *census) readOn(ctx context.Context, q queryer) error {
	// The first row is one that was read: without it, others may be missing.
	rows, err := q.QueryContext(ctx, `SELECT `+countedColumns+`, h.follower_id, h.n
		FROM follower_changes h LEFT JOIN followers f ON f.id = h.follower_id WHERE h.n >= ? ORDER BY h.n`, c.upTo)
	if err != nil {
		return err
	}
	defer rows.Close()
	var f counted
	var n int64
	whole := false
	for columns := append(f.columns(), &f.id, &n); rows.Next(); c.upTo = n {
		if err := rows.Scan(columns...); err != nil {
			return err
		}
		if whole = (whole || n == c.upTo) && c.put(&f); !whole {
			break
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || whole {
		return err
	}
	return c.read(ctx, q)
}

func lastChange(ctx context.Context, q queryer) (n int64, err error) {
	return one(ctx, q, func(row scanner) (n int64, err error) { return n, row.Scan(&n) }, "SELECT max(n) FROM follower_changes")
}

// withCensus calls do with the census as it is now. What do keeps of it is a copy.
func (s *Store) withCensus(ctx context.Context, do func(*census)) error {
	c := &s.census
	last, err := lastChange(ctx, s.ro)
	if err != nil {
		return fmt.Errorf("census: %w", err)
	}
	for {
		c.mu.RLock()
		if c.upTo >= last {
			defer c.mu.RUnlock()
			do(c)
			return nil
		}
		c.mu.RUnlock()
		if err := c.catchUp(ctx, s.ro, last); err != nil {
			return fmt.Errorf("census: %w", err)
		}
	}
}

// catchUp reads what changed, up to the number that is given at least.
func (c *census) catchUp(ctx context.Context, q queryer, last int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.upTo >= last:
		return nil
	case c.upTo == 0:
		return c.read(ctx, q)
	}
	return c.readOn(ctx, q)
}

// headcount counts all followers.
func (s *Store) headcount(ctx context.Context) (headcount, error) {
	return s.headcountOf(ctx, &choosing{})
}

// choice is what somebody chose, by their place.
func (c *census) choice(of column, place int) ippo.Choice {
	return ippo.Choice(c.chosen[of][place] &^ nothing)
}

// headcountOf counts those of whom so much is asked.
func (s *Store) headcountOf(ctx context.Context, asked *choosing) (h headcount, err error) {
	meets := allOf(asked.census...)
	err = s.withCensus(ctx, func(c *census) {
		if len(asked.census) == 0 {
			h = headcount{c.languages, slices.Clone(c.heads)}
		} else {
			h = c.count(meets)
		}
	})
	for k := range h.of {
		if !asked.stands(standing(k % int(standings))) {
			h.of[k] = 0
		}
	}
	return h, err
}
