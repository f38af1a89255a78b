package jobs

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// Two days after a broadcast it is counted who left because of it, once: what is forgotten afterwards changes nothing,
// and few people have no numbers.
func TestReaction(t *testing.T) {
	c := newCenter(t, 100, options{})
	ctx := t.Context()
	for _, topic := range []ippo.Topic{{Slug: "kosodate", Name: "子育て"}, {Slug: "kankyo", Name: "環境"}, {Slug: "bosai", Name: "防災"}} {
		if _, err := c.store.CreateTopic(ctx, c.writer, topic); err != nil {
			t.Fatal(err)
		}
	}
	kosodate, kankyo, bosai := ippo.ChoiceOf(0), ippo.ChoiceOf(1), ippo.ChoiceOf(2)
	c.sql(`UPDATE followers SET topics = CASE WHEN id <= 40 THEN ? WHEN id <= 95 THEN ? ELSE ? END`, int64(kosodate|kankyo), int64(kankyo), int64(bosai))
	block := func(id int) {
		t.Helper()
		if err := c.store.Write(ctx, func(tx *store.Tx) error { return tx.Block(ctx, userID(id), c.clock()) }); err != nil {
			t.Fatal(err)
		}
	}
	block(1) // before it was sent
	b := c.approved("お知らせ")
	c.run()
	count := func() time.Time {
		t.Helper()
		next, err := c.CountReactions(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	ends := c.clock().Add(ippo.ReactionAfter)
	c.wait(time.Hour)
	for id := 2; id <= 5; id++ {
		block(id)
	}
	block(60)
	c.wait(time.Hour)
	if err := c.store.Write(ctx, func(tx *store.Tx) error { // one thinks better of it
		_, err := tx.Follow(ctx, userID(5), "", ippo.Japanese, c.clock())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if next := count(); !next.Equal(ends) {
		t.Errorf("next %v, want %v", next, ends)
	}
	if _, err := c.store.Reaction(ctx, b.ID); !errors.Is(err, ippo.ErrNotFound) {
		t.Errorf("counted before its time: %v", err)
	}
	c.at(ends.Add(time.Minute))
	block(70) // too late to be because of it
	if next := count(); !next.IsZero() {
		t.Errorf("next %v, want none", next)
	}
	o, err := c.store.Reaction(ctx, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := []ippo.ReactionRow{{Name: "子育て", People: 39, Blocked: 3}, {Name: "環境", Few: true}, {Name: "防災", Few: true}, {Name: "選んでいない", Few: true}}
	if o.People != 99 || o.Blocked != 4 || o.Few || !slices.Equal(o.Topics, want) {
		t.Errorf("%+v, want 4 of 99 and %+v", o, want)
	}
	c.sql(`UPDATE followers SET status = 'erased', blocked_at = NULL, topics = 0 WHERE id <= 5`)
	count()
	if again, err := c.store.Reaction(ctx, b.ID); err != nil || fmt.Sprint(again) != fmt.Sprint(o) {
		t.Errorf("after people were forgotten: %+v, %v", again, err)
	}
}

// Among few people it is not told how many left.
func TestReactionOfFew(t *testing.T) {
	c := newCenter(t, 19, options{})
	b := c.approved("お知らせ")
	c.run()
	c.wait(ippo.ReactionAfter)
	if _, err := c.CountReactions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o, err := c.store.Reaction(t.Context(), b.ID); err != nil || !o.Few || o.People != 19 {
		t.Errorf("%+v, %v", o, err)
	}
}
