package admin

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"ippo"
	"ippo/store"
)

// agree sends a form about several things and says yes to what it asks.
func (b *person) agree(path string, form ...string) reply {
	b.o.t.Helper()
	asked := b.post(path, form...).want(http.StatusOK)
	return b.follow(b.post(path, append(form, "confirmed", asked.hidden("confirmed"))...))
}

// What somebody says yes to is what they were asked for. If one has gone meanwhile and another come, they are as many
// and not the same, and it is asked again.
func TestSeveralAreThoseItWasAskedFor(t *testing.T) {
	o := open(t)
	o.fill()
	ctx, by := t.Context(), o.staff[ippo.Editor].ID
	group := func(slug string) {
		t.Helper()
		if _, err := o.store.CreateActivityGroup(ctx, by, ippo.ActivityGroup{Slug: slug, Name: "合唱団" + slug, Summary: "歌います", Receiving: true}); err != nil {
			t.Fatal(err)
		}
	}
	group("one")
	group("two")
	var applied []ippo.Ambassador
	for n := range 2 {
		applied = append(applied, o.signUp(n, fmt.Sprint("声かけ", n)))
	}
	friend := func(n int) string { return fmt.Sprintf("U%032x", 1<<30+n) }
	if err := o.follow(friend(1)); err != nil {
		t.Fatal(err)
	}
	consultation := func(n int) {
		t.Helper()
		_, err := o.store.EnterConsultation(ctx, by, ippo.Consultation{Way: ippo.ByDesk, State: ippo.ConsultationWorking, MadeAt: opening}, fmt.Sprint("遅い返事", n), "")
		if err != nil {
			t.Fatal(err)
		}
	}
	consultation(1)
	consultation(2)
	for _, list := range []struct {
		path, done string
		form       []string
		meanwhile  func() error // one goes and one comes
	}{
		{"/admin/groups/several", "2件を「公開しない」にしました", []string{"to", "retired", "list", "q=合唱団"}, func() error {
			group("three")
			one, err := o.store.ActivityGroupBySlug(ctx, "one")
			if err != nil {
				return err
			}
			one.Hidden = true
			return o.store.UpdateActivityGroup(ctx, by, one)
		}},
		{"/admin/ambassadors/steps", "2人を「連絡済」に", []string{"to", "contacted", "list", "q=声かけ"}, func() error {
			o.signUp(2, "声かけ2")
			return o.store.SetAmbassadorStatus(ctx, by, applied[0].ID, ippo.AmbassadorContacted)
		}},
		{"/admin/followers/tags", "「講座の参加者」のタグを", []string{"to", "add", "tag", "koza", "list", "status=active"}, func() error {
			if err := o.follow(friend(2)); err != nil {
				return err
			}
			return o.store.Write(ctx, func(tx *store.Tx) error { return tx.Block(ctx, friend(1), o.clock().Add(time.Minute)) })
		}},
		{"/admin/consultations/several", "2件を「完了」に", []string{"to", "done", "list", "q=遅い"}, func() error {
			consultation(3)
			return o.store.HandOverConsultation(ctx, by, 1, 1, o.staff[ippo.Approver].ID, "読んでください") // it waits to be read
		}},
	} {
		b, form := o.as(ippo.Editor), append(list.form, "scope", "all")
		asked := b.post(list.path, form...).want(http.StatusOK).saysNot("対象が変わりました")
		if err := list.meanwhile(); err != nil {
			t.Fatal(err)
		}
		again := b.post(list.path, append(form, "confirmed", asked.hidden("confirmed"))...).want(http.StatusOK).says("対象が変わりました。もう一度確かめてください")
		b.follow(b.post(list.path, append(form, "confirmed", again.hidden("confirmed"))...)).says(list.done)
	}
}
