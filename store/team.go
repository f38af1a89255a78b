package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ippo"
)

// Teams returns every team, by name.
func (s *Store) Teams(ctx context.Context) ([]ippo.Team, error) {
	all, err := collect(ctx, s.ro, scanTeam, `SELECT `+teamColumns+` FROM teams ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("teams: %w", err)
	}
	return all, nil
}

// Team returns one team.
func (s *Store) Team(ctx context.Context, id ippo.TeamID) (ippo.Team, error) {
	t, err := one(ctx, s.ro, scanTeam, `SELECT `+teamColumns+` FROM teams WHERE id = ?`, id)
	if err != nil {
		return t, fmt.Errorf("team %d: %w", id, err)
	}
	return t, nil
}

const teamColumns = `id, name, topics, areas`

func scanTeam(row scanner) (t ippo.Team, err error) {
	err = row.Scan(&t.ID, &t.Name, &t.Topics, &t.Areas)
	return t, err
}

// CreateTeam makes a team and returns it with its ID.
func (s *Store) CreateTeam(ctx context.Context, by ippo.StaffID, team ippo.Team) (ippo.Team, error) {
	if err := team.Validate(); err != nil {
		return team, err
	}
	err := s.Write(ctx, func(t *Tx) error {
		id, err := t.insert(ctx, `INSERT INTO teams (name, topics, areas) VALUES (?, ?, ?)`, team.Name, team.Topics, team.Areas)
		if err != nil {
			return fmt.Errorf("create team: %w", nameTaken(err))
		}
		team.ID = ippo.TeamID(id)
		return t.audit(ctx, by, "team.create", object("team", team.ID), team.Name)
	})
	return team, err
}

// UpdateTeam changes a team's name and what it looks after.
func (s *Store) UpdateTeam(ctx context.Context, by ippo.StaffID, team ippo.Team) error {
	if err := team.Validate(); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		was, err := t.row(ctx, "teams", "id", team.ID)
		if err != nil {
			return fmt.Errorf("update team %d: %w", team.ID, err)
		}
		if err := t.changeOne(ctx, `UPDATE teams SET name = ?, topics = ?, areas = ? WHERE id = ?`, team.Name, team.Topics, team.Areas, team.ID); err != nil {
			return fmt.Errorf("update team %d: %w", team.ID, nameTaken(err))
		}
		return t.auditChange(ctx, by, "team.update", object("team", team.ID), team.Name, was)
	})
}

// DeleteTeam removes a team that nobody belongs to: whoever lost their only team would see everything.
func (s *Store) DeleteTeam(ctx context.Context, by ippo.StaffID, id ippo.TeamID) error {
	return s.Write(ctx, func(t *Tx) error {
		members, err := one(ctx, t.tx, scanInt, `
			SELECT (SELECT count(*) FROM team_members WHERE team_id = ?1)
				+ (SELECT count(*) FROM staff_invites i, json_each(i.teams) j WHERE j.value = ?1)`, id)
		if err != nil {
			return fmt.Errorf("delete team %d: %w", id, err)
		}
		if members > 0 {
			return inUse(fmt.Sprintf("このチームには%d人（招待中の人を含みます）がいるため、削除できません。先に、職員の画面で全員をチームから外してください。", members))
		}
		was, err := t.row(ctx, "teams", "id", id)
		if err == nil {
			err = t.changeOne(ctx, `DELETE FROM teams WHERE id = ?`, id)
		}
		if err != nil {
			return fmt.Errorf("delete team %d: %w", id, found(err))
		}
		return t.auditChange(ctx, by, "team.delete", object("team", id), "", was)
	})
}

func nameTaken(err error) error {
	if isUnique(err) {
		return ippo.Problems{{Field: "name", Message: "この名前はすでに使われています。"}}
	}
	return err
}

// join makes these the only teams that somebody belongs to, and says them for the log.
func (t *Tx) join(ctx context.Context, id ippo.StaffID, teams []ippo.TeamID) (words string, err error) {
	if err := t.exec(ctx, `DELETE FROM team_members WHERE staff_id = ?`, id); err != nil {
		return "", err
	}
	var names []string
	for _, team := range teams {
		is, err := one(ctx, t.tx, scanTeam, `SELECT `+teamColumns+` FROM teams WHERE id = ?`, team)
		if errors.Is(err, ippo.ErrNotFound) {
			return "", ippo.Problems{{Field: "teams", Message: "チームを選びなおしてください。"}}
		}
		if err == nil {
			err = t.exec(ctx, `INSERT INTO team_members (staff_id, team_id) VALUES (?, ?)`, id, team)
		}
		if err != nil {
			return "", err
		}
		names = append(names, is.Name)
	}
	return strings.Join(names, "・"), nil
}

// Remit returns what somebody sees and may change; nil for everything.
func (s *Store) Remit(ctx context.Context, who ippo.Staff) (ippo.Remit, error) {
	if len(who.Teams) == 0 {
		return nil, nil
	}
	teams, err := collect(ctx, s.ro, scanTeam, `
		SELECT `+teamColumns+` FROM teams WHERE id IN (SELECT team_id FROM team_members WHERE staff_id = ?) ORDER BY name`, who.ID)
	if err != nil {
		return nil, fmt.Errorf("remit of staff %d: %w", who.ID, err)
	}
	return append(ippo.Remit{}, teams...), nil
}

type remitKey struct{}

// Within returns a context in which what lies outside of a remit is not found, not listed, not counted and not
// written. Without one, as in a job or a command, everything is.
func Within(ctx context.Context, remit ippo.Remit) context.Context {
	return context.WithValue(ctx, remitKey{}, remit)
}

// RemitOf returns what the context is kept within; nil for everything.
func RemitOf(ctx context.Context) ippo.Remit {
	remit, _ := ctx.Value(remitKey{}).(ippo.Remit)
	return remit
}

// visible returns ippo.ErrNotFound for what the context's remit does not see.
func visible(ctx context.Context, topics, areas ippo.Choice) error {
	if !RemitOf(ctx).Sees(topics, areas) {
		return ippo.ErrNotFound
	}
	return nil
}

// seenOf keeps what the context's remit sees.
func seenOf[T any](ctx context.Context, all []T, about func(T) (topics, areas ippo.Choice)) []T {
	if RemitOf(ctx) == nil {
		return all
	}
	return slices.DeleteFunc(all, func(one T) bool {
		topics, areas := about(one)
		return !RemitOf(ctx).Sees(topics, areas)
	})
}

// someSeen reads rows until it has as many as limit says of those that the context's remit sees; 0: all of them.
func someSeen[T any](ctx context.Context, q queryer, limit int, about func(T) (topics, areas ippo.Choice), scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var seen []T
	for (limit == 0 || len(seen) < limit) && rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		if topics, areas := about(one); RemitOf(ctx).Sees(topics, areas) {
			seen = append(seen, one)
		}
	}
	return seen, rows.Err()
}

// checkContent adds to what is wrong with an item that the context's remit does not hold it.
func (s *Store) checkContent(ctx context.Context, invalid error, topics, areas ippo.Choice) error {
	p, err := addProblems(nil, invalid)
	if err != nil {
		return err
	}
	if p, err = addProblems(p, s.mayWrite(ctx, topics, areas)); err != nil {
		return err
	}
	return p.Err()
}

// mayWrite reports what of an item the context's remit does not hold.
func (s *Store) mayWrite(ctx context.Context, topics, areas ippo.Choice) error {
	if RemitOf(ctx).Holds(topics, areas) {
		return nil
	}
	words, err := s.remitWords(ctx)
	if err != nil {
		return err
	}
	field := "topics"
	if slices.ContainsFunc(RemitOf(ctx), func(t ippo.Team) bool { return ippo.Remit{{Topics: t.Topics}}.Holds(topics, 0) }) {
		field = "areas"
	}
	return ippo.Problems{{Field: field, Message: "あなたのチームの受け持ち（" + words + "）の中から選んでください。"}}
}

// mayAddress reports an audience that the context's remit does not hold.
func (s *Store) mayAddress(ctx context.Context, a ippo.Audience) error {
	topics, areas, err := s.about(ctx, a)
	if err != nil || RemitOf(ctx).Holds(topics, areas) {
		return err
	}
	words, err := s.remitWords(ctx)
	if err != nil {
		return err
	}
	return ippo.Problems{{Field: "audience", Message: "宛先は、あなたのチームの受け持ち（" + words + "）の中から選んでください。友だち全員には送れません。"}}
}

func (s *Store) remitWords(ctx context.Context) (string, error) {
	topics, err := s.Topics(ctx)
	if err != nil {
		return "", err
	}
	areas, err := s.Areas(ctx)
	if err != nil {
		return "", err
	}
	return RemitOf(ctx).Words(
		func(c ippo.Choice) string { return namesOf(topics, c) },
		func(c ippo.Choice) string { return namesOf(areas, c) }), nil
}

func namesOf[T choosable](all []T, c ippo.Choice) string {
	var names []string
	for _, one := range all {
		if t := ippo.Topic(one); c.Has(t.Number) {
			names = append(names, t.Name)
		}
	}
	return strings.Join(names, "、")
}

// about returns the topics and the areas that an audience is of; none for one that leaves either open.
func (s *Store) about(ctx context.Context, a ippo.Audience) (topics, areas ippo.Choice, err error) {
	if RemitOf(ctx) == nil {
		return 0, 0, nil // nobody asks
	}
	allTopics, err := s.Topics(ctx)
	if err != nil {
		return 0, 0, err
	}
	allAreas, err := s.Areas(ctx)
	return chosenOf(allTopics, a.Topics), chosenOf(allAreas, a.Areas), err
}

func chosenOf[T choosable](all []T, slugs []string) (c ippo.Choice) {
	for _, one := range all {
		if t := ippo.Topic(one); slices.Contains(slugs, t.Slug) {
			c = c.With(t.Number)
		}
	}
	return c
}

// seesAudience reports whether the context's remit sees what goes to an audience.
func (s *Store) seesAudience(ctx context.Context, a ippo.Audience) (bool, error) {
	topics, areas, err := s.about(ctx, a)
	return err == nil && RemitOf(ctx).Sees(topics, areas), err
}

// seenTo keeps what goes to an audience that the context's remit sees.
func seenTo[T any](ctx context.Context, s *Store, all []T, audience func(T) ippo.Audience) ([]T, error) {
	if RemitOf(ctx) == nil {
		return all, nil
	}
	var kept []T
	for _, one := range all {
		sees, err := s.seesAudience(ctx, audience(one))
		if err != nil {
			return nil, err
		}
		if sees {
			kept = append(kept, one)
		}
	}
	return kept, nil
}

// narrowToSeen leaves those of a list of what goes to an audience that the context's remit sees. audience is the
// expression of the rows' audiences, which are few among many rows: each is looked at once.
func (s *Store) narrowToSeen(ctx context.Context, l *listing, table, audience string) error {
	if RemitOf(ctx) == nil {
		return nil
	}
	all, err := collect(ctx, s.ro, scanText, fmt.Sprintf(`
		WITH RECURSIVE each_of (audience) AS (
			SELECT min(audience) FROM %[1]s
			UNION ALL SELECT (SELECT min(audience) FROM %[1]s WHERE audience > each_of.audience) FROM each_of WHERE audience IS NOT NULL)
		SELECT audience FROM each_of WHERE audience IS NOT NULL`, table))
	if err != nil {
		return fmt.Errorf("audiences of %s: %w", table, err)
	}
	seen := []string{}
	for _, one := range all {
		var a ippo.Audience
		if err := json.Unmarshal([]byte(one), &a); err != nil {
			return fmt.Errorf("audience in %s: %w", table, err)
		}
		sees, err := s.seesAudience(ctx, a)
		if err != nil {
			return err
		}
		if sees {
			seen = append(seen, one)
		}
	}
	list, err := json.Marshal(seen)
	if err != nil {
		return fmt.Errorf("audiences of %s: %w", table, err)
	}
	l.narrow(audience+" IN (SELECT value FROM json_each(?))", string(list))
	return nil
}

// addressedBy is the audience of a row of broadcasts, of a correction that of what went wrong, as addressed says.
const addressedBy = `CASE WHEN corrects_id IS NULL THEN audience ELSE (
	WITH RECURSIVE wrong (audience, corrects) AS (
		SELECT w.audience, w.corrects_id FROM broadcasts w WHERE w.id = broadcasts.corrects_id
		UNION ALL SELECT w.audience, w.corrects_id FROM wrong JOIN broadcasts w ON w.id = wrong.corrects)
	SELECT audience FROM wrong WHERE corrects IS NULL) END`

// seenBroadcasts keeps the broadcasts that the context's remit sees; a correction is seen as what it corrects.
func (s *Store) seenBroadcasts(ctx context.Context, all []*ippo.Broadcast) ([]*ippo.Broadcast, error) {
	if RemitOf(ctx) == nil {
		return all, nil
	}
	var kept []*ippo.Broadcast
	for _, b := range all {
		a, err := s.addressed(ctx, b)
		if err != nil {
			return nil, err
		}
		sees, err := s.seesAudience(ctx, a)
		if err != nil {
			return nil, err
		}
		if sees {
			kept = append(kept, b)
		}
	}
	return kept, nil
}

// addressed returns the audience of a broadcast or, of a correction, that of what went wrong.
func (s *Store) addressed(ctx context.Context, b *ippo.Broadcast) (ippo.Audience, error) {
	for b.Corrects != 0 {
		wrong, err := one(ctx, s.ro, scanBroadcast, "SELECT "+broadcastColumns+" FROM broadcasts WHERE id = ?", b.Corrects)
		if err != nil {
			return ippo.Audience{}, fmt.Errorf("what broadcast %d corrects: %w", b.ID, err)
		}
		b = wrong
	}
	return b.Audience, nil
}

// remitCondition is the condition on the columns topics and areas of rows that the context's remit holds.
func remitCondition(ctx context.Context) (string, []any) {
	remit := RemitOf(ctx)
	if remit == nil {
		return "1 = 1", nil
	}
	either, args := []string{"1 = 0"}, []any{}
	for _, t := range remit {
		each := []string{"1 = 1"}
		for _, part := range []struct {
			column string
			choice ippo.Choice
		}{{"topics", t.Topics}, {"areas", t.Areas}} {
			if part.choice != 0 {
				each, args = append(each, part.column+" <> 0 AND "+part.column+" & ~? = 0"), append(args, int64(part.choice))
			}
		}
		either = append(either, strings.Join(each, " AND "))
	}
	return "(" + strings.Join(either, " OR ") + ")", args
}

// groupRemit is the condition on a column that names a group: that the context's remit holds it.
func groupRemit(ctx context.Context, column string) (string, []any) {
	if RemitOf(ctx) == nil {
		return "1 = 1", nil
	}
	held, args := remitCondition(ctx)
	return "EXISTS (SELECT 1 FROM activity_groups WHERE id = " + column + " AND " + held + ")", args
}

// requestRemit is the condition on requests r at the desk: those about a group are its team's, the others the
// whole office's.
func requestRemit(ctx context.Context) (string, []any) {
	theirs, args := groupRemit(ctx, "r.group_id")
	return "(r.group_id IS NULL OR " + theirs + ")", args
}

// followerRemit is the condition on followers f whom the context's remit could write to.
func followerRemit(ctx context.Context) (string, []any) {
	c := &choosing{}
	c.narrowToRemit(ctx)
	return c.where(), c.args
}

// narrowToRemit asks that the context's remit could write to somebody.
func (c *choosing) narrowToRemit(ctx context.Context) {
	remit := RemitOf(ctx)
	if remit == nil {
		return
	}
	either := choosing{rows: []string{"1 = 0"}}
	for _, t := range remit {
		each := choosing{}
		each.narrowTo(func(s standing) bool { return s.is(0, isUnguided) }, "NOT (f.topics = 0 AND f.areas = 0)")
		for _, part := range []struct {
			of     column
			row    string
			choice ippo.Choice
		}{
			{topicsColumn, "(f.topics = 0 OR f.topics & ? <> 0)", t.Topics},
			{areasColumn, "(f.areas = 0 OR f.areas & ? <> 0)", t.Areas},
		} {
			if part.choice != 0 {
				some := part.choice | ippo.Everything
				each.narrow(has(part.of, uint64(some)|nothing), part.row, int64(some))
			}
		}
		either.narrow(each.met(), each.where(), each.args...)
	}
	c.narrow(anyOf(either.census...), "("+strings.Join(either.rows, " OR ")+")", either.args...)
}

// Held reports whether the context's remit holds one thing of a kind; what it does not even see is
// ippo.ErrNotFound. What stands under something else, such as a reservation under its event, is held as that is.
func (s *Store) Held(ctx context.Context, kind string, id int64) (bool, error) {
	var a ippo.Audience
	var topics, areas ippo.Choice
	switch kind {
	case "news":
		n, err := s.News(ctx, ippo.NewsID(id))
		if err != nil {
			return false, err
		}
		return RemitOf(ctx).Holds(n.Topics, n.Areas), nil
	case "reservation":
		r, err := s.Reservation(ctx, ippo.ReservationID(id))
		if err != nil {
			return false, err
		}
		return s.Held(ctx, "event", int64(r.Event))
	case "event":
		e, err := s.Event(ctx, ippo.EventID(id))
		if err != nil {
			return false, err
		}
		return RemitOf(ctx).Holds(e.Topics, e.Areas), nil
	case "match":
		m, err := s.Match(ctx, ippo.MatchID(id))
		if err != nil {
			return false, err
		}
		return s.Held(ctx, "group", int64(m.Group))
	case "group":
		g, err := s.ActivityGroup(ctx, ippo.ActivityGroupID(id))
		if err != nil {
			return false, err
		}
		return RemitOf(ctx).Holds(g.Topics, g.Areas), nil
	case "request":
		_, err := s.DeskRequest(ctx, ippo.DeskRequestID(id))
		return err == nil, err
	case "follower":
		_, err := s.Follower(ctx, ippo.FollowerID(id))
		return err == nil, err
	case "broadcast":
		b, err := s.Broadcast(ctx, ippo.BroadcastID(id))
		if err == nil {
			a, err = s.addressed(ctx, b)
		}
		if err != nil {
			return false, err
		}
	case "series":
		one, err := s.Series(ctx, ippo.SeriesID(id))
		if err != nil {
			return false, err
		}
		a = one.Audience
	case "campaign":
		c, err := s.Campaign(ctx, ippo.CampaignID(id))
		if err != nil {
			return false, err
		}
		a = c.Audience
	case "audience":
		saved, err := s.SavedAudience(ctx, id)
		if err != nil {
			return false, err
		}
		a = saved.Audience
	default:
		return false, fmt.Errorf("whose is a %s: unknown kind", kind)
	}
	topics, areas, err := s.about(ctx, a)
	return err == nil && RemitOf(ctx).Holds(topics, areas), err
}
