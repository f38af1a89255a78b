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
	whom := whom(a, emergency)
	// Counts and nothing else: sums by choice in one pass over the index would take twice as long.
	var c ippo.Count
	for _, count := range []struct {
		into  *int
		which string
		asked bool
	}{
		{&c.Count, whom, true},
		{&c.Digest, " AND f.digest = 1", !singly(a, emergency)},
		// Whoever chose neither topic nor area is in no audience of them.
		{&c.Unguided, whom + " AND f.topics = 0 AND f.areas = 0", len(a.Topics)+len(a.Areas) == 0},
	} {
		if !count.asked {
			continue
		}
		var err error
		if *count.into, err = s.countAmong(ctx, standing(a, emergency), a, count.which); err != nil {
			return ippo.Count{}, fmt.Errorf("count audience: %w", err)
		}
	}
	return c, nil
}

// LeftOut counts who meets an audience's conditions and is not in it now, by the reason.
func (s *Store) LeftOut(ctx context.Context, a ippo.Audience, emergency bool) (ippo.LeftOut, error) {
	var out ippo.LeftOut
	for _, count := range []struct {
		into     *int
		standing string
		asked    bool
	}{
		{&out.Blocked, "f.status = 'blocked' AND f.stopped IN (0, 1)", true},
		{&out.Stopped, "f.status = 'active' AND f.stopped = 1", !emergency && !a.Unseen},
	} {
		if !count.asked {
			continue
		}
		var err error
		if *count.into, err = s.countAmong(ctx, count.standing, a, " AND f.digest IN (0, 1)"); err != nil {
			return out, fmt.Errorf("count who is left out: %w", err)
		}
	}
	if a.Except == nil {
		return out, nil
	}
	with, err := s.countAudience(ctx, a, emergency)
	if err != nil {
		return out, err
	}
	all := a
	all.Except = nil
	n, err := s.countAmong(ctx, standing(all, emergency), all, " AND f.digest IN (0, 1)")
	if err != nil {
		return out, fmt.Errorf("count who is left out: %w", err)
	}
	out.Excepted = n - with.Count // what has exceptions goes to who chose the digest, too
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

// countAmong counts those of an audience who stand in some way to the account and meet one more condition: by the
// sums of followers, unless it asks for what only their rows tell, since when they are friends and tags beyond
// the marks.
func (s *Store) countAmong(ctx context.Context, standing string, a ippo.Audience, which string) (int, error) {
	by, err := s.countAmongBy(ctx, "''", standing, a, which)
	return by[""], err
}

// countAmongBy does so by the values of a column.
func (s *Store) countAmongBy(ctx context.Context, column, standing string, a ippo.Audience, which string) (map[string]int, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	if a.Within == 0 && a.Except != nil && a.Except.Within > 0 {
		// The sums tell all but these days; who came in these days are few.
		all, lately := a, a
		rest := *a.Except
		rest.Within = 0
		all.Except = &rest
		if rest.Empty() {
			all.Except = nil
		}
		lately.All, lately.Except, lately.Within = false, all.Except, a.Except.Within
		count, err := s.countAmongBy(ctx, column, standing, all, which)
		if err != nil {
			return nil, err
		}
		came, err := s.countAmongBy(ctx, column, standing, lately, which)
		for value, n := range came {
			count[value] -= n
		}
		return count, err
	}
	where, args, err := s.audienceAmong(ctx, standing, a)
	if err != nil {
		return nil, err
	}
	people, from := "coalesce(sum(f.people), 0)", "follower_sums f"
	switch {
	case a.Within > 0:
		const few = 10_000 // whose rows are read sooner than the index that holds all that is asked
		n, err := one(ctx, s.ro, scanInt, "SELECT count(*) FROM (SELECT 1 FROM followers WHERE followed_at >= ? LIMIT ?)", s.since(a.Within), few)
		if err != nil {
			return nil, err
		}
		people, from = "count(*)", "followers f "+indexed(a)
		if n < few {
			from = "followers f INDEXED BY followers_followed"
		}
	case strings.Contains(where, "f.id "):
		people, from = "count(*)", "followers f "+indexed(a)
	}
	query := "SELECT " + column + ", " + people + " FROM " + from + " WHERE " + where + which
	if column != "''" {
		query += " GROUP BY " + column
	}
	count := map[string]int{}
	_, err = collect(ctx, s.ro, func(row scanner) (none struct{}, err error) {
		var value string
		var n int
		err = row.Scan(&value, &n)
		count[value] = n
		return none, err
	}, query, args...)
	return count, err
}

// whom says who of an audience gets a broadcast by itself.
func whom(a ippo.Audience, emergency bool) string {
	if singly(a, emergency) {
		return " AND f.digest IN (0, 1)"
	}
	return " AND f.digest = 0"
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
	return s.audienceAmong(ctx, standing(a, emergency), a)
}

// standing says who stands to the account as an audience asks.
func standing(a ippo.Audience, emergency bool) string {
	if emergency || a.Unseen { // LINE's broadcast knows nobody who stopped
		return "f.status = 'active' AND f.stopped IN (0, 1)" // a column of the index that is not named ends its use
	}
	return "f.status = 'active' AND f.stopped = 0"
}

// audienceAmong says an audience as a condition on those followers f who stand in some way to the account.
func (s *Store) audienceAmong(ctx context.Context, standing string, a ippo.Audience) (where string, args []any, err error) {
	if err := a.Validate(); err != nil {
		return "", nil, err
	}
	if sees, err := s.seesAudience(ctx, a); err != nil {
		return "", nil, err
	} else if !sees {
		return "", nil, s.mayAddress(ctx, a)
	}
	var problems ippo.Problems
	conditions := []string{standing}
	for _, choice := range []struct {
		column, field, label string
		slugs                []string
	}{{"topics", "audience.topics", "分野", a.Topics}, {"areas", "audience.areas", "地域", a.Areas}} {
		if len(choice.slugs) == 0 {
			continue
		}
		numbers, err := s.named(ctx, &problems, choice.field, choice.label, "SELECT slug, number FROM "+choice.column, choice.slugs)
		if err != nil {
			return "", nil, err
		}
		// A follower who skipped this question means all of it; one who skipped both gets only
		// what goes to everyone.
		conditions = append(conditions, fmt.Sprintf("(f.%s & ? <> 0 OR f.%[1]s = 0)", choice.column))
		args = append(args, int64(ippo.ChoiceOf(numbers...)|ippo.Everything))
	}
	if len(a.Topics)+len(a.Areas) > 0 {
		conditions = append(conditions, "NOT (f.topics = 0 AND f.areas = 0)")
	}
	lists := func(field string, tags, entries []string) (conditions []string, args []any, err error) {
		if len(tags) > 0 {
			ids, err := s.named(ctx, &problems, field+".tags", "タグ", "SELECT slug, id FROM tags", tags)
			if err != nil {
				return nil, nil, err
			}
			condition, more := tagged(ids)
			conditions, args = append(conditions, condition), append(args, more...)
		}
		if len(entries) > 0 {
			ids, err := s.named(ctx, &problems, field+".entries", "登録経路", "SELECT slug, id FROM entries", entries)
			if err != nil {
				return nil, nil, err
			}
			conditions = append(conditions, "coalesce(f.entry_id IN ("+placeholders(len(ids))+"), 0)")
			for _, id := range ids {
				args = append(args, id)
			}
		}
		return conditions, args, nil
	}
	more, values, err := lists("audience", a.Tags, a.Entries)
	if err != nil {
		return "", nil, err
	}
	conditions, args = append(conditions, more...), append(args, values...)
	if a.Ambassadors {
		conditions, args = append(conditions, "f.marks & ? <> 0"), append(args, markAmbassador)
	}
	if len(a.Languages) > 0 {
		conditions = append(conditions, "f.language IN ("+placeholders(len(a.Languages))+")")
		for _, l := range a.Languages {
			args = append(args, l)
		}
	}
	if a.Within > 0 {
		conditions, args = append(conditions, "f.followed_at >= ?"), append(args, s.since(a.Within))
	}
	if e := a.Except; e != nil {
		out, values, err := lists("audience.except", e.Tags, e.Entries)
		if err != nil {
			return "", nil, err
		}
		for _, choice := range []struct {
			column, label string
			slugs         []string
		}{{"topics", "分野", e.Topics}, {"areas", "地域", e.Areas}} {
			if len(choice.slugs) == 0 {
				continue
			}
			numbers, err := s.named(ctx, &problems, "audience.except."+choice.column, choice.label, "SELECT slug, number FROM "+choice.column, choice.slugs)
			if err != nil {
				return "", nil, err
			}
			out, values = append(out, "f."+choice.column+" & ? <> 0"), append(values, int64(ippo.ChoiceOf(numbers...)))
		}
		if e.Ambassadors {
			out, values = append(out, "f.marks & ? <> 0"), append(values, markAmbassador)
		}
		if e.Within > 0 {
			out, values = append(out, "f.followed_at >= ?"), append(values, s.since(e.Within))
		}
		conditions, args = append(conditions, "NOT ("+strings.Join(out, " OR ")+")"), append(args, values...)
	}
	return strings.Join(conditions, " AND "), args, problems.Err()
}

// since is from when somebody has been a friend for so many days at most.
func (s *Store) since(days int) any { return stamp(s.Now().AddDate(0, 0, -days)) }

// Bits of followers.marks, which triggers keep: migrations/00160_marks.sql.
const (
	maxTagMark     = 60             // tags with higher IDs have no bit
	markAmbassador = int64(1) << 61 // an ambassador who serves and does not rest
)

// tagged is the condition of having one of these tags: by their bits where they have some, which the index
// holds, and by their rows where a center has more tags than bits.
func tagged(ids []int) (condition string, args []any) {
	var bits int64
	var rest []any
	for _, id := range ids {
		if id <= maxTagMark {
			bits |= 1 << id
		} else {
			rest = append(rest, id)
		}
	}
	condition, args = "f.marks & ? <> 0", []any{bits}
	if len(rest) > 0 {
		condition = "(" + condition + " OR f.id IN (SELECT follower_id FROM follower_tags WHERE tag_id IN (" + placeholders(len(rest)) + ")))"
	}
	return condition, append(args, rest...)
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
