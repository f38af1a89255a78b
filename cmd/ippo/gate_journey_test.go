package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/admin"
	"ippo/internal/browser"
	"ippo/internal/democity"
	"ippo/internal/line"
	"ippo/internal/linesim"
	"ippo/internal/secret"
	"ippo/internal/storetest"
	"ippo/store"
)

// working is a whole center at work, wired as serve does it, with followers and a LINE that takes few
// multicasts a second, so that one can be stopped on its way.
type working struct {
	*walker
	store    *store.Store
	platform *linesim.Platform
	wake     func()
	staff    map[ippo.Role]ippo.StaffID
	ahead    *atomic.Int64 // by how much the clock was put ahead
}

// pass puts the clock ahead to a moment.
func (w *working) pass(to time.Time) {
	w.ahead.Add(int64(to.Sub(w.store.Now())))
	w.wake()
}

// perSecond is how many multicasts the LINE of these journeys takes.
const perSecond = 3

func openWorking(t *testing.T, followers int) *working {
	t.Helper()
	ctx := browser.New(t, 8*time.Minute)
	// A Tuesday at noon, whenever the test runs; from then on time passes as it does.
	begun, noon := time.Now(), time.Date(2026, 4, 7, 12, 0, 0, 0, ippo.Tokyo)
	var ahead atomic.Int64
	now := func() time.Time { return noon.Add(time.Since(begun) + time.Duration(ahead.Load())) }

	folder := t.TempDir()
	keys, err := secret.Load(filepath.Join(folder, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	st := storetest.Open(t, folder, keys)
	st.Now = now
	if err := st.SaveModules(t.Context(), 0, ippo.Modules()); err != nil {
		t.Fatal(err)
	}
	platform := linesim.New(linesim.Options{Quota: int64(10 * followers), NoRateLimits: true, AllowLoopbackHTTP: true, Now: now})
	sim := httptest.NewServer(platform.Handler())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	m := newMetrics()
	srv, err := newServer(log, m, nil)
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	platform.SetWebhookURL(base + "/line/webhook")
	srv.Any("/phone/*path", gin.WrapH(http.StripPrefix("/phone", platform.Phone())))
	workers, wake, err := center{
		store: st, keys: keys, publicURL: base, now: now, log: log, metrics: m,
		channel: lineSettings{
			ChannelSecrets: []string{platform.Options().ChannelSecret}, AccessToken: platform.Options().AccessToken,
			APIEndpoint: sim.URL, DataEndpoint: sim.URL, Rates: line.Rates{line.OpMulticast: perSecond},
		},
	}.open(srv)
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := srv.run(running, l, workers...); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		serving.Wait()
		sim.Close()
		platform.Close()
		st.Close()
	})
	w := &working{walker: &walker{t, ctx, base}, store: st, platform: platform, wake: wake, staff: map[ippo.Role]ippo.StaffID{}, ahead: &ahead}
	w.do("sit down at a desk", chromedp.EmulateViewport(1280, 900))
	w.people(followers)
	return w
}

const word = "correct horse battery"

// people are one member of staff of each role, and followers: a third for 子育て, the rest for 福祉.
func (w *working) people(followers int) {
	w.Helper()
	ctx := context.WithoutCancel(w.ctx)
	hash, err := admin.HashPassword(word)
	if err != nil {
		w.Fatal(err)
	}
	for _, role := range ippo.Roles {
		who, err := w.store.CreateStaff(ctx, 0, ippo.Staff{Name: role.Words() + "さん", Email: string(role) + "@example.jp", Role: role}, hash)
		if err != nil {
			w.Fatal(err)
		}
		w.staff[role] = who.ID
	}
	for _, t := range []ippo.Topic{{Slug: "kosodate", Name: "子育て"}, {Slug: "fukushi", Name: "福祉"}} {
		if _, err := w.store.CreateTopic(ctx, 0, t); err != nil {
			w.Fatal(err)
		}
	}
	err = w.store.Write(ctx, func(t *store.Tx) error {
		for i := range followers {
			id, err := t.Follow(ctx, userID(i), "", ippo.Japanese, t.Now())
			if err != nil {
				return err
			}
			topic := 1
			if i%3 == 0 {
				topic = 0
			}
			if err := t.SavePreferences(ctx, id, ippo.Preferences{Language: ippo.Japanese, Topics: ippo.ChoiceOf(topic)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	for i := range followers {
		w.platform.AddUser(linesim.User{ID: userID(i), Friend: true})
	}
}

func userID(i int) string { return fmt.Sprintf("U%032x", i+1) }

// as sits down as somebody with a role.
func (w *working) as(role ippo.Role) {
	w.Helper()
	w.login(democity.Login{Email: string(role) + "@example.jp", Password: word})
}

// draft is a broadcast by the editor, to everyone unless it is to topics.
func (w *working) draft(title string, topics ...string) *ippo.Broadcast {
	w.Helper()
	b := &ippo.Broadcast{
		Title: title, Messages: []ippo.Message{ippo.Message(fmt.Sprintf(`{"type":"text","text":%q}`, title+"のお知らせです。"))},
		Audience: ippo.Audience{All: len(topics) == 0, Topics: topics}, Origin: ippo.OriginPanel,
	}
	if err := w.store.CreateBroadcast(w.ctx, w.staff[ippo.Editor], b); err != nil {
		w.Fatal(err)
	}
	return b
}

// approve is a colleague's yes, at a desk that this journey does not look at.
func (w *working) approve(b *ippo.Broadcast) {
	w.Helper()
	if err := w.store.ApproveBroadcast(w.ctx, w.staff[ippo.Approver], b.ID, store.Approval{Hash: b.Hash()}); err != nil {
		w.Fatal(err)
	}
	w.wake()
}

func (w *working) page(b *ippo.Broadcast) string { return fmt.Sprintf("/admin/broadcasts/%d", b.ID) }

// got is how many messages with a text each follower has.
func (w *working) got(text string, followers int) []int {
	counts := make([]int, followers)
	for i := range counts {
		for _, m := range w.platform.SentTo(userID(i)) {
			if strings.Contains(string(m), text) {
				counts[i]++
			}
		}
	}
	return counts
}

// until waits for something that the store tells.
func (w *working) until(what string, told func() (bool, error)) {
	w.Helper()
	waitUntil(w.T, what, func() bool {
		ok, err := told()
		if err != nil {
			w.Fatalf("%s: %v", what, err)
		}
		return ok
	})
}

// onItsWay waits until somebody has a broadcast.
func (w *working) onItsWay(b *ippo.Broadcast) {
	w.Helper()
	w.until("sent to anybody", func() (bool, error) {
		tally, err := w.store.Tally(w.ctx, b.ID)
		return tally.Accepted > 0, err
	})
}

// A broadcast is paused while its bar moves: what LINE has is had, nothing more leaves until it is
// resumed, and in the end everybody has it once.
func TestJourneyPauseAndResume(t *testing.T) {
	const followers = 18 * ippo.MaxRecipients
	w := openWorking(t, followers)
	w.as(ippo.Approver)
	b := w.draft("春まつり")
	w.approve(b)
	w.onItsWay(b)
	w.open(w.page(b))
	w.holds("move the bar", `(() => { const at = document.querySelector("progress")?.value; window.stood ??= at; return at > window.stood })()`)
	w.sees("毎秒")
	w.press("一時停止")
	w.sees("への送信を再開する")
	w.sees("が一時停止しました。")
	var stood int
	w.until("at rest", func() (bool, error) { // one request may have been on its way
		tally, err := w.store.Tally(w.ctx, b.ID)
		stood = tally.Accepted
		return stood == w.platform.Calls()[linesim.Multicast]*ippo.MaxRecipients, err
	})
	if stood == 0 || stood == followers {
		t.Fatalf("paused at %d of %d", stood, followers)
	}
	// Another broadcast gets through meanwhile, so the first could have.
	other := w.draft("べつの話", "kosodate")
	w.approve(other)
	w.open(w.page(other))
	w.sees("送信済み")
	if tally, err := w.store.Tally(w.ctx, b.ID); err != nil || tally.Accepted != stood {
		t.Errorf("%d more were sent to while it was paused, %v", tally.Accepted-stood, err)
	}
	w.open(w.page(b))
	w.press("への送信を再開する")
	w.sees("送信済み")
	if got := w.got("春まつり", followers); slices.Min(got) != 1 || slices.Max(got) != 1 {
		t.Errorf("somebody has it %d times, somebody %d times", slices.Min(got), slices.Max(got))
	}
}

// A wrong broadcast is going out. Two clicks stop it and open a correction to those
// whom it reached; approved, the correction overtakes another that was sent before it.
func TestJourneyCorrectionOnItsWay(t *testing.T) {
	const followers = 15 * ippo.MaxRecipients
	w := openWorking(t, followers)
	w.as(ippo.Approver)
	wrong := w.draft("まちがい")
	w.approve(wrong)
	w.onItsWay(wrong)
	w.open(w.page(wrong))
	w.press("訂正を送る")
	w.sees("今すぐ止めます")
	w.press("訂正をつくる")
	w.sees("訂正する配信が届いた人にだけ送ります")
	w.do("write", chromedp.SendKeys("#part-0", "10時からです。"))
	w.press("下書きを保存する")
	w.press("承認を申請する")
	w.sees("承認待ち")
	address, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("location.pathname"))
	if err != nil {
		t.Fatal(err)
	}
	w.as(ippo.Administrator)
	w.open(address)
	ahead := w.draft("さきの話")
	w.approve(ahead)
	w.onItsWay(ahead)
	w.press("人に今すぐ送信する")
	w.sees("送信済み")
	correction, err := w.store.Broadcast(w.ctx, ahead.ID-1)
	if err != nil || correction.Corrects != wrong.ID {
		t.Fatalf("%+v, %v", correction, err)
	}
	if is, err := w.store.Broadcast(w.ctx, ahead.ID); err != nil || !is.StartedAt.Before(correction.StartedAt) || is.Status != ippo.BroadcastSending && !is.FinishedAt.After(correction.FinishedAt) {
		t.Errorf("the correction waited for what was sent before it: %s, %v", is.Status, err)
	}
	wrongs, rights := w.got("まちがい", followers), w.got("10時からです。", followers)
	if !slices.Equal(wrongs, rights) || slices.Max(wrongs) != 1 || slices.Min(wrongs) != 0 {
		t.Error("the correction went to others than the wrong broadcast")
	}
	w.open(w.page(wrong))
	w.sees("取り消し")
}

// The same words a second time are held by the breaker; an administrator lets them go with a reason,
// which everybody reads.
func TestJourneyHeldAndReleased(t *testing.T) {
	w := openWorking(t, 3)
	for range 2 {
		w.approve(w.draft("断水"))
	}
	w.as(ippo.Administrator)
	w.open("/admin/broadcasts/2")
	w.sees("24時間のうちに同じ内容が届いた人が3人います。")
	w.press("保留を解いて3人に送信する")
	w.sees("保留を解く理由を200文字以内で入力してください。")
	w.fill("reason", "一度目は文字が化けたため")
	w.press("保留を解いて3人に送信する")
	w.sees("送信済み")
	if got := w.got("断水", 3); !slices.Equal(got, []int{2, 2, 2}) {
		t.Errorf("the three have it %v times", got)
	}
	w.as(ippo.Viewer)
	w.open("/admin/broadcasts/2")
	w.sees("一度目は文字が化けたため")
}

// The month does not hold a broadcast to two topics. Its page says what would fit; its author leaves one
// topic out, and it goes.
func TestJourneyQuotaRefusal(t *testing.T) {
	w := openWorking(t, 9)
	w.platform.SetQuota(10)
	w.platform.SetUsed(3)
	b := w.draft("ふたつの分野", "kosodate", "fukushi")
	w.as(ippo.Editor)
	w.open(w.page(b))
	w.sees("今月の残りは7通です。この配信には9通が要るため、送れません。")
	w.sees("分野を「福祉」だけにする（6人）")
	w.sees("2026年5月1日（金）08:00より後に送る")
	w.holds("refuse to submit", `document.querySelector('form[action$="/submit"] button').disabled`)
	w.press("編集する")
	w.sees("配信の編集")
	w.press("子育て") // it was ticked
	w.sees("6人に送信します・今月の残り7通")
	w.press("下書きを保存する")
	w.press("承認を申請する")
	w.sees("承認待ち")
	w.as(ippo.Approver)
	w.open(w.page(b))
	w.press("6人に今すぐ送信する")
	w.sees("送信済み")
	if got := w.got("ふたつの分野", 9); !slices.Equal(got, []int{0, 1, 1, 0, 1, 1, 0, 1, 1}) {
		t.Errorf("it was received %v times", got)
	}
}
