package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ippo"
)

// A broadcast that does not fit is told which of its topics would, counted as the audience is.
func TestWhatFitsOfABroadcast(t *testing.T) {
	s := newStore(t)
	noon(s) // the last day of March
	ctx := t.Context()
	followers := []string{"kosodate", "kosodate", "kosodate chuo", "kosodate fukushi", "fukushi", "fukushi", "all-topics", "chuo", "", "stopped kosodate", "blocked fukushi"}
	town(t, s, followers...)
	if _, err := s.CreateTopic(ctx, 0, ippo.Topic{Slug: "bosai", Name: "防災"}); err != nil {
		t.Fatal(err)
	}
	b := draft()
	b.Audience = ippo.Audience{Topics: []string{"kosodate", "fukushi", "bosai"}}
	count := func(topics ...string) int {
		t.Helper()
		c, err := s.AudienceCount(ctx, ippo.Audience{Topics: topics})
		if err != nil {
			t.Fatal(err)
		}
		return c.Count
	}
	if kosodate, fukushi, bosai, all := count("kosodate"), count("fukushi"), count("bosai"), count(b.Audience.Topics...); kosodate != 6 || fukushi != 5 || bosai != 2 || all != 8 {
		t.Fatalf("counts %d, %d, %d, %d", kosodate, fukushi, bosai, all)
	}
	if short, err := s.Shortfall(ctx, b, 8, 100); err != nil || short != nil {
		t.Errorf("eight fit into eight: %+v, %v", short, err)
	}
	short, err := s.Shortfall(ctx, b, 7, 100)
	if err != nil || short == nil {
		t.Fatalf("eight fit into seven: %v", err)
	}
	if !slices.Equal(short.Together.Topics, []string{"子育て", "防災"}) || short.Together.People != count("kosodate", "bosai") {
		t.Errorf("together %+v", short.Together)
	}
	if len(short.Alone) != 3 || short.Alone[0].Topics[0] != "子育て" || short.Alone[0].People != 6 || short.Alone[1].People != 5 || short.Alone[2].People != 2 {
		t.Errorf("alone %+v", short.Alone)
	}
	want := "今月の残りは7通です。この配信には8通が要るため、送れません。送れるようにするには: 分野を「子育て」「防災」にしぼる（6人）／" +
		"分野を「子育て」だけにする（6人）／分野を「福祉」だけにする（5人）／分野を「防災」だけにする（2人）／宛先を7人までにしぼる／" +
		"2026年4月1日（水）08:00より後に送る（来月の通数を使います。月は日本時間で区切っています。LINEの区切りの時刻は公表されていません）。"
	if got := short.Words(); got != want {
		t.Errorf("said as\n%s\nwant\n%s", got, want)
	}
	exec(t, s, "UPDATE followers SET digest = 1 WHERE id IN (1, 2)") // both 子育て
	if short, err = s.Shortfall(ctx, b, 1, 100); err != nil || !strings.Contains(short.Words(), "週1回のまとめに載せる（まとめて受け取る2人に") {
		t.Errorf("with readers of the digest: %+v, %v", short, err)
	}
	exec(t, s, "UPDATE followers SET digest = 0")
	if short, err = s.Shortfall(ctx, b, 1, 5); err != nil || len(short.Alone) != 0 || len(short.Together.Topics) != 0 || !short.NextMonth.IsZero() {
		t.Errorf("nothing fits, not even next month: %+v, %v", short, err)
	}
	if words := short.Words(); strings.Contains(words, "来月") || !strings.Contains(words, "宛先を1人まで") {
		t.Errorf("said as %s", words)
	}

	// Next month has messages of its own.
	b.SendAt = time.Date(2026, 4, 1, 0, 0, 0, 0, ippo.Tokyo)
	if short, err := s.Shortfall(ctx, b, 0, 100); err != nil || short != nil {
		t.Errorf("measured by the wrong month: %+v, %v", short, err)
	}
	b.SendAt = b.SendAt.Add(-time.Millisecond)
	if short, err := s.Shortfall(ctx, b, 0, 100); err != nil || short == nil {
		t.Errorf("the month's last moment is measured by no month: %v", err)
	}
}

// What is approved for this month has its messages; an emergency goes before it, and what is held waits
// for a decision anyway.
func TestRoomIsLeftForWhatIsApproved(t *testing.T) {
	s := newStore(t)
	noon(s)
	ctx := t.Context()
	town(t, s, "", "", "")
	first := approved(t, s)
	room := func(b *ippo.Broadcast) int64 {
		t.Helper()
		short, err := s.Shortfall(ctx, b, 5, 2)
		if err != nil {
			t.Fatal(err)
		}
		if short == nil {
			return -1
		}
		return short.Room()
	}
	second := draft()
	if got := room(second); got != 2 {
		t.Errorf("beside an approved one there is room for %d", got)
	}
	if short, _ := s.Shortfall(ctx, second, 5, 2); !strings.Contains(short.Why(), "ほかの配信に使う3通を引くと2通です") {
		t.Errorf("the reason is %s", short.Why())
	}
	urgent := draft()
	urgent.Emergency = "断水"
	if got := room(urgent); got != -1 {
		t.Errorf("an emergency waits for what is approved: room for %d", got)
	}
	// The first to be due is measured by what is on its way, and nothing is.
	is, err := s.Broadcast(ctx, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := room(is); got != -1 {
		t.Errorf("the approved one itself: room for %d", got)
	}
	if err := s.StartBroadcast(ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	if got := room(urgent); got != 2 {
		t.Errorf("beside one on its way an emergency has room for %d", got)
	}
	if err := s.HoldBroadcast(ctx, first.ID, "x"); err != nil {
		t.Fatal(err)
	}
	if got := room(second); got != -1 {
		t.Errorf("beside a held one there is room for %d", got)
	}
}
