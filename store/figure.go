package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ippo"
)

// figures are what Ippo counts by itself, for indicators and for the monthly report, in the order in which
// reports tell of them: one entry each, with its words.
//
// A query is given the first moment of a period (?1) and the first after it (?2), and returns what
// ippo.Figure.Tell takes: the number, NULL if there is none, and of how many it is a share. What stands at a
// period's end is counted by the times that rows bear, so that a count that comes late is of that end all the
// same, as far as rows tell.
var figures = []struct {
	ippo.Figure
	query string
}{
	{ippo.Figure{Key: "friends", About: ippo.AboutFriends, Name: "友だちの人数", Unit: "人", Stands: true}, `
		SELECT count(*), 0 FROM followers WHERE ` + friendsAt},
	{ippo.Figure{Key: "friends-new", About: ippo.AboutFriends, Name: "新しい友だち", Unit: "人", Adds: true}, `
		SELECT count(*), 0 FROM followers WHERE followed_at >= ?1 AND followed_at < ?2`},
	{ippo.Figure{Key: "friends-blocked", About: ippo.AboutFriends, Name: "ブロックした人", Unit: "人", Adds: true}, `
		SELECT count(*), 0 FROM followers WHERE status = 'blocked' AND blocked_at >= ?1 AND blocked_at < ?2`},
	{ippo.Figure{Key: "newcomers", About: ippo.AboutFriends, Name: "転入された方の登録", Unit: "人", Adds: true, Attribute: true}, `
		SELECT count(*), 0 FROM followers f JOIN entries e ON e.id = f.entry_id WHERE e.newcomer = 1 AND f.followed_at >= ?1 AND f.followed_at < ?2`},
	{ippo.Figure{Key: "newcomers-joined", About: ippo.AboutFriends, Name: "登録した転入者のうち、団体に参加した人の割合", Unit: ippo.UnitPercent}, `
		SELECT count(CASE WHEN EXISTS (SELECT 1 FROM matches m WHERE m.follower_id = f.id AND m.joined_at < ?2) THEN 1 END), count(*)
		FROM followers f JOIN entries e ON e.id = f.entry_id WHERE e.newcomer = 1 AND f.followed_at >= ?1 AND f.followed_at < ?2`},

	{ippo.Figure{Key: "broadcasts", About: ippo.AboutBroadcasts, Name: "配信した回数", Unit: "回", Adds: true}, `
		SELECT count(*), 0 FROM broadcasts WHERE status = 'sent' AND finished_at >= ?1 AND finished_at < ?2`},
	{ippo.Figure{Key: "messages", About: ippo.AboutBroadcasts, Name: "送った通数", Unit: "通", Adds: true}, `
		SELECT (SELECT coalesce(sum(r.size - (SELECT count(*) FROM delivery_exceptions x WHERE x.request_id = r.id)), 0)
			FROM delivery_requests r WHERE r.state = 'accepted' AND r.answered_at >= ?1 AND r.answered_at < ?2)
			+ (SELECT count(*) FROM notices WHERE state = 'accepted' AND answered_at >= ?1 AND answered_at < ?2)
			+ (SELECT coalesce(sum(accepted), 0) FROM notice_days WHERE day >= date(?1, '+9 hours') AND day < date(?2, '+9 hours')), 0`},
	// Nobody knows, rather than none, where LINE has told of no broadcast: it tells of none that reached few.
	{ippo.Figure{Key: "opened", About: ippo.AboutBroadcasts, Name: "配信を開いた人（のべ、LINEが数えた分）", Unit: "人", Adds: true}, `
		SELECT sum(r.opened), 0 FROM broadcast_readers r JOIN broadcasts b ON b.id = r.broadcast_id
		WHERE b.status = 'sent' AND b.finished_at >= ?1 AND b.finished_at < ?2`},
	{ippo.Figure{Key: "reductions", About: ippo.AboutBroadcasts, Name: "「配信を減らす」が開かれた回数", Unit: "回", Adds: true}, `
		SELECT count(*), 0 FROM reductions WHERE step = 'opened' AND at >= ?1 AND at < ?2`},

	{ippo.Figure{Key: "consultations", About: ippo.AboutAdvice, Name: "相談の件数", Unit: "件", Adds: true}, `
		SELECT count(*), 0 FROM consultations WHERE made_at >= ?1 AND made_at < ?2`},
	// The middle one, or of two the mean: one long wait over the holidays would make a mean of all say nothing.
	{ippo.Figure{Key: "consultations-answer", About: ippo.AboutAdvice, Name: "相談の最初のお返事までの時間（中央値）", Unit: ippo.UnitHours}, `
		WITH waits AS (
			SELECT 1440 * (julianday(answered_at) - julianday(made_at)) AS minutes, row_number() OVER (ORDER BY julianday(answered_at) - julianday(made_at)) AS n, count(*) OVER () AS all_of
			FROM consultations WHERE way = 'room' AND made_at >= ?1 AND made_at < ?2 AND answered_at < ?2)
		SELECT cast(round(avg(minutes)) AS INTEGER), 0 FROM waits WHERE n IN ((all_of + 1) / 2, all_of / 2 + 1)`},
	{ippo.Figure{Key: "requests", About: ippo.AboutAdvice, Name: "受付の件数", Unit: "件", Adds: true}, `
		SELECT count(*), 0 FROM desk_requests WHERE made_at >= ?1 AND made_at < ?2`},
	{ippo.Figure{Key: "visits-asked", About: ippo.AboutAdvice, Name: "団体の見学の希望", Unit: "件", Adds: true}, `
		SELECT count(*), 0 FROM matches WHERE asked_at >= ?1 AND asked_at < ?2`},
	{ippo.Figure{Key: "visits", About: ippo.AboutAdvice, Name: "団体を見学した人", Unit: "人", Adds: true}, `
		SELECT count(*), 0 FROM matches WHERE visited_at >= ?1 AND visited_at < ?2`},
	{ippo.Figure{Key: "joined", About: ippo.AboutAdvice, Name: "紹介から団体に参加した人", Unit: "人", Adds: true}, `
		SELECT count(*), 0 FROM matches WHERE joined_at >= ?1 AND joined_at < ?2`},

	{ippo.Figure{Key: "groups", About: ippo.AboutActivity, Name: "掲載している団体", Unit: "団体", Stands: true}, `
		SELECT count(*), 0 FROM activity_groups WHERE ?1 <= ?2 AND hidden = 0`},
	{ippo.Figure{Key: "news", About: ippo.AboutActivity, Name: "公開したお知らせ", Unit: "件", Adds: true}, `
		SELECT count(*), 0 FROM news WHERE published_at >= ?1 AND published_at < ?2`},
	{ippo.Figure{Key: "events", About: ippo.AboutActivity, Name: "開かれたイベント", Unit: "回", Adds: true}, `
		SELECT count(*), 0 FROM events WHERE status <> 'draft' AND called_off = 0 AND ends_at >= ?1 AND ends_at < ?2`},
	{ippo.Figure{Key: "events-attendance", About: ippo.AboutActivity, Name: "イベントの参加者（出席を記録した人）", Unit: "人", Adds: true}, `
		SELECT coalesce(sum(party), 0), 0 FROM reservations WHERE attended_at >= ?1 AND attended_at < ?2`},

	{ippo.Figure{Key: "ambassadors", About: ippo.AboutParticipation, Name: "{ambassador}の人数", Unit: "人", Stands: true}, `
		SELECT count(*), 0 FROM ambassadors WHERE ?1 <= ?2 AND applied_at < ?2 AND status IN ('applied', 'contacted', 'appointed')`},
	{ippo.Figure{Key: "ambassadors-new", About: ippo.AboutParticipation, Name: "{ambassador}の申込", Unit: "人", Adds: true}, `
		SELECT count(*), 0 FROM ambassadors WHERE applied_at >= ?1 AND applied_at < ?2`},
	{ippo.Figure{Key: "call-outs", About: ippo.AboutParticipation, Name: "声かけの回数", Unit: "回", Adds: true}, `
		SELECT count(*), 0 FROM call_outs WHERE at >= ?1 AND at < ?2`},
	{ippo.Figure{Key: "called", About: ippo.AboutParticipation, Name: "声をかけた相手の人数", Unit: "人", Adds: true}, `
		SELECT coalesce(sum(people), 0), 0 FROM call_outs WHERE at >= ?1 AND at < ?2`},
	{ippo.Figure{Key: "call-out-people", About: ippo.AboutParticipation, Name: "声かけをした人", Unit: "人"}, `
		SELECT count(DISTINCT follower_id), 0 FROM call_outs WHERE at >= ?1 AND at < ?2`},
}

// friendsAt are who was a friend at a period's end.
const friendsAt = `?1 <= ?2 AND followed_at < ?2 AND (status = 'active' OR status = 'blocked' AND blocked_at >= ?2)`

// Figures lists what Ippo counts by itself.
func Figures() []ippo.Figure {
	all := make([]ippo.Figure, len(figures))
	for i, f := range figures {
		all[i] = f.Figure
	}
	return all
}

// FigureOf returns the figure of a key; ok is false if Ippo counts none of that name.
func FigureOf(key ippo.FigureKey) (f ippo.Figure, ok bool) {
	for _, one := range figures {
		if one.Key == key {
			return one.Figure, true
		}
	}
	return f, false
}

// countFigure counts a figure of the time from from until before until, and returns it as sheets write it.
func countFigure(ctx context.Context, q queryer, key ippo.FigureKey, from, until time.Time) (string, error) {
	n, of, known, err := figureNumbers(ctx, q, key, from, until)
	if err != nil {
		return "", err
	}
	f, _ := FigureOf(key)
	return f.Tell(n, of, known), nil
}

// figureNumbers returns what ippo.Figure.Tell takes.
func figureNumbers(ctx context.Context, q queryer, key ippo.FigureKey, from, until time.Time) (n, of int64, known bool, err error) {
	for _, f := range figures {
		if f.Key != key {
			continue
		}
		var number sql.NullInt64
		_, err := one(ctx, q, func(row scanner) (struct{}, error) { return struct{}{}, row.Scan(&number, &of) }, f.query, from.UTC().Format(layout), until.UTC().Format(layout))
		if errors.Is(err, ippo.ErrNotFound) {
			return 0, 0, false, nil
		}
		if err != nil {
			return 0, 0, false, fmt.Errorf("count %s: %w", key, err)
		}
		return number.Int64, of, number.Valid, nil
	}
	return 0, 0, false, fmt.Errorf("count %s: %w", key, ippo.ErrNotFound)
}
