package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"time"

	"ippo"
)

// DigestPlan is a digest before it is made: what came out since the last one, and who is told of what.
type DigestPlan struct {
	ID          ippo.BroadcastID // that its broadcast will have
	From, Until time.Time        // it tells of what came out after the one and not after the other
	Items       []ippo.DigestItem
	Groups      []DigestGroup // the largest first

	sent int // broadcasts that ended in that time, to notice one that ended while this was planned
}

// DigestGroup are followers who are told the same.
type DigestGroup struct {
	Items    []int // of the plan's, in its order
	Language ippo.Language
	People   int
	Members  []ippo.FollowerID // in no order; nil in a forecast
}

// Of returns what a group is told of.
func (p *DigestPlan) Of(g DigestGroup) []ippo.DigestItem {
	items := make([]ippo.DigestItem, len(g.Items))
	for i, n := range g.Items {
		items[i] = p.Items[n]
	}
	return items
}

// Recipients counts everyone who is told of something.
func (p *DigestPlan) Recipients() int {
	n := 0
	for _, g := range p.Groups {
		n += g.People
	}
	return n
}

// countedDigests are the digests whose items have been told of, or are being told of. One that was
// cancelled or refused before anybody had it leaves its items to the next.
const countedDigests = `
	SELECT d.due_at, d.until_at, d.broadcast_id FROM digests d LEFT JOIN broadcasts b ON b.id = d.broadcast_id
	WHERE d.state IN ('made', 'empty') AND (b.id IS NULL OR b.status NOT IN ('cancelled', 'failed')
		OR EXISTS (SELECT 1 FROM delivery_requests r WHERE r.broadcast_id = b.id AND r.state IN ('accepted', 'unknown', 'pending')))`

// firstDigest is how far back the first digest of all looks.
const firstDigest = 7 * 24 * time.Hour

// PlanDigest works out what a digest would hold now, and for whom. It reads only, all followers at one moment: 300,000
// readers take about half a second.
//
// A broadcast counts when it has ended, for then its ledger tells who had it: whoever did is not told
// of it again, and whoever did not, because they had chosen the digest, is.
func (s *Store) PlanDigest(ctx context.Context) (*DigestPlan, error) {
	p, items, err := s.digestItems(ctx)
	if err == nil && len(items) > 0 {
		p.Groups, err = s.groupReaders(ctx, items, true)
	}
	if err != nil {
		return nil, fmt.Errorf("plan digest: %w", err)
	}
	return p, nil
}

// ForecastDigest is PlanDigest for looking at: it tells how many are in each group, not who. Readers are counted by
// what they chose, and read only where one of them may have had something already.
func (s *Store) ForecastDigest(ctx context.Context) (*DigestPlan, error) {
	p, items, err := s.digestItems(ctx)
	if err == nil && len(items) > 0 {
		named := slices.ContainsFunc(items, func(i plannedItem) bool { return i.hadByReaders })
		p.Groups, err = s.groupReaders(ctx, items, named)
	}
	if err != nil {
		return nil, fmt.Errorf("forecast digest: %w", err)
	}
	for n := range p.Groups {
		p.Groups[n].Members = nil
	}
	return p, nil
}

// digestItems finds what a digest would tell of now.
func (s *Store) digestItems(ctx context.Context) (*DigestPlan, []plannedItem, error) {
	ctx = Within(ctx, nil) // the digest is the whole office's
	p := &DigestPlan{Until: s.Now().UTC().Truncate(time.Millisecond)}
	id, err := one(ctx, s.ro, scanInt, "SELECT coalesce(max(id), 0) + 1 FROM broadcasts")
	if err != nil {
		return nil, nil, err
	}
	p.ID = ippo.BroadcastID(id)
	if p.From, err = s.digestFrom(ctx, p.Until); err != nil {
		return nil, nil, err
	}
	var items []plannedItem
	sent, err := s.sentBetween(ctx, p.From, p.Until)
	if err != nil {
		return nil, nil, err
	}
	p.sent = len(sent)
	settings, err := s.Settings(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, kind := range []struct {
		module ippo.Module
		find   func(context.Context, *DigestPlan, []*sentBroadcast) ([]plannedItem, error)
	}{{"", s.digestBroadcasts}, {ippo.ModuleNews, s.digestNews}, {ippo.ModuleEvents, s.digestEvents}} {
		if !settings.Has(kind.module) {
			continue
		}
		found, err := kind.find(ctx, p, sent)
		if err != nil {
			return nil, nil, err
		}
		items = append(items, found...)
	}
	for n := range items {
		p.Items = append(p.Items, items[n].DigestItem)
		for other := range items {
			if len(items[n].carriers) == 0 {
				break
			}
			if b := items[other].Broadcast; b != nil && slices.Contains(items[n].carriers, b.ID) {
				items[n].carried = append(items[n].carried, other)
			}
		}
	}
	return p, items, nil
}

// digestFrom is where the last digest ended; before the first one, a week ago or, if that one was missed, a
// week before it.
func (s *Store) digestFrom(ctx context.Context, now time.Time) (from time.Time, err error) {
	var first time.Time
	err = s.ro.QueryRowContext(ctx, `
		SELECT (SELECT max(until_at) FROM (`+countedDigests+`)), (SELECT min(due_at) FROM digests)`).Scan(at(&from), at(&first))
	switch {
	case err != nil || !from.IsZero():
		return from, err
	case !first.IsZero() && first.Before(now):
		return first.Add(-firstDigest), nil
	}
	return now.Add(-firstDigest), nil
}

// sentBroadcast is one that ended since the last digest, with who had it by its ledger.
type sentBroadcast struct {
	*ippo.Broadcast
	had   members
	plain []ippo.Message // all that it says, with links as staff wrote them
}

// fixed is a little before its recipients were.
func (b *sentBroadcast) fixed() time.Time { return b.ApprovedAt.Add(-time.Minute) }

// toReaders reports whether it went to readers of the digest like to others. A correction goes to whoever was told of
// what it corrects, also by a digest.
func (b *sentBroadcast) toReaders() bool { return len(b.had) > 0 && !b.Digested() }

// members is a set of followers. IDs are given in order, so it is dense: one bit each.
type members []uint64

func (m *members) add(ids []ippo.FollowerID) {
	for _, id := range ids {
		if need := int(id/64) + 1; need > len(*m) {
			*m = append(*m, make([]uint64, need-len(*m))...)
		}
		(*m)[id/64] |= 1 << (id % 64)
	}
}

func (m members) has(id ippo.FollowerID) bool {
	return int(id/64) < len(m) && m[id/64]&(1<<(id%64)) != 0
}

const sentBetween = `status = 'sent' AND finished_at > ? AND finished_at <= ?`

func (s *Store) sentBetween(ctx context.Context, from, until time.Time) ([]*sentBroadcast, error) {
	list, err := collect(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+" FROM broadcasts WHERE "+sentBetween+`
		ORDER BY started_at DESC, id DESC`, stamp(from), stamp(until))
	if err != nil {
		return nil, err
	}
	sent := make([]*sentBroadcast, len(list))
	for i, b := range list {
		sent[i] = &sentBroadcast{Broadcast: b, plain: ippo.UncountLinks(b.All(), b.Links)}
		if err := s.eachReached(ctx, "r.broadcast_id = ?", b.ID, sent[i].had.add); err != nil {
			return nil, err
		}
	}
	return sent, nil
}

// plannedItem is an item with what decides who is told of it.
type plannedItem struct {
	ippo.DigestItem
	fixed    time.Time          // whoever left the digest before that was sent it by itself; a little early, for had decides
	had      members            // who was sent it, by itself or as a card
	hadSince time.Time          // whoever chose the digest before that is not in had, unless hadByReaders
	carriers []ippo.BroadcastID // what carries it as a card
	carried  []int              // those of them that are items, too

	hadByReaders bool // something that readers of the digest are sent like others brought it
}

// digestBroadcasts are those that the digest's readers were not sent for its sake. What was corrected is
// left out, and its correction is for those whom it would have been for.
func (s *Store) digestBroadcasts(ctx context.Context, p *DigestPlan, sent []*sentBroadcast) ([]plannedItem, error) {
	told, err := s.toldOf(ctx, ippo.DigestBroadcast)
	if err != nil {
		return nil, err
	}
	corrected, err := collect(ctx, s.ro, scanInt, "SELECT corrects_id FROM broadcasts WHERE corrects_id IS NOT NULL AND status <> 'cancelled'")
	if err != nil {
		return nil, err
	}
	numbers, err := s.choiceNumbers(ctx)
	if err != nil {
		return nil, err
	}
	var items []plannedItem
	for _, b := range sent {
		if told[int64(b.ID)] || slices.Contains(corrected, int(b.ID)) {
			continue
		}
		first, err := s.correctedFirst(ctx, b.Broadcast)
		if err != nil {
			return nil, err
		}
		if !first.Digested() {
			continue
		}
		topics, areas := numbers.of("topics", first.Audience.Topics), numbers.of("areas", first.Audience.Areas)
		if topics == 0 && first.Audience.Topics != nil || areas == 0 && first.Audience.Areas != nil {
			continue // what it was for is gone; no topic at all would be for everyone
		}
		items = append(items, plannedItem{DigestItem: ippo.DigestItem{
			Kind: ippo.DigestBroadcast, At: b.StartedAt, Topics: topics, Areas: areas, Broadcast: b.Broadcast,
		}, fixed: b.fixed(), had: b.had, hadSince: b.fixed(), hadByReaders: b.toReaders()})
	}
	return items, nil
}

// correctedFirst follows corrections back to what they correct in the end.
func (s *Store) correctedFirst(ctx context.Context, b *ippo.Broadcast) (*ippo.Broadcast, error) {
	for b.Corrects != 0 {
		var err error
		if b, err = s.Broadcast(ctx, b.Corrects); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// toldOf are the items that counted digests held.
func (s *Store) toldOf(ctx context.Context, kind ippo.DigestKind) (map[int64]bool, error) {
	ids, err := collect(ctx, s.ro, scanInt, `
		SELECT DISTINCT item_id FROM digest_items WHERE kind = ? AND broadcast_id IN (SELECT broadcast_id FROM (`+countedDigests+`))`, kind)
	if err != nil {
		return nil, err
	}
	told := make(map[int64]bool, len(ids))
	for _, id := range ids {
		told[int64(id)] = true
	}
	return told, nil
}

func (s *Store) digestNews(ctx context.Context, p *DigestPlan, sent []*sentBroadcast) ([]plannedItem, error) {
	told, err := s.toldOf(ctx, ippo.DigestNews)
	if err != nil {
		return nil, err
	}
	type news struct {
		ippo.News
		shown time.Time
	}
	found, err := collect(ctx, s.ro, func(row scanner) (n news, err error) {
		n.News, err = scanNews(with(row, at(&n.shown)))
		return n, err
	}, `SELECT `+newsColumns+`, max(publish_at, published_at) AS shown FROM news INDEXED BY news_shown
		WHERE status = 'published' AND max(publish_at, published_at) > ? AND max(publish_at, published_at) <= ?
		ORDER BY shown DESC, id DESC`, stamp(p.From), stamp(p.Until))
	if err != nil {
		return nil, err
	}
	var items []plannedItem
	for _, n := range found {
		if !told[int64(n.ID)] {
			items = append(items, withCards(plannedItem{DigestItem: ippo.DigestItem{
				Kind: ippo.DigestNews, At: n.shown, Topics: n.Topics, Areas: n.Areas, News: n.News,
			}, fixed: n.shown, hadSince: n.shown}, "/r/news/"+n.Slug, sent))
		}
	}
	return items, nil
}

func (s *Store) digestEvents(ctx context.Context, p *DigestPlan, sent []*sentBroadcast) ([]plannedItem, error) {
	told, err := s.toldOf(ctx, ippo.DigestEvent)
	if err != nil {
		return nil, err
	}
	type event struct {
		ippo.Event
		shown time.Time
	}
	found, err := collect(ctx, s.ro, func(row scanner) (e event, err error) {
		e.Event, err = scanEvent(with(row, at(&e.shown)))
		return e, err
	}, `SELECT `+eventColumns+`, published_at FROM events INDEXED BY events_published
		WHERE status = 'published' AND called_off = 0 AND for_ambassadors = 0 AND published_at > ? AND published_at <= ? AND ends_at > ?
		ORDER BY starts_at, id`, stamp(p.From), stamp(p.Until), stamp(p.Until))
	if err != nil {
		return nil, err
	}
	var items []plannedItem
	for _, e := range found {
		if !told[int64(e.ID)] {
			items = append(items, withCards(plannedItem{DigestItem: ippo.DigestItem{
				Kind: ippo.DigestEvent, At: e.shown, Topics: e.Topics, Areas: e.Areas, Event: e.Event,
			}, fixed: e.shown, hadSince: e.shown}, "/r/events/"+e.Slug, sent))
		}
	}
	return items, nil
}

// withCards notes who was sent an item as a card: what links to its page.
func withCards(i plannedItem, page string, sent []*sentBroadcast) plannedItem {
	for _, b := range sent {
		if !slices.ContainsFunc(b.plain, func(m ippo.Message) bool { return linksTo(m, page) }) {
			continue
		}
		i.carriers = append(i.carriers, b.ID)
		i.hadByReaders = i.hadByReaders || b.toReaders()
		if since := b.fixed(); since.Before(i.hadSince) {
			i.hadSince = since
		}
		for n, word := range b.had {
			if n >= len(i.had) {
				i.had = append(i.had, b.had[n:]...)
				break
			}
			i.had[n] |= word
		}
	}
	return i
}

// linksTo reports whether a message links to a page, by a card or in its text.
func linksTo(m ippo.Message, page string) bool {
	for rest := []byte(m); ; {
		_, after, found := bytes.Cut(rest, []byte(page))
		if !found {
			return false
		}
		// Another page's slug may begin as this one's.
		if len(after) == 0 || after[0] != '-' && (after[0] < '0' || after[0] > '9') && (after[0] < 'a' || after[0] > 'z') {
			return true
		}
		rest = after
	}
}

// choiceNumbers are the numbers of topics and areas by table and slug.
type choiceNumbers map[string]map[string]int

func (s *Store) choiceNumbers(ctx context.Context) (choiceNumbers, error) {
	numbers := choiceNumbers{"topics": {}, "areas": {}}
	for table, known := range numbers {
		_, err := collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
			var slug string
			var number int
			err = row.Scan(&slug, &number)
			known[slug] = number
			return none, err
		}, "SELECT slug, number FROM "+table)
		if err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

// of returns the choice of these slugs, without those that were deleted since.
func (n choiceNumbers) of(table string, slugs []string) (c ippo.Choice) {
	for _, slug := range slugs {
		if number, ok := n[table][slug]; ok {
			c = c.With(number)
		}
	}
	return c
}

// itemSet is some of a plan's items, one bit each.
type itemSet []uint64

func newItemSet(items []plannedItem) itemSet { return make(itemSet, (len(items)+63)/64) }

func (s itemSet) add(n int)      { s[n/64] |= 1 << (n % 64) }
func (s itemSet) has(n int) bool { return s[n/64]&(1<<(n%64)) != 0 }

// all returns the items in their order.
func (s itemSet) all() (items []int) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			items = append(items, 64*i+bits.TrailingZeros64(word))
		}
	}
	return items
}

// choiceItems are the items that are for whoever chose the same, by the choice alone.
type choiceItems struct {
	all, always itemSet // those in always depend on nothing else
	asked       []int   // the others, which depend on who it is besides
}

// everyReader reads who is told of something by the digest, and what those who chose the same are told of: the digest's
// readers, and those who left it since ?1. Those who chose the same come in one row, in the order of the index: many rows
// of one number each take longer to hand over than to find.
const everyReader = `
	SELECT count(*), group_concat(f.id), f.language, f.topics, f.areas, NULL FROM followers f INDEXED BY followers_audience_more
	WHERE f.status = 'active' AND f.stopped = 0 AND f.digest = 1
	GROUP BY f.topics, f.areas, f.marks, f.language
	UNION ALL ` + unreaders

const unreaders = `
	SELECT 1, CAST(f.id AS TEXT), f.language, f.topics, f.areas, f.digest_switched_at FROM followers f INDEXED BY followers_digest_switched
	WHERE f.status = 'active' AND f.stopped = 0 AND f.digest = 0 AND f.digest_switched_at >= ?1`

// lateReaders reads, besides who left the digest since ?1, who chose it since ?2, where the others were counted: they are
// among these, and so are taken away, and told of by name.
const lateReaders = `
	SELECT n.column1, iif(n.column1 > 0, CAST(f.id AS TEXT), NULL), f.language, f.topics, f.areas, NULL
	FROM followers f INDEXED BY followers_digest_switched, (VALUES (-1), (1)) n
	WHERE f.status = 'active' AND f.stopped = 0 AND f.digest = 1 AND f.digest_switched_at >= ?2
	UNION ALL ` + unreaders

// digestReaders are those of a kind that the digest goes to.
func digestReaders(s standing) bool { return s.is(isActive|onDigest, isStopped) }

// choice is what some people chose alike.
type choice struct{ topics, areas ippo.Choice }

// reader is what readers of the digest have alike.
type reader struct {
	choice
	language ippo.Language
}

// groupReaders finds who is told of what, the largest group first. Followers are many and what depends on who they are
// is little: what they had already, and what a broadcast brings as a card. So each is a step over an index and a few over
// bits, and only the groups are kept. Unless they are to be named, those who chose the digest before anybody who chose it
// had anything of what it tells are only counted.
func (s *Store) groupReaders(ctx context.Context, items []plannedItem, named bool) ([]DigestGroup, error) {
	fixed, hadSince := items[0].fixed, items[0].hadSince
	for _, i := range items {
		if i.fixed.Before(fixed) {
			fixed = i.fixed
		}
		if i.hadSince.Before(hadSince) {
			hadSince = i.hadSince
		}
	}
	wanted := map[choice]*choiceItems{}
	groups := map[string]*DigestGroup{}
	var key []byte
	nothing, mine, last := newItemSet(items), newItemSet(items), newItemSet(items)
	// tell puts people who chose the same into their groups: by their IDs, parted by commas, or, if it has none, by their
	// number. left is when they left the digest; zero for its readers.
	tell := func(people int, ids []byte, language []byte, chose choice, left time.Time) error {
		w := wanted[chose]
		if w == nil {
			w = itemsFor(ippo.Preferences{Topics: chose.topics, Areas: chose.areas}, items)
			wanted[chose] = w
		}
		always, asked := w.always, w.asked
		if !left.IsZero() {
			always, asked = nothing, w.all.all()
		}
		var g *DigestGroup // of the one before, who mostly had the same
		// group is the group of one follower; of nobody in particular, it is that of whoever had nothing. It is nil for
		// whoever is told of nothing.
		group := func(id ippo.FollowerID) *DigestGroup {
			copy(mine, always)
			for _, n := range asked {
				if i := &items[n]; !i.had.has(id) && (left.IsZero() || !i.fixed.After(left)) && !slices.ContainsFunc(i.carried, mine.has) {
					mine.add(n)
				}
			}
			if slices.Equal(mine, nothing) {
				return nil
			}
			if g != nil && slices.Equal(mine, last) {
				return g
			}
			key = append(key[:0], language...)
			for _, word := range mine {
				key = binary.BigEndian.AppendUint64(key, word)
			}
			copy(last, mine)
			if g = groups[string(key)]; g == nil {
				g = &DigestGroup{Items: mine.all(), Language: ippo.Language(language)}
				groups[string(key)] = g
			}
			return g
		}
		if ids == nil {
			if g := group(0); g != nil {
				g.People += people
			}
			return nil
		}
		for one := range bytes.SplitSeq(ids, []byte(",")) {
			id, err := strconv.ParseInt(string(one), 10, 64)
			if err != nil {
				return err
			}
			if g := group(ippo.FollowerID(id)); g != nil {
				g.People++
				g.Members = append(g.Members, ippo.FollowerID(id))
			}
		}
		return nil
	}
	readers := everyReader
	if !named {
		readers = lateReaders
		counted, err := s.countDigestReaders(ctx, items)
		if err != nil {
			return nil, err
		}
		for alike, people := range counted {
			if err := tell(people, nil, []byte(alike.language), alike.choice, time.Time{}); err != nil {
				return nil, err
			}
		}
	}
	rows, err := s.ro.QueryContext(ctx, readers, stamp(fixed), stamp(hadSince))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var people int
		var ids, language sql.RawBytes
		var chose choice
		var left time.Time
		if err := rows.Scan(&people, &ids, &language, &chose.topics, &chose.areas, at(&left)); err != nil {
			return nil, err
		}
		if err := tell(people, ids, language, chose, left); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	list := make([]DigestGroup, 0, len(groups))
	for _, g := range groups {
		if g.People > 0 { // those who were counted may all have been taken away
			list = append(list, *g)
		}
	}
	slices.SortFunc(list, func(a, b DigestGroup) int {
		return cmp.Or(b.People-a.People, cmp.Compare(a.Language, b.Language), slices.Compare(a.Items, b.Items))
	})
	return list, nil
}

// countDigestReaders counts the digest's readers by what they chose of what items are about: who chose nothing of it is one with
// whoever chose nothing of it either.
func (s *Store) countDigestReaders(ctx context.Context, items []plannedItem) (map[reader]int, error) {
	var about [2]ippo.Choice
	for _, i := range items {
		about[topicsColumn] |= i.Topics
		about[areasColumn] |= i.Areas
	}
	type alike struct {
		choice
		code kind
	}
	counted := map[alike]int{}
	readers := map[reader]int{}
	err := s.withCensus(ctx, func(c *census) {
		c.each(stands(digestReaders), func(at int) {
			counted[alike{
				choice{relevant(c.choice(topicsColumn, at), about[topicsColumn]), relevant(c.choice(areasColumn, at), about[areasColumn])},
				c.kinds[at] / kind(standings),
			}]++
		})
		for chosen, people := range counted {
			readers[reader{chosen.choice, c.languages[chosen.code]}] = people
		}
	})
	return readers, err
}

// relevant is what is left of a choice that is asked only about some of its numbers, and whether it was left to us. All that
// is chosen besides counts as one other number.
func relevant(chosen, about ippo.Choice) ippo.Choice {
	left := chosen & (about | ippo.Everything)
	if left == 0 && chosen != 0 {
		left = ^about & (about + 1) // the least that is not asked about
	}
	return left
}

// itemsFor finds the items for whoever chose what p says.
func itemsFor(p ippo.Preferences, items []plannedItem) *choiceItems {
	w := &choiceItems{all: newItemSet(items), always: newItemSet(items)}
	for n := range items {
		i := &items[n]
		if !p.Wants(i.Topics, i.Areas) {
			continue
		}
		w.all.add(n)
		if len(i.had)+len(i.carriers) > 0 || i.Kind == ippo.DigestBroadcast {
			w.asked = append(w.asked, n)
		} else {
			w.always.add(n)
		}
	}
	return w
}

// digestClock is when the next digest is due.
type digestClock struct {
	due  time.Time // zero: not known yet
	held bool      // the next one waits for an administrator
}

func scanDigestClock(row scanner) (c digestClock, err error) {
	err = row.Scan(at(&c.due), &c.held)
	return c, err
}

func digestClockIn(ctx context.Context, q queryer) (digestClock, error) {
	c, err := one(ctx, q, scanDigestClock, "SELECT next_due, held FROM digest_clock WHERE id = 1")
	if err != nil {
		return c, fmt.Errorf("digest clock: %w", err)
	}
	return c, nil
}

// NextDigest returns when the next digest is due.
func (s *Store) NextDigest(ctx context.Context) (time.Time, error) {
	c, err := digestClockIn(ctx, s.ro)
	if err != nil || !c.due.IsZero() {
		return c.due, err
	}
	settings, err := s.Settings(ctx)
	next, _ := settings.DigestSchedule().Next(s.Now(), s.Holidays)
	return next, err
}

// DigestDue returns when the next digest is due. Where that was not fixed yet, at the beginning or because
// the settings were changed, it is from now on.
func (s *Store) DigestDue(ctx context.Context) (due time.Time, err error) {
	c, err := digestClockIn(ctx, s.ro)
	if err != nil || !c.due.IsZero() {
		return c.due, err
	}
	err = s.Write(ctx, func(t *Tx) error {
		settings, err := settingsIn(ctx, t.tx)
		if err != nil {
			return err
		}
		next, _ := settings.DigestSchedule().Next(t.now, s.Holidays)
		if err := t.exec(ctx, "UPDATE digest_clock SET next_due = ? WHERE id = 1 AND next_due IS NULL", stamp(next)); err != nil {
			return fmt.Errorf("next digest: %w", err)
		}
		c, err := digestClockIn(ctx, t.tx)
		due = c.due
		return err
	})
	return due, err
}

// errDigestStale: something came out while the digest was being planned; it is ippo.ErrConflict, so that it
// is planned anew.
var errDigestStale = fmt.Errorf("planned before something else came out: %w", ippo.ErrConflict)

// MakeDigest makes an approved broadcast of the digest that was due, with its recipients fixed, and sets
// the next due time. b is its broadcast, whose ID is the plan's; wordings are what each of the plan's groups
// is sent, in their order. Without groups there is none, and nobody is written to. Each due time has one
// outcome: a second is ippo.ErrConflict, and so is a plan that is no longer true.
func (s *Store) MakeDigest(ctx context.Context, due, next time.Time, p *DigestPlan, b *ippo.Broadcast, wordings [][]ippo.Message) error {
	var planned []plannedRequest
	var variants []ippo.Variant
	for i, g := range p.Groups {
		slices.Sort(g.Members)
		planned = append(planned, planRequests(ippo.CallMulticast, i+1, g.Members)...)
		variants = append(variants, ippo.Variant{Number: i + 1, Messages: wordings[i]})
	}
	return s.Write(ctx, func(t *Tx) error {
		if err := t.passDigest(ctx, due, next); err != nil {
			return err
		}
		sent, err := one(ctx, t.tx, scanInt, "SELECT count(*) FROM broadcasts WHERE "+sentBetween, stamp(p.From), stamp(p.Until))
		if err != nil {
			return fmt.Errorf("make digest: %w", err)
		}
		if sent != p.sent {
			return errDigestStale
		}
		// What was in those that staff did not decide about is in this one.
		if err := t.exec(ctx, "UPDATE digests SET state = 'dropped' WHERE state = 'waiting'"); err != nil {
			return fmt.Errorf("make digest: %w", err)
		}
		if len(p.Groups) == 0 {
			return t.insertDigest(ctx, due, ippo.DigestEmpty, p.Until, 0)
		}
		if err := t.insertDigestBroadcast(ctx, b); err != nil {
			return fmt.Errorf("make digest: %w", err)
		}
		if b.ID != p.ID {
			return errDigestStale
		}
		if err := t.insertVariants(ctx, b.ID, variants); err != nil {
			return err
		}
		if err := t.insertRequests(ctx, b.ID, planned); err != nil {
			return err
		}
		if err := t.insertDigestItems(ctx, p); err != nil {
			return fmt.Errorf("make digest: %w", err)
		}
		return t.insertDigest(ctx, due, ippo.DigestMade, p.Until, b.ID)
	})
}

// passDigest moves from the due time that was read to the next.
func (t *Tx) passDigest(ctx context.Context, due, next time.Time) error {
	if err := t.changeOne(ctx, "UPDATE digest_clock SET next_due = ? WHERE id = 1 AND next_due = ?", stamp(next), stamp(due)); err != nil {
		return fmt.Errorf("digest due %s: %w", due.UTC().Format(layout), err)
	}
	return nil
}

func (t *Tx) insertDigest(ctx context.Context, due time.Time, state ippo.DigestState, until time.Time, id ippo.BroadcastID) error {
	err := t.exec(ctx, "INSERT INTO digests (due_at, state, until_at, broadcast_id) VALUES (?, ?, ?, ?)",
		stamp(due), state, stamp(until), orNull(id))
	if isUnique(err) {
		err = ippo.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("digest due %s: %w", due.UTC().Format(layout), err)
	}
	return nil
}

const reasonDigestRestored = "バックアップから戻したあとの、はじめてのまとめです。戻す前に送った内容と重なるかもしれません。管理者が確かめてください。"

// insertDigestBroadcast keeps the broadcast of a digest. What it tells of was approved or published by
// staff, and its day and hour were set by an administrator, in whose name it goes. After a restore it is held.
func (t *Tx) insertDigestBroadcast(ctx context.Context, b *ippo.Broadcast) error {
	clock, err := digestClockIn(ctx, t.tx)
	if err != nil {
		return err
	}
	who, err := one(ctx, t.tx, scanInt, `
		SELECT id FROM staff WHERE email IS NOT NULL ORDER BY role = 'admin' DESC, disabled, id LIMIT 1`)
	if err != nil {
		return fmt.Errorf("in whose name: %w", err)
	}
	b.Origin, b.Audience = ippo.OriginDigest, ippo.Audience{}
	b.Author, b.Approver, b.Status = ippo.StaffID(who), ippo.StaffID(who), ippo.BroadcastApproved
	if clock.held {
		b.Status = ippo.BroadcastHeld
	}
	if err := b.Validate(); err != nil {
		return err
	}
	if err := t.insertBroadcast(ctx, b); err != nil {
		return err
	}
	hash := b.Hash()
	if err := t.exec(ctx, "UPDATE broadcasts SET approved_at = ?, approved_hash = ? WHERE id = ?", stamp(t.now), hash[:], b.ID); err != nil {
		return err
	}
	if !clock.held {
		return nil
	}
	if err := t.exec(ctx, "UPDATE broadcasts SET reason = ? WHERE id = ?", reasonDigestRestored, b.ID); err != nil {
		return err
	}
	if err := t.exec(ctx, "UPDATE digest_clock SET held = 0 WHERE id = 1"); err != nil {
		return err
	}
	return t.mailStaff(ctx, "配信を保留しました", fmt.Sprintf("%s\n/admin/broadcasts/%d\n", reasonDigestRestored, b.ID))
}

func (t *Tx) insertDigestItems(ctx context.Context, p *DigestPlan) error {
	for i, g := range p.Groups {
		for place, n := range g.Items {
			item := &p.Items[n]
			err := t.exec(ctx, "INSERT INTO digest_items (broadcast_id, variant, place, kind, item_id) VALUES (?, ?, ?, ?, ?)",
				p.ID, i+1, place, item.Kind, item.ID())
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// MissDigest records that a digest was not sent in time; staff are told and decide.
func (s *Store) MissDigest(ctx context.Context, due, next time.Time) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.passDigest(ctx, due, next); err != nil {
			return err
		}
		if err := t.mailStaff(ctx, "送られなかったまとめがあります",
			fmt.Sprintf("%s のまとめは、時刻を過ぎたため送信していません。送るかどうかを決めてください。\n/admin/broadcasts/digest\n", ippo.TimeWords(due))); err != nil {
			return err
		}
		return t.insertDigest(ctx, due, ippo.DigestWaiting, time.Time{}, 0)
	})
}

// WaitingDigest returns the latest due time of a digest that was missed and that staff have to decide on;
// zero if there is none.
func (s *Store) WaitingDigest(ctx context.Context) (due time.Time, err error) {
	if err := s.ro.QueryRowContext(ctx, "SELECT max(due_at) FROM digests WHERE state = 'waiting'").Scan(at(&due)); err != nil {
		return due, fmt.Errorf("waiting digest: %w", err)
	}
	return due, nil
}

// SendDigest makes a digest that waited due now, for a reason that all staff read; the job makes it at once. Within the quiet hours it is
// ippo.Problems; one that was decided already is ippo.ErrConflict.
func (s *Store) SendDigest(ctx context.Context, by ippo.StaffID, due time.Time, reason string) error {
	if err := checkReason("今から送る理由", reason); err != nil {
		return err
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return err
	}
	if now := s.Now(); settings.Quiet(now, s.Holidays) {
		var p ippo.Problems
		p.Addf("", "%sは送信できません。次に送信できるのは%sです。", settings.QuietWords(), ippo.TimeWords(settings.Open(now, s.Holidays)))
		return p
	}
	return s.Write(ctx, func(t *Tx) error {
		if _, _, err := t.mayApprove(ctx, by); err != nil {
			return fmt.Errorf("send late digest: %w", err)
		}
		if err := t.decideDigests(ctx, due); err != nil {
			return err
		}
		if err := t.exec(ctx, "UPDATE digest_clock SET next_due = ? WHERE id = 1", stamp(t.now)); err != nil {
			return fmt.Errorf("send late digest: %w", err)
		}
		return t.audit(ctx, by, "digest.send", "digest", ippo.TimeWords(due)+"の分、理由: "+reason)
	})
}

// DropDigest decides that a digest that waited is not sent; what was in it is in the next.
func (s *Store) DropDigest(ctx context.Context, by ippo.StaffID, due time.Time) error {
	return s.Write(ctx, func(t *Tx) error {
		if err := t.decideDigests(ctx, due); err != nil {
			return err
		}
		return t.audit(ctx, by, "digest.drop", "digest", ippo.TimeWords(due))
	})
}

// decideDigests ends the waiting of a missed digest, and of those missed before it.
func (t *Tx) decideDigests(ctx context.Context, due time.Time) error {
	n, err := t.change(ctx, "UPDATE digests SET state = 'dropped' WHERE state = 'waiting' AND due_at <= ?", stamp(due))
	if err == nil && n == 0 {
		err = ippo.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("decide digest: %w", err)
	}
	return nil
}

// DigestPage returns what one wording of a digest told of, in its order, but for what residents can no
// longer see. It is ippo.ErrNotFound if there is no such wording, or nobody has been sent it yet.
func (s *Store) DigestPage(ctx context.Context, id ippo.BroadcastID, variant int) ([]ippo.DigestItem, error) {
	b, err := s.Broadcast(ctx, id)
	if err != nil {
		return nil, err
	}
	type named struct {
		kind ippo.DigestKind
		id   int64
	}
	list, err := collect(ctx, s.ro, func(row scanner) (n named, err error) {
		err = row.Scan(&n.kind, &n.id)
		return n, err
	}, "SELECT kind, item_id FROM digest_items WHERE broadcast_id = ? AND variant = ? ORDER BY place", id, variant)
	if err != nil {
		return nil, fmt.Errorf("digest %d: %w", id, err)
	}
	if len(list) == 0 || b.StartedAt.IsZero() {
		return nil, fmt.Errorf("digest %d, wording %d: %w", id, variant, ippo.ErrNotFound)
	}
	var items []ippo.DigestItem
	for _, n := range list {
		item, err := s.digestItem(ctx, n.kind, n.id)
		switch {
		case errors.Is(err, ippo.ErrNotFound):
			continue
		case err != nil:
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// digestItem returns an item that residents can see, or ippo.ErrNotFound.
func (s *Store) digestItem(ctx context.Context, kind ippo.DigestKind, id int64) (ippo.DigestItem, error) {
	item := ippo.DigestItem{Kind: kind}
	var err error
	seen := false
	switch kind {
	case ippo.DigestBroadcast:
		item.Broadcast, _, err = s.ReadableBroadcast(ctx, ippo.BroadcastID(id))
		seen = err == nil
	case ippo.DigestNews:
		item.News, err = s.News(ctx, ippo.NewsID(id))
		seen = item.News.Status == ippo.ContentPublished && !item.News.PublishAt.After(s.Now())
	case ippo.DigestEvent:
		item.Event, err = s.Event(ctx, ippo.EventID(id))
		seen = item.Event.Status == ippo.ContentPublished
	}
	if err == nil && !seen {
		err = ippo.ErrNotFound
	}
	return item, err
}

// ReadableBroadcast returns a broadcast that residents may read again on our page: one that was sent to
// topics, areas or everyone, or corrects such a one. corrected is what corrects it and was sent; nil if
// nothing does. Any other broadcast is ippo.ErrNotFound.
func (s *Store) ReadableBroadcast(ctx context.Context, id ippo.BroadcastID) (b, corrected *ippo.Broadcast, err error) {
	if b, err = s.Broadcast(ctx, id); err != nil {
		return nil, nil, err
	}
	first, err := s.correctedFirst(ctx, b)
	if err != nil {
		return nil, nil, err
	}
	if b.Status != ippo.BroadcastSent || !first.Digested() {
		return nil, nil, fmt.Errorf("broadcast %d is not for reading: %w", id, ippo.ErrNotFound)
	}
	corrected, err = one(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+" FROM broadcasts WHERE corrects_id = ? AND status = 'sent' ORDER BY id DESC LIMIT 1", id)
	if errors.Is(err, ippo.ErrNotFound) {
		return b, nil, nil
	}
	return b, corrected, err
}

// DigestTopics returns the topics of what a digest told of, by any wording.
func (s *Store) DigestTopics(ctx context.Context, id ippo.BroadcastID) ([]string, error) {
	topics, err := collect(ctx, s.ro, scanText, `
		WITH items AS (SELECT DISTINCT kind, item_id FROM digest_items WHERE broadcast_id = ?)
		SELECT j.value FROM items i JOIN broadcasts b ON i.kind = 'broadcast' AND b.id = i.item_id, json_each(b.audience, '$.topics') j
		UNION
		SELECT t.slug FROM items i JOIN news n ON i.kind = 'news' AND n.id = i.item_id JOIN topics t ON n.topics >> t.number & 1
		UNION
		SELECT t.slug FROM items i JOIN events e ON i.kind = 'event' AND e.id = i.item_id JOIN topics t ON e.topics >> t.number & 1`, id)
	if err != nil {
		return nil, fmt.Errorf("topics of digest %d: %w", id, err)
	}
	return topics, nil
}

// DigestReaders counts those who get the next digest, if there is something in it for each of them.
func (s *Store) DigestReaders(ctx context.Context) (int, error) {
	people, err := s.headcount(ctx)
	if err != nil {
		return 0, fmt.Errorf("digest's readers: %w", err)
	}
	return people.count(digestReaders), nil
}
