package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"ippo"
)

// Finding is something in the ledger that must never be, in words for whoever runs the program.
type Finding struct {
	Broadcast ippo.BroadcastID
	Request   int64 // 0: the broadcast as a whole
	Notice    ippo.NoticeID
	Message   string
}

// CheckLedger reports everything in the delivery ledger that contradicts itself or its broadcast:
// sums, states, keys, and who is named; and in the notices. It reads one moment of the database, so that it may be
// asked while messages leave.
func (s *Store) CheckLedger(ctx context.Context) ([]Finding, error) {
	tx, err := s.ro.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("check ledger: %w", err)
	}
	defer tx.Rollback()
	found, err := collect(ctx, tx, scanFinding, `
		SELECT broadcast_id, id, '再試行の鍵が、ほかの要求と同じです' FROM delivery_requests
		WHERE retry_key IN (SELECT retry_key FROM delivery_requests GROUP BY retry_key HAVING count(*) > 1)
		UNION ALL
		SELECT 0, e.request_id, '要求のない宛先があります' FROM delivery_exceptions e
		WHERE NOT EXISTS (SELECT 1 FROM delivery_requests r WHERE r.id = e.request_id)`)
	if err != nil {
		return nil, fmt.Errorf("check ledger: %w", err)
	}
	books, err := collect(ctx, tx, scanBook, "SELECT "+broadcastColumns+", recipients FROM broadcasts ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("check ledger: %w", err)
	}
	for _, b := range books {
		if err := b.read(ctx, tx); err != nil {
			return nil, fmt.Errorf("check ledger of broadcast %d: %w", b.ID, err)
		}
		found = append(found, b.check()...)
	}
	notices, err := checkNotices(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("check notices: %w", err)
	}
	return append(found, notices...), nil
}

// checkNotices holds notices to the rules of requests: each is one, to one person. What was a push once
// has no content, and less was kept of it.
func checkNotices(ctx context.Context, tx *sql.Tx) (found []Finding, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, retry_key, state, first_called_at, next_attempt_at, answered_at, body_sha256, line_request_id,
			messages IS NOT NULL, EXISTS (SELECT 1 FROM delivery_requests r WHERE r.retry_key = n.retry_key)
		FROM notices n WHERE content <> x'' ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e posting
		var kept, twice bool
		if err := rows.Scan(&e.id, &e.key, &e.state, at(&e.called), at(&e.next), at(&e.answered), &e.sum, &e.requestID, &kept, &twice); err != nil {
			return nil, err
		}
		fault := e.fault()
		switch pending := e.state == ippo.DeliveryPending; {
		case fault != "":
		case pending != kept:
			fault = "本文の有無が、状態と合いません"
		case pending && e.next.IsZero():
			fault = "これから送るのに、次に送る時刻がありません"
		case twice:
			fault = "再試行の鍵が、ほかの要求と同じです"
		}
		if fault != "" {
			found = append(found, Finding{Notice: ippo.NoticeID(e.id), Message: fault})
		}
	}
	return found, rows.Err()
}

func scanFinding(row scanner) (f Finding, err error) {
	err = row.Scan(&f.Broadcast, &f.Request, &f.Message)
	return f, err
}

// book is what the ledger holds of one broadcast.
type book struct {
	*ippo.Broadcast
	recipients int

	postings []posting
	excepted map[int64][]ippo.FollowerID // by request
	variants []int
}

// posting is one request as it stands in the ledger.
type posting struct {
	id                     int64
	key                    string
	packed                 []byte
	size, variant          int
	state                  ippo.DeliveryState
	called, next, answered time.Time
	sum                    []byte
	requestID              string
	filled, settled        bool
}

func scanBook(row scanner) (*book, error) {
	var b book
	var err error
	b.Broadcast, err = scanBroadcast(with(row, &b.recipients))
	return &b, err
}

func scanPosting(row scanner) (e posting, err error) {
	err = row.Scan(&e.id, &e.key, &e.packed, &e.size, &e.variant, &e.filled, &e.state, at(&e.called), at(&e.next), at(&e.answered), &e.sum, &e.requestID, &e.settled)
	return e, err
}

func (b *book) read(ctx context.Context, tx *sql.Tx) (err error) {
	b.postings, err = collect(ctx, tx, scanPosting, `
		SELECT id, retry_key, members, size, variant, filled IS NOT NULL, state, first_called_at, next_attempt_at, answered_at, body_sha256,
			line_request_id, settled_by IS NOT NULL
		FROM delivery_requests WHERE broadcast_id = ? ORDER BY id`, b.ID)
	if err != nil {
		return err
	}
	if b.variants, err = collect(ctx, tx, scanInt, "SELECT number FROM broadcast_variants WHERE broadcast_id = ?", b.ID); err != nil {
		return err
	}
	b.excepted = make(map[int64][]ippo.FollowerID)
	_, err = collect(ctx, tx, func(row scanner) (none struct{}, err error) {
		var request int64
		var follower ippo.FollowerID
		if err = row.Scan(&request, &follower); err == nil {
			b.excepted[request] = append(b.excepted[request], follower)
		}
		return none, err
	}, `
		SELECT e.request_id, e.follower_id FROM delivery_requests r JOIN delivery_exceptions e ON e.request_id = r.id
		WHERE r.broadcast_id = ?`, b.ID)
	return err
}

func (b *book) check() (found []Finding) {
	say := func(request int64, format string, args ...any) {
		found = append(found, Finding{Broadcast: b.ID, Request: request, Message: fmt.Sprintf(format, args...)})
	}
	var everyone []ippo.FollowerID
	sum := 0
	for _, e := range b.postings {
		members, err := ippo.UnpackMembers(e.packed)
		switch {
		case err != nil:
			say(e.id, "宛先の一覧が壊れています")
		case len(members) != e.size || e.size > ippo.MaxRecipients && b.Call() != ippo.CallBroadcast:
			say(e.id, "宛先は%d人のはずが、%d人です", e.size, len(members))
		case b.Call() == ippo.CallPush && e.size > 1 && !e.called.IsZero():
			say(e.id, "1人ずつ送るはずが、%d人にまとめて送っています", e.size)
		}
		if e.variant != 0 && !slices.Contains(b.variants, e.variant) {
			say(e.id, "送る文面がありません")
		}
		for _, follower := range b.excepted[e.id] {
			if !slices.Contains(members, follower) {
				say(e.id, "宛先にいない人の記録があります")
				break
			}
		}
		if fault := e.fault(); fault != "" {
			say(e.id, "%s", fault)
		}
		if e.state == ippo.DeliveryPending && b.Status.Finished() {
			say(e.id, "配信は「%s」なのに、まだ送る予定です", b.Status.Words())
		}
		if !e.called.IsZero() && b.StartedAt.IsZero() {
			say(e.id, "配信が始まる前に、LINEに送っています")
		}
		everyone = append(everyone, members...)
		sum += e.size
	}
	slices.Sort(everyone)
	if len(slices.Compact(slices.Clone(everyone))) != len(everyone) {
		say(0, "同じ人が2回、宛先に入っています")
	}
	switch {
	case b.Status.Editable() && len(b.postings) > 0:
		say(0, "承認されていないのに、宛先が決まっています")
	case !b.Status.Editable() && sum != b.recipients:
		say(0, "承認のときは%d人でしたが、台帳では%d人です", b.recipients, sum)
	}
	if b.Status == ippo.BroadcastSent && b.StartedAt.IsZero() {
		say(0, "送信が始まった記録がありません")
	}
	return found
}

// fault says what a request's state contradicts, "" if nothing.
func (e posting) fault() string {
	asked, ended := !e.called.IsZero(), e.state != ippo.DeliveryPending
	switch {
	case uuid.Validate(e.key) != nil:
		return "再試行の鍵の形が正しくありません"
	case asked && len(e.sum) == 0:
		return "LINEに送った内容の記録がありません"
	case ended && e.answered.IsZero(), !ended && !e.answered.IsZero():
		return "終わった時刻の記録が、状態と合いません"
	case ended && !e.next.IsZero():
		return "終わったのに、次に送る時刻があります"
	case e.state == ippo.DeliveryAccepted && (!asked || e.requestID == ""):
		return "LINEが受け付けたはずなのに、受付番号か、送った時刻の記録がありません"
	case e.state == ippo.DeliverySkipped && asked:
		return "対象外なのに、LINEに送っています"
	case e.state == ippo.DeliveryUnknown && !asked:
		return "不明なのに、LINEに送った記録がありません"
	case ended && e.filled:
		return "終わったのに、差し込んだことばが残っています"
	case e.settled && e.state != ippo.DeliveryUnknown:
		return "不明ではないのに、職員が決めた記録があります"
	}
	return ""
}
