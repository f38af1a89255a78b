package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ippo"
)

// FollowerRow is a follower as whole lists of them come in and go out. In an import, what is zero
// leaves a follower who is there already as they are.
type FollowerRow struct {
	ID          ippo.FollowerID // in exports
	LineUserID  string
	DisplayName string
	Status      ippo.FollowerStatus // active or blocked; a new follower is active unless it says otherwise
	Stopped     bool                // in an import: true stops, false changes nothing
	Digest      bool                // likewise: true chooses the weekly digest
	Topics      ippo.Choice
	Areas       ippo.Choice
	Tags        []int64 // IDs, ascending; nil in an import: the tags stay
	Language    ippo.Language
	Entry       int64 // ID
	FollowedAt  time.Time
}

// Imported says what one ImportFollowers did.
type Imported struct {
	Added, Changed int
	Erased         int           // rows passed over: who asked to be forgotten does not come back by a list
	Held           time.Duration // how long other writers waited
}

// ImportFollowers adds these followers, each of them named once, or changes those who are there, in
// one transaction. The caller keeps it short by the number of rows.
func (s *Store) ImportFollowers(ctx context.Context, rows []FollowerRow) (Imported, error) {
	sealed := make([]sealedRow, len(rows))
	for i, r := range rows { // encrypting takes time and needs no transaction
		sealed[i] = sealedRow{r, s.seal("followers.display_name", r.DisplayName)}
	}
	var done Imported
	var began time.Time
	err := s.Write(ctx, func(t *Tx) error {
		began = time.Now() // real time, not the clock's: it measures the machine
		for part := range slices.Chunk(sealed, importRows) {
			if err := t.importFollowers(ctx, part, &done); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Imported{}, fmt.Errorf("import followers: %w", err)
	}
	done.Held = time.Since(began)
	return done, nil
}

// importRows is how many followers one statement adds: one for each would cost several times as much.
const importRows = 64

type sealedRow struct {
	FollowerRow
	name any // the display name
}

func (t *Tx) importFollowers(ctx context.Context, all []sealedRow, done *Imported) error {
	rows, err := t.unlessForgotten(ctx, all)
	done.Erased += len(all) - len(rows)
	if err != nil || len(rows) == 0 {
		return err
	}
	added, err := t.addFollowers(ctx, rows)
	if err != nil {
		return err
	}
	done.Added += len(added)
	there := map[string]namedFollower{}
	if len(added) < len(rows) {
		if there, err = t.followersThere(ctx, rows, added); err != nil {
			return err
		}
	}
	for _, r := range rows {
		f, ok := there[r.LineUserID]
		switch {
		case !ok:
			continue // just added
		case f.erased:
			done.Erased++
			delete(there, r.LineUserID)
			continue
		}
		if err := t.changeFollower(ctx, f.id, r); err != nil {
			return err
		}
		done.Changed++
	}
	return t.tagFollowers(ctx, rows, there, added)
}

// addFollowers adds those who are not there yet and returns them by LINE user ID.
func (t *Tx) addFollowers(ctx context.Context, rows []sealedRow) (map[string]namedFollower, error) {
	args := make([]any, 0, 11*len(rows))
	for _, r := range rows {
		followed, blocked := stamp(r.FollowedAt), any(nil)
		if followed == nil {
			followed = stamp(t.now)
		}
		if r.Status == ippo.FollowerBlocked {
			blocked = stamp(t.now)
		}
		args = append(args, r.LineUserID, string(cmp.Or(r.Status, ippo.FollowerActive)), r.name, string(cmp.Or(r.Language, ippo.Japanese)),
			int64(r.Topics), int64(r.Areas), r.Digest, r.Stopped, orNull(r.Entry), followed, blocked)
	}
	return byUser(collect(ctx, t.tx, scanNamedFollower, `
		INSERT INTO followers (line_user_id, status, display_name, language, topics, areas, digest, stopped, entry_id, followed_at, blocked_at)
		VALUES `+tuples(len(rows), 11)+` ON CONFLICT (line_user_id) DO NOTHING RETURNING id, line_user_id, 0`, args...))
}

// changeFollower changes what a row says of a follower.
func (t *Tx) changeFollower(ctx context.Context, id ippo.FollowerID, r sealedRow) error {
	return t.exec(ctx, `
		UPDATE followers SET
			status       = coalesce(?2, status),
			display_name = coalesce(?3, display_name),
			language     = coalesce(?4, language),
			topics       = CASE ?5 WHEN 0 THEN topics ELSE ?5 END,
			areas        = CASE ?6 WHEN 0 THEN areas ELSE ?6 END,
			stopped      = max(stopped, ?7),
			digest_switched_at = CASE WHEN digest < ?11 THEN ?10 ELSE digest_switched_at END,
			digest       = max(digest, ?11),
			entry_id     = coalesce(?8, entry_id),
			followed_at  = coalesce(?9, followed_at),
			blocked_at   = CASE ?2 WHEN 'active' THEN NULL WHEN 'blocked' THEN coalesce(blocked_at, ?10) ELSE blocked_at END
		WHERE id = ?1`,
		id, nullText(string(r.Status)), r.name, nullText(string(r.Language)), int64(r.Topics), int64(r.Areas), r.Stopped,
		orNull(r.Entry), stamp(r.FollowedAt), stamp(t.now), r.Digest)
}

// tagFollowers gives the followers of rows that name tags exactly these; there are those who were
// there already, added those who were not.
func (t *Tx) tagFollowers(ctx context.Context, rows []sealedRow, there, added map[string]namedFollower) error {
	var untag, tag []any // follower IDs; tag and follower IDs in turn
	for _, r := range rows {
		if r.Tags == nil {
			continue
		}
		f, fresh := added[r.LineUserID]
		if !fresh {
			var ok bool
			if f, ok = there[r.LineUserID]; !ok {
				continue // erased
			}
			untag = append(untag, f.id)
		}
		for _, one := range r.Tags {
			tag = append(tag, one, f.id)
		}
	}
	if len(untag) > 0 {
		err := t.exec(ctx, `DELETE FROM follower_tags WHERE follower_id IN (`+placeholders(len(untag))+`)`, untag...)
		if err != nil {
			return err
		}
	}
	if len(tag) == 0 {
		return nil
	}
	return t.exec(ctx, `INSERT INTO follower_tags (tag_id, follower_id) VALUES `+tuples(len(tag)/2, 2)+` ON CONFLICT DO NOTHING`, tag...)
}

type namedFollower struct {
	id     ippo.FollowerID
	user   string
	erased bool
}

func scanNamedFollower(row scanner) (f namedFollower, err error) {
	err = row.Scan(&f.id, &f.user, &f.erased)
	return f, err
}

// followersThere returns, by LINE user ID, those of the rows' followers who were not added.
func (t *Tx) followersThere(ctx context.Context, rows []sealedRow, added map[string]namedFollower) (map[string]namedFollower, error) {
	var users []any
	for _, r := range rows {
		if _, ok := added[r.LineUserID]; !ok {
			users = append(users, r.LineUserID)
		}
	}
	return byUser(collect(ctx, t.tx, scanNamedFollower, `
		SELECT id, line_user_id, status = 'erased' FROM followers WHERE line_user_id IN (`+placeholders(len(users))+`)`, users...))
}

func byUser(found []namedFollower, err error) (map[string]namedFollower, error) {
	named := make(map[string]namedFollower, len(found))
	for _, f := range found {
		named[f.user] = f
	}
	return named, err
}

// tuples returns n lists of as many question marks, for VALUES.
func tuples(n, width int) string {
	one := "(" + placeholders(width) + "),"
	return strings.TrimSuffix(strings.Repeat(one, n), ",")
}

// FollowerRows returns at most limit followers with IDs after the one given, in their order, for an
// export: page by page, so that no read transaction stays open across a download. Who was erased is
// left out.
func (s *Store) FollowerRows(ctx context.Context, after ippo.FollowerID, limit int) ([]FollowerRow, error) {
	rows, err := collect(ctx, s.ro, s.scanFollowerRow, `
		SELECT `+followerRowColumns+` FROM followers WHERE id > ? AND status <> 'erased' ORDER BY id LIMIT ?`, after, limit)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	tagged, err := collect(ctx, s.ro, scanFollowerTag, `
		SELECT follower_id, tag_id FROM follower_tags WHERE follower_id BETWEEN ? AND ? ORDER BY follower_id, tag_id`,
		rows[0].ID, rows[len(rows)-1].ID)
	if err != nil {
		return nil, fmt.Errorf("follower rows: %w", err)
	}
	for i := range rows {
		for len(tagged) > 0 && tagged[0].follower <= rows[i].ID {
			if tagged[0].follower == rows[i].ID {
				rows[i].Tags = append(rows[i].Tags, tagged[0].tag)
			}
			tagged = tagged[1:]
		}
	}
	return rows, nil
}

const followerRowColumns = `id, line_user_id, display_name, status, digest, stopped, topics, areas, language, coalesce(entry_id, 0), followed_at`

func (s *Store) scanFollowerRow(row scanner) (r FollowerRow, err error) {
	var name []byte
	err = row.Scan(&r.ID, &r.LineUserID, &name, &r.Status, &r.Digest, &r.Stopped, &r.Topics, &r.Areas, &r.Language, &r.Entry, at(&r.FollowedAt))
	if err != nil {
		return r, err
	}
	r.DisplayName, err = s.open("followers.display_name", name)
	return r, err
}

type followerTag struct {
	follower ippo.FollowerID
	tag      int64
}

func scanFollowerTag(row scanner) (ft followerTag, err error) {
	err = row.Scan(&ft.follower, &ft.tag)
	return ft, err
}
