package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ippo"
)

// AudienceChoices returns all that audiences are chosen by.
func (s *Store) AudienceChoices(ctx context.Context) (all ippo.AudienceChoices, err error) {
	if all.Topics, err = s.Topics(ctx); err != nil {
		return all, err
	}
	if all.Areas, err = s.Areas(ctx); err != nil {
		return all, err
	}
	if all.Tags, err = s.TagNames(ctx); err != nil {
		return all, err
	}
	all.Entries, err = s.EntryNames(ctx)
	return all, err
}

// AudienceCount counts the followers an audience holds now. Slugs that name nothing are
// ippo.Problems.
func (s *Store) AudienceCount(ctx context.Context, a ippo.Audience) (ippo.Count, error) {
	return s.countAudience(ctx, a, false)
}

// EmergencyCount counts as AudienceCount does, with those who stopped all but emergencies.
func (s *Store) EmergencyCount(ctx context.Context, a ippo.Audience) (ippo.Count, error) {
	return s.countAudience(ctx, a, true)
}

func (s *Store) countAudience(ctx context.Context, a ippo.Audience, emergency bool) (ippo.Count, error) {
	people, err := s.headcountIn(ctx, a)
	if err != nil {
		return ippo.Count{}, fmt.Errorf("count audience: %w", err)
	}
	in, one := stand(a, emergency), alone(a, emergency)
	c := ippo.Count{
		Count:  people.count(func(s standing) bool { return in(s) && one(s) }),
		Digest: people.count(func(s standing) bool { return in(s) && !one(s) }),
	}
	if len(a.Topics)+len(a.Areas) == 0 { // whoever chose neither is in no audience of them
		c.Unguided = people.count(func(s standing) bool { return in(s) && one(s) && s.is(isUnguided, 0) })
	}
	return c, nil
}

// LeftOut counts who meets an audience's conditions and is not in it now, by the reason.
func (s *Store) LeftOut(ctx context.Context, a ippo.Audience, emergency bool) (out ippo.LeftOut, err error) {
	people, err := s.headcountIn(ctx, a)
	if err != nil {
		return out, fmt.Errorf("count who is left out: %w", err)
	}
	in := stand(a, emergency)
	out.Blocked = people.count(func(s standing) bool { return s.is(isBlocked, 0) })
	out.Stopped = people.count(func(s standing) bool { return s.is(isActive, 0) && !in(s) })
	if a.Except == nil {
		return out, nil
	}
	all := a
	all.Except = nil
	more, err := s.headcountIn(ctx, all)
	if err != nil {
		return out, fmt.Errorf("count who is left out: %w", err)
	}
	out.Excepted = more.count(in) - people.count(in) // what has exceptions goes to who chose the digest, too
	return out, nil
}

// AudienceSample returns at most limit of those whom an audience holds now, the newest first.
func (s *Store) AudienceSample(ctx context.Context, a ippo.Audience, emergency bool, limit int) ([]ippo.Follower, error) {
	count, err := s.countAudience(ctx, a, emergency)
	if err != nil {
		return nil, err
	}
	where, args, err := s.audienceCondition(ctx, a, emergency)
	if err != nil {
		return nil, err
	}
	where += whom(a, emergency)
	from := "followers f NOT INDEXED" // of many, enough are soon met in the order itself
	if count.Count <= fewFollowers {
		from, where = "followers f", "f.id IN (SELECT f.id FROM followers f "+indexed(a)+" WHERE "+where+")"
	}
	sample, err := collect(ctx, s.ro, s.scanFollower, "SELECT "+followerColumns+" FROM "+from+" WHERE "+where+" ORDER BY f.id DESC LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("sample of an audience: %w", err)
	}
	return sample, nil
}

// audienceMembers returns the followers an audience holds now, in ascending order.
func (s *Store) audienceMembers(ctx context.Context, a ippo.Audience, emergency bool) ([]ippo.FollowerID, error) {
	where, args, err := s.audienceCondition(ctx, a, emergency)
	if err != nil {
		return nil, err
	}
	if !singly(a, emergency) {
		where += " AND f.digest = 0"
	}
	members, err := collect(ctx, s.ro, scanFollowerID, "SELECT f.id FROM followers f "+indexed(a)+" WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("find audience: %w", err)
	}
	slices.Sort(members) // here rather than in SQL, where it would cost the pass over the index
	return members, nil
}

// indexed names the index that an audience is found by: the narrow one where it holds all that is asked.
// Left to itself, SQLite takes the wide one for some of these.
func indexed(a ippo.Audience) string {
	if len(a.Entries)+len(a.Languages)+a.Within > 0 || a.Except != nil && len(a.Except.Entries)+a.Except.Within > 0 {
		return "INDEXED BY followers_audience_more"
	}
	return "INDEXED BY followers_audience"
}

// headcountIn counts those who meet an audience's conditions, however they stand to the account.
func (s *Store) headcountIn(ctx context.Context, a ippo.Audience) (headcount, error) {
	chosen, err := s.choosing(ctx, a)
	if err != nil {
		return headcount{}, err
	}
	return s.headcountOf(ctx, chosen)
}

// whom says who of an audience gets a broadcast by itself.
func whom(a ippo.Audience, emergency bool) string {
	if singly(a, emergency) {
		return " AND f.digest IN (0, 1)"
	}
	return " AND f.digest = 0"
}

// alone says the same of a standing.
func alone(a ippo.Audience, emergency bool) func(standing) bool {
	if singly(a, emergency) {
		return func(standing) bool { return true }
	}
	return func(s standing) bool { return s.is(0, onDigest) }
}

// singly reports whether those who chose the digest are in an audience too.
func singly(a ippo.Audience, emergency bool) bool { return emergency || !a.Digested() }

func scanFollowerID(row scanner) (id ippo.FollowerID, err error) {
	err = row.Scan(&id)
	return id, err
}

// audienceCondition says an audience as a condition on followers f, those who chose the digest included.
// Whoever blocked the account or was erased is in no audience; who stopped broadcasts, in that of an
// emergency only.
func (s *Store) audienceCondition(ctx context.Context, a ippo.Audience, emergency bool) (where string, args []any, err error) {
	chosen, err := s.choosing(ctx, a)
	if err != nil {
		return "", nil, err
	}
	where = "f.status = 'active' AND f.stopped = 0"
	if reachesStopped(a, emergency) {
		where = "f.status = 'active' AND f.stopped IN (0, 1)" // a column of the index that is not named ends its use
	}
	return where + " AND " + chosen.where(), chosen.args, nil
}

// stand says who stands to the account as an audience asks.
func stand(a ippo.Audience, emergency bool) func(standing) bool {
	if reachesStopped(a, emergency) {
		return func(s standing) bool { return s.is(isActive, 0) }
	}
	return func(s standing) bool { return s.is(isActive, isStopped) }
}

// reachesStopped reports whether those are in an audience, too, who stopped broadcasts: LINE's own does not know them.
func reachesStopped(a ippo.Audience, emergency bool) bool { return emergency || a.Unseen }

// choosing says what an audience asks of followers, however they stand to the account.
func (s *Store) choosing(ctx context.Context, a ippo.Audience) (*choosing, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	if sees, err := s.seesAudience(ctx, a); err != nil {
		return nil, err
	} else if !sees {
		return nil, s.mayAddress(ctx, a)
	}
	var problems ippo.Problems
	in := &choosing{}
	for _, list := range []struct {
		of           column
		field, label string
		slugs        []string
	}{{topicsColumn, "topics", "分野", a.Topics}, {areasColumn, "areas", "地域", a.Areas}} {
		if len(list.slugs) == 0 {
			continue
		}
		numbers, err := s.named(ctx, &problems, "audience."+list.field, list.label, "SELECT slug, number FROM "+list.field, list.slugs)
		if err != nil {
			return nil, err
		}
		// A follower who skipped this question means all of it; one who skipped both gets only
		// what goes to everyone.
		some := uint64(ippo.ChoiceOf(numbers...) | ippo.Everything)
		in.narrow(has(list.of, some|nothing), fmt.Sprintf("(f.%s & ? <> 0 OR f.%[1]s = 0)", list.field), int64(some))
	}
	if len(a.Topics)+len(a.Areas) > 0 {
		in.narrowTo(func(s standing) bool { return s.is(0, isUnguided) }, "NOT (f.topics = 0 AND f.areas = 0)")
	}
	if err := s.chooseListed(ctx, in, &problems, "audience", a.Tags, a.Entries, a.Ambassadors, a.Within); err != nil {
		return nil, err
	}
	if len(a.Languages) > 0 {
		values := make([]any, len(a.Languages))
		for i, l := range a.Languages {
			values[i] = l
		}
		in.narrow(readsIn(a.Languages), "f.language IN ("+placeholders(len(values))+")", values...)
	}
	if e := a.Except; e != nil {
		out := &choosing{}
		if err := s.chooseListed(ctx, out, &problems, "audience.except", e.Tags, e.Entries, e.Ambassadors, e.Within); err != nil {
			return nil, err
		}
		for _, list := range []struct {
			of           column
			field, label string
			slugs        []string
		}{{topicsColumn, "topics", "分野", e.Topics}, {areasColumn, "areas", "地域", e.Areas}} {
			if len(list.slugs) == 0 {
				continue
			}
			numbers, err := s.named(ctx, &problems, "audience.except."+list.field, list.label, "SELECT slug, number FROM "+list.field, list.slugs)
			if err != nil {
				return nil, err
			}
			some := ippo.ChoiceOf(numbers...)
			out.narrow(has(list.of, uint64(some)), "f."+list.field+" & ? <> 0", int64(some))
		}
		in.narrow(not(anyOf(out.census...)), "NOT ("+strings.Join(out.rows, " OR ")+")", out.args...)
	}
	return in, problems.Err()
}

// chooseListed asks what audiences and their exceptions name alike: tags, entries, ambassadors, and days since somebody
// became a friend.
func (s *Store) chooseListed(ctx context.Context, c *choosing, problems *ippo.Problems, field string, tags, entries []string, ambassadors bool, within int) error {
	if len(tags) > 0 {
		ids, err := s.named(ctx, problems, field+".tags", "タグ", "SELECT slug, id FROM tags", tags)
		if err != nil {
			return err
		}
		if err := s.chooseTagged(ctx, c, ids); err != nil {
			return err
		}
	}
	if len(entries) > 0 {
		ids, err := s.named(ctx, problems, field+".entries", "登録経路", "SELECT slug, id FROM entries", entries)
		if err != nil {
			return err
		}
		by, values := make([]int64, len(ids)), make([]any, len(ids))
		for i, id := range ids {
			by[i], values[i] = int64(id), id
		}
		c.narrow(cameBy(by), "coalesce(f.entry_id IN ("+placeholders(len(ids))+"), 0)", values...)
	}
	if ambassadors {
		c.narrow(has(marksColumn, uint64(markAmbassador)), "f.marks & ? <> 0", markAmbassador)
	}
	if within > 0 {
		since := s.Now().AddDate(0, 0, -within)
		c.narrow(followedSince(since), "f.followed_at >= ?", stamp(since))
	}
	return nil
}

// Bits of followers.marks, which triggers keep: migrations/00160_marks.sql.
const (
	maxTagMark     = 60             // tags with higher IDs have no bit
	markAmbassador = int64(1) << 61 // an ambassador who serves and does not rest
)

// tagged is the condition of having one of these tags: by their bits where they have some, which the index
// holds, and by their rows where a center has more tags than bits.
func tagged(ids []int) (condition string, args []any) {
	marks, rest := tagMarks(ids)
	condition, args = "f.marks & ? <> 0", []any{marks}
	if len(rest) > 0 {
		condition = "(" + condition + " OR f.id IN (SELECT follower_id FROM follower_tags WHERE tag_id IN (" + placeholders(len(rest)) + ")))"
	}
	return condition, append(args, rest...)
}

// tagMarks returns the bits of some tags, and those that have none.
func tagMarks(ids []int) (marks int64, rest []any) {
	for _, id := range ids {
		if id <= maxTagMark {
			marks |= 1 << id
		} else {
			rest = append(rest, id)
		}
	}
	return marks, rest
}

// chooseTagged asks for one of these tags.
func (s *Store) chooseTagged(ctx context.Context, c *choosing, ids []int) error {
	row, args := tagged(ids)
	marks, rest := tagMarks(ids)
	counted := has(marksColumn, uint64(marks))
	if len(rest) > 0 {
		found, err := collect(ctx, s.ro, scanFollowerID, "SELECT follower_id FROM follower_tags WHERE tag_id IN ("+placeholders(len(rest))+")", rest...)
		if err != nil {
			return err
		}
		counted = anyOf(counted, identified(found))
	}
	c.narrow(counted, row, args...)
	return nil
}

// named looks slugs up in a small table of slug and number, noting those that it does not hold.
func (s *Store) named(ctx context.Context, p *ippo.Problems, field, label, query string, slugs []string) ([]int, error) {
	rows, err := s.ro.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", field, err)
	}
	defer rows.Close()
	known := map[string]int{}
	for rows.Next() {
		var slug string
		var number int
		if err := rows.Scan(&slug, &number); err != nil {
			return nil, fmt.Errorf("look up %s: %w", field, err)
		}
		known[slug] = number
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look up %s: %w", field, err)
	}
	var numbers []int
	for _, slug := range slugs {
		if n, ok := known[slug]; ok {
			numbers = append(numbers, n)
		} else {
			p.Addf(field, "%s「%s」はありません。", label, slug)
		}
	}
	return numbers, nil
}

// placeholders returns n question marks parted by commas.
func placeholders(n int) string {
	return strings.TrimSuffix(strings.Repeat("?,", n), ",")
}
