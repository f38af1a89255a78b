package jobs

import (
	"errors"
	"testing"

	"ippo"
	"ippo/store"
)

// A wrong broadcast is half out: one request was accepted, one has no answer, one was never made. Its
// correction stops the rest and goes, before what was waiting, to those who have or may have it.
func TestCorrection(t *testing.T) {
	c := newCenter(t, 2*ippo.MaxRecipients+3, options{})
	ctx := t.Context()
	wrong := c.approved("断水は9時から")
	draft := &ippo.Broadcast{Title: "訂正", Messages: []ippo.Message{text("断水は10時から")}, Origin: ippo.OriginPanel}
	if err := c.store.CorrectBroadcast(ctx, c.writer, wrong.ID, draft); !errors.Is(err, ippo.ErrConflict) {
		t.Fatalf("corrected what has reached nobody: %v", err)
	}
	if err := c.store.StartBroadcast(ctx, wrong.ID); err != nil {
		t.Fatal(err)
	}
	requests, err := c.store.PendingRequests(ctx, wrong.ID, 0, 10)
	if err != nil || len(requests) != 3 {
		t.Fatalf("%d requests, %v", len(requests), err)
	}
	for i := range 2 {
		if err := c.store.BeginRequest(ctx, &requests[i], nil, []byte("body")); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.store.EndRequest(ctx, &requests[0], store.Outcome{State: ippo.DeliveryAccepted, RequestID: "r"}); err != nil {
		t.Fatal(err)
	}
	waiting := c.approved("ふつうのお知らせ")

	if err := c.store.CorrectBroadcast(ctx, c.writer, wrong.ID, draft); err != nil {
		t.Fatal(err)
	}
	c.expect(wrong, ippo.BroadcastCancelled, ippo.Tally{Accepted: ippo.MaxRecipients, Unknown: ippo.MaxRecipients, Skipped: 3})
	if err := c.store.ApproveBroadcast(ctx, c.writer, draft.ID, store.Approval{Hash: draft.Hash()}); !errors.Is(err, ippo.ErrForbidden) {
		t.Errorf("its author approved it: %v", err)
	}
	if err := c.store.ApproveBroadcast(ctx, c.approver, draft.ID, store.Approval{Hash: draft.Hash()}); err != nil {
		t.Fatal(err)
	}
	if list, err := c.store.BroadcastsToDeliver(ctx); err != nil || len(list) != 2 || list[0].ID != draft.ID || list[1].ID != waiting.ID {
		t.Errorf("the correction is not at the head: %v, %v", list, err)
	}
	c.run()
	c.expect(draft, ippo.BroadcastSent, ippo.Tally{Accepted: 2 * ippo.MaxRecipients})
	c.received("断水は10時から", 1)
	for _, id := range []int{ippo.MaxRecipients, 2 * ippo.MaxRecipients, 2*ippo.MaxRecipients + 1} {
		want := 1
		if id > 2*ippo.MaxRecipients {
			want = 0
		}
		if got := len(c.platform.SentTo(userID(id))) - 1; got != want { // and the ordinary one
			t.Errorf("follower %d has %d corrections, want %d", id, got, want)
		}
	}
}

// An emergency also reaches those who stopped broadcasts, and so does what corrects it. The correction of an
// ordinary one does not reach who stopped since.
func TestCorrectionOfAnEmergency(t *testing.T) {
	for _, emergent := range []bool{true, false} {
		c := newCenter(t, 2, options{})
		ctx := t.Context()
		var change []func(*ippo.Broadcast)
		if emergent {
			c.sql("UPDATE followers SET stopped = 1 WHERE id = 2")
			change = append(change, emergency)
		}
		wrong := c.approved("断水は9時から", change...)
		c.run()
		c.received("断水は9時から", 1, 1)
		c.sql("UPDATE followers SET stopped = 1 WHERE id = 2")
		draft := &ippo.Broadcast{Title: "訂正", Messages: []ippo.Message{text("断水は10時から")}, Origin: ippo.OriginPanel}
		if err := c.store.CorrectBroadcast(ctx, c.writer, wrong.ID, draft); err != nil {
			t.Fatal(err)
		}
		if err := c.store.SubmitBroadcast(ctx, c.writer, draft.ID); err != nil {
			t.Fatal(err)
		}
		if err := c.store.ApproveBroadcast(ctx, c.approver, draft.ID, store.Approval{Hash: draft.Hash()}); err != nil {
			t.Fatal(err)
		}
		c.run()
		if emergent {
			c.received("断水は10時から", 1, 1)
		} else {
			c.received("断水は10時から", 1, 0)
		}
	}
}
