package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ippo"
	"ippo/internal/fold"
)

// FollowerByLineID returns the follower with LINE's name for them.
func (s *Store) FollowerByLineID(ctx context.Context, lineUserID string) (ippo.Follower, error) {
	f, err := one(ctx, s.ro, s.scanFollower, `SELECT `+followerColumns+` FROM followers f WHERE f.line_user_id = ?`, lineUserID)
	if err != nil {
		return f, fmt.Errorf("follower by LINE ID: %w", err)
	}
	return f, nil
}

// Follower returns one follower.
func (s *Store) Follower(ctx context.Context, id ippo.FollowerID) (ippo.Follower, error) {
	theirs, args := followerRemit(ctx)
	f, err := one(ctx, s.ro, s.scanFollower, `SELECT `+followerColumns+` FROM followers f WHERE f.id = ? AND `+theirs, append([]any{id}, args...)...)
	if err != nil {
		return f, fmt.Errorf("follower %d: %w", id, err)
	}
	return f, nil
}

// FollowerFilter narrows a list of followers; its zero value is all of them.
type FollowerFilter struct {
	Status ippo.FollowerStatus
	Topics ippo.Choice // who chose one of these, by name or with everything
	Areas  ippo.Choice
	Entry  string // slug
	Tag    string // slug
	Query  string // words of the name, or the number
}

// followers says a filter, within the context's remit.
func (s *Store) followers(ctx context.Context, filter FollowerFilter) (*choosing, error) {
	c := &choosing{}
	c.narrowToRemit(ctx)
	if filter.Status != "" {
		of := standingOf(filter.Status)
		c.narrowTo(func(s standing) bool { return s.is(of, 0) }, "f.status = ?", filter.Status)
	}
	for _, list := range []struct {
		of    column
		row   string
		asked ippo.Choice
	}{{topicsColumn, "f.topics & ? <> 0", filter.Topics}, {areasColumn, "f.areas & ? <> 0", filter.Areas}} {
		if list.asked != 0 {
			some := list.asked | ippo.Everything
			c.narrow(has(list.of, uint64(some)), list.row, int64(some))
		}
	}
	if filter.Entry != "" {
		id, err := one(ctx, s.ro, scanInt, `SELECT coalesce(max(id), -1) FROM entries WHERE slug = ?`, filter.Entry)
		if err != nil {
			return nil, err
		}
		c.narrow(cameBy([]int64{int64(id)}), "f.entry_id = ?", id)
	}
	if filter.Tag != "" {
		id, err := one(ctx, s.ro, scanInt, `SELECT coalesce(max(id), 0) FROM tags WHERE slug = ?`, filter.Tag)
		if err != nil {
			return nil, err
		}
		if err := s.chooseTagged(ctx, c, []int{id}); err != nil {
			return nil, err
		}
	}
	query := fold.QueryOf(filter.Query)
	if query.Empty() {
		return c, nil
	}
	found, err := s.followersNamed(ctx, query)
	if err != nil {
		return nil, err
	}
	if number, err := strconv.ParseInt(fold.Text(filter.Query), 10, 64); err == nil {
		found = append(found, ippo.FollowerID(number))
	}
	c.narrow(identified(found), "f.id IN (SELECT value FROM json_each(?))", idList(found))
	return c, nil
}

// followerOrders are what a list of followers may be sorted by, each with its index; "" is the list's own.
var followerOrders = map[string]struct{ by, index string }{
	"": {"f.followed_at", "followers_followed"}, "seen": {"coalesce(f.seen_at, '')", "followers_seen"},
}

// fewFollowers is how many of all may be found by the index of what they chose, and sorted: of more than that a
// page full is soon met in the order itself.
const fewFollowers = 3000

// Followers returns a part of the list of those whom a filter leaves, and how many these are.
func (s *Store) Followers(ctx context.Context, filter FollowerFilter, p Page) (Part[ippo.Follower], int, error) {
	none := Part[ippo.Follower]{}
	chosen, err := s.followers(ctx, filter)
	if err != nil {
		return none, 0, fmt.Errorf("followers: %w", err)
	}
	total, err := s.countFollowers(ctx, chosen)
	if err != nil {
		return none, 0, err
	}
	where, args := chosen.where(), chosen.args
	order, ok := followerOrders[p.Sort]
	if !ok {
		order = followerOrders[""]
	}
	from := "followers f INDEXED BY " + order.index // left to itself, SQLite finds all whom the filter leaves, and sorts them
	if total <= fewFollowers {
		among := "followers f INDEXED BY followers_audience_more"
		switch {
		case filter.Query != "":
			among = "followers f"
		case filter.Tag != "":
			among = "follower_tags g CROSS JOIN followers f ON f.id = g.follower_id AND g.tag_id = (SELECT id FROM tags WHERE slug = ?)"
			args = append([]any{filter.Tag}, args...)
		}
		from = "followers f"
		where = "f.id IN (SELECT f.id FROM " + among + " WHERE " + where + ")"
		order.by = strings.Replace(order.by, "f.", "+f.", 1) // which no index holds
	}
	part, err := collectPage(ctx, s.ro, s.scanFollower, listing{
		columns: followerColumns, table: "followers f", id: "f.id", from: from, where: where, args: args, stretches: []stretch{{by: order.by, desc: p.Desc}},
	}, p)
	if err != nil {
		return none, 0, fmt.Errorf("followers: %w", err)
	}
	return part, total, nil
}

// CountFollowers counts those whom a filter leaves.
func (s *Store) CountFollowers(ctx context.Context, filter FollowerFilter) (int, error) {
	chosen, err := s.followers(ctx, filter)
	if err != nil {
		return 0, fmt.Errorf("count followers: %w", err)
	}
	return s.countFollowers(ctx, chosen)
}

func (s *Store) countFollowers(ctx context.Context, chosen *choosing) (int, error) {
	people, err := s.headcountOf(ctx, chosen)
	if err != nil {
		return 0, fmt.Errorf("count followers: %w", err)
	}
	return people.count(anybody), nil
}

const followerColumns = `f.id, f.line_user_id, f.status, f.display_name, f.language, f.topics, f.areas, f.digest, f.stopped,
	(SELECT slug FROM entries WHERE id = f.entry_id), f.followed_at, f.blocked_at, f.onboarded_at, f.seen_at`

func (s *Store) scanFollower(row scanner) (f ippo.Follower, err error) {
	var name []byte
	var entry sql.NullString
	err = row.Scan(&f.ID, &f.LineUserID, &f.Status, &name, &f.Language, &f.Topics, &f.Areas, &f.Digest, &f.Stopped,
		&entry, at(&f.FollowedAt), at(&f.BlockedAt), at(&f.OnboardedAt), at(&f.SeenAt))
	if err != nil {
		return f, err
	}
	f.Entry = entry.String
	f.DisplayName, err = s.open("followers.display_name", name)
	return f, err
}

// Follow notes that somebody added the account, or came back to it, at the time given: their earlier
// settings are kept. Name and language count only for who is new or, the name, when it is not "".
// News from before the latest block is out of order and changes nothing. Who was forgotten is somebody new;
// who is about to be stays so.
func (t *Tx) Follow(ctx context.Context, lineUserID, name string, language ippo.Language, at time.Time) (ippo.FollowerID, error) {
	sealed := t.store.seal("followers.display_name", name)
	err := t.exec(ctx, `
		INSERT INTO followers (line_user_id, status, display_name, language, followed_at, seen_at)
		VALUES (?1, 'active', ?2, ?3, ?4, ?4)
		ON CONFLICT (line_user_id) DO UPDATE SET
			status = 'active', blocked_at = NULL, followed_at = ?4, seen_at = ?4,
			display_name = coalesce(?2, display_name)
		WHERE status <> 'erased' AND (blocked_at IS NULL OR blocked_at <= ?4)`,
		lineUserID, sealed, language, stamp(at))
	if err == nil {
		err = t.welcomeBack(ctx, lineUserID)
	}
	if err != nil {
		return 0, fmt.Errorf("follow: %w", err)
	}
	id, err := one(ctx, t.tx, scanInt, `SELECT id FROM followers WHERE line_user_id = ?`, lineUserID)
	if err != nil {
		return 0, fmt.Errorf("follow: %w", err)
	}
	return ippo.FollowerID(id), nil
}

// Block notes that somebody blocked the account at the time given, unless they have come back since. Who
// was not known is noted too: the event that tells how they came may be late, and must not undo this. Of
// who was forgotten nothing is noted, not even that.
func (t *Tx) Block(ctx context.Context, lineUserID string, at time.Time) error {
	if forgotten, err := t.forgotten(ctx, lineUserID); err != nil {
		return fmt.Errorf("block: %w", err)
	} else if forgotten {
		return t.unnameEvents(ctx, lineUserID)
	}
	err := t.exec(ctx, `
		INSERT INTO followers (line_user_id, status, followed_at, blocked_at) VALUES (?1, 'blocked', ?2, ?2)
		ON CONFLICT (line_user_id) DO UPDATE SET status = 'blocked', blocked_at = ?2
		WHERE status = 'active' AND followed_at <= ?2`, lineUserID, stamp(at))
	if err == nil {
		err = t.exec(ctx, `DELETE FROM first_follows WHERE follower_id = (SELECT id FROM followers WHERE line_user_id = ?)`, lineUserID)
	}
	if err != nil {
		return fmt.Errorf("block: %w", err)
	}
	return nil
}

// Seen notes when somebody was last heard from. Who writes has not blocked the account, or not any
// more: the event that told of it may be lost.
func (t *Tx) Seen(ctx context.Context, id ippo.FollowerID, at time.Time) error {
	err := t.exec(ctx, `
		UPDATE followers SET seen_at = ?1,
			status = CASE WHEN status = 'blocked' AND blocked_at < ?1 THEN 'active' ELSE status END,
			blocked_at = CASE WHEN blocked_at < ?1 THEN NULL ELSE blocked_at END
		WHERE id = ?2 AND (seen_at IS NULL OR seen_at < ?1)`, stamp(at), id)
	if err != nil {
		return fmt.Errorf("seen %d: %w", id, err)
	}
	return nil
}

// SavePreferences replaces what a follower wants to hear. Who goes back from the digest to one message
// for each thing is in one more: with what came out until now and was not sent to them for its sake.
func (t *Tx) SavePreferences(ctx context.Context, id ippo.FollowerID, p ippo.Preferences) error {
	err := t.changeOne(ctx, `
		UPDATE followers SET language = ?1, topics = ?2, areas = ?3, stopped = ?4,
			digest_switched_at = CASE WHEN digest <> ?5 THEN ?6 ELSE digest_switched_at END, digest = ?5
		WHERE id = ?7`,
		p.Language, int64(p.Topics), int64(p.Areas), p.Stopped, p.Digest, stamp(t.now), id)
	if err != nil {
		return fmt.Errorf("save preferences of %d: %w", id, err)
	}
	return nil
}

// Onboarded notes that a follower has been through the settings once.
func (t *Tx) Onboarded(ctx context.Context, id ippo.FollowerID) error {
	err := t.exec(ctx, `UPDATE followers SET onboarded_at = ? WHERE id = ? AND onboarded_at IS NULL`, stamp(t.now), id)
	if err != nil {
		return fmt.Errorf("onboarded %d: %w", id, err)
	}
	return t.AtHome(ctx, id)
}

// SetEntry notes by which entry a follower came; the first that they name counts.
func (t *Tx) SetEntry(ctx context.Context, id ippo.FollowerID, slug string) error {
	err := t.exec(ctx, `
		UPDATE followers SET entry_id = (SELECT id FROM entries WHERE slug = ?) WHERE id = ? AND entry_id IS NULL`, slug, id)
	if err != nil {
		return fmt.Errorf("entry of %d: %w", id, err)
	}
	return nil
}

// ChosenLanguages counts the friends who read each language.
func (s *Store) ChosenLanguages(ctx context.Context) (map[ippo.Language]int, error) {
	people, err := s.headcount(ctx)
	if err != nil {
		return nil, fmt.Errorf("chosen languages: %w", err)
	}
	return people.byLanguage(func(s standing) bool { return s.is(isActive, 0) }), nil
}
