package democity

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"ippo"
	"ippo/internal/secret"
	"ippo/store"
)

// Login is a member of staff who can sign in to the demo's panel.
type Login struct {
	Name     string
	Email    string
	Role     ippo.Role
	Password string
}

// Logins are the two people the demo tells the passwords of: one makes a broadcast, the other
// approves it, as an administrator too, so that every page can be seen.
func Logins() []Login {
	return []Login{
		{"作成 はじめ", "sakusei@mirai.example.jp", ippo.Editor, "mirai-sakusei"},
		{"承認 みのり", "shonin@mirai.example.jp", ippo.Administrator, "mirai-shonin"},
	}
}

// Fill opens the empty database in dir and fills it with the town as it would be at now, a few weeks
// of history included. publicURL is what its counted links start with; hash turns a password into what the store keeps.
func Fill(ctx context.Context, dir, publicURL string, keys *secret.Keyring, now time.Time, holidays ippo.Holidays, hash func(string) (string, error)) error {
	st, err := store.Open(ctx, dir, keys)
	if err != nil {
		return err
	}
	f := &filling{Store: st, c: calendar{now}}
	f.at(f.c.ago(60, 9))
	st.Now, st.Holidays, st.PublicURL = f.now, holidays, publicURL
	return errors.Join(f.fill(ctx, hash), st.Close())
}

// filling is a town being filled. Its clock stands where the history has got to.
type filling struct {
	*store.Store
	c     calendar
	clock atomic.Pointer[time.Time]

	codes            codes
	tags             map[string]int64
	editor, approver ippo.StaffID
	residents        []resident
	followers        []ippo.FollowerID // of the residents
	serving          []ippo.FollowerID // of the signups
}

func (f *filling) at(t time.Time) { f.clock.Store(&t) }

func (f *filling) now() time.Time { return *f.clock.Load() }

func (f *filling) fill(ctx context.Context, hash func(string) (string, error)) error {
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"staff", func(ctx context.Context) error { return f.staff(ctx, hash) }},
		{"places", f.places},
		{"content", f.content},
		{"frequent questions", f.questions},
		{"replies", f.replies},
		{"people", f.people},
		{"ambassadors", f.ambassadors},
		{"sign-ups on paper", f.signUpOnPaper},
		{"invitations", f.invitations},
		{"reservations", f.reservations},
		{"visions", f.visions},
		{"history", f.history},
		{"campaigns", f.campaigns},
		{"series", f.series},
		{"readers", f.readers},
		{"requests", f.requests},
		{"the digest", f.lastDigest},
		{"matches", f.matches},
		{"consultations", f.consultations},
		{"the desk", f.desk},
		{"unanswered questions", f.unansweredQuestions},
		{"indicators", f.indicators},
		{"reports", f.reports},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("fill %s: %w", step.what, err)
		}
	}
	return nil
}

func (f *filling) staff(ctx context.Context, hash func(string) (string, error)) error {
	ids := map[ippo.Role]ippo.StaffID{}
	for _, l := range Logins() {
		hashed, err := hash(l.Password)
		if err != nil {
			return err
		}
		who, err := f.CreateStaff(ctx, 0, ippo.Staff{Name: l.Name, Email: l.Email, Role: l.Role}, hashed)
		if err != nil {
			return err
		}
		ids[l.Role] = who.ID
	}
	f.editor, f.approver = ids[ippo.Editor], ids[ippo.Administrator]
	if err := f.SaveSettings(ctx, f.approver, settings()); err != nil {
		return err
	}
	_, err := f.ApplyRichMenu(ctx, f.approver, ippo.DefaultRichMenuKind, ippo.DefaultRichMenu(settings().Labels))
	return err
}

// places come one after another, so that their numbers and order are those of the lists.
func (f *filling) places(ctx context.Context) error {
	f.codes = codes{map[string]int{}, map[string]int{}}
	for _, t := range topics {
		made, err := f.CreateTopic(ctx, f.approver, t)
		if err != nil {
			return err
		}
		f.codes.topic[t.Slug] = made.Number
	}
	for _, a := range areas {
		made, err := f.CreateArea(ctx, f.approver, a)
		if err != nil {
			return err
		}
		f.codes.area[a.Slug] = made.Number
	}
	for _, e := range entries {
		if _, err := f.CreateEntry(ctx, f.approver, e); err != nil {
			return err
		}
	}
	f.tags = map[string]int64{}
	for _, t := range tags {
		made, err := f.CreateTag(ctx, f.approver, ippo.Tag{Slug: t.slug, Name: t.name})
		if err != nil {
			return err
		}
		f.tags[t.slug] = made.ID
	}
	return nil
}

// content is written at once: the store gathers writes that come together into few commits.
func (f *filling) content(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, l := range groups {
		g.Go(func() error {
			made := l.group(f.codes, f.c.now)
			made.Translations = translated(ippo.ContentGroup, made.Slug, made.Texts())
			_, err := f.CreateActivityGroup(ctx, f.editor, made)
			return err
		})
	}
	for _, n := range news(f.c, f.codes) {
		g.Go(func() error {
			n.Translations = translated(ippo.ContentNews, n.Slug, n.Texts())
			made, err := f.CreateNews(ctx, f.editor, n)
			if err == nil && made.Slug == "bosai-yoru" { // its English is from before this was added
				made.Body += "\n\n雨のときは、館内で地図を作ります。"
				err = f.UpdateNews(ctx, f.editor, made)
			}
			return err
		})
	}
	for _, e := range events(f.c, f.codes) {
		g.Go(func() error {
			e.Translations = translated(ippo.ContentEvent, e.Slug, e.Texts())
			_, err := f.CreateEvent(ctx, f.editor, e)
			return err
		})
	}
	return g.Wait()
}

// series go out since they were approved.
func (f *filling) series(ctx context.Context) error {
	concert, err := f.EventBySlug(ctx, "oyako-concert")
	if err != nil {
		return err
	}
	for _, s := range series(concert.ID) {
		f.at(f.c.ago(seriesAge, 11))
		made, err := f.CreateSeries(ctx, f.editor, s)
		if err != nil {
			return err
		}
		r := made.Recurring()
		if err := f.start(ctx, r); err != nil {
			return err
		}
		if err := f.fire(ctx, r.Source, f.c.now, s.Messages); err != nil {
			return err
		}
	}
	return nil
}

// start lets a campaign or a series go out.
func (f *filling) start(ctx context.Context, r ippo.Recurring) error {
	_, err := f.Activate(ctx, f.approver, r.Source, store.Approval{Hash: r.Hash})
	return err
}

// codes turn the slugs of topics and areas into the numbers that the store gave them.
type codes struct{ topic, area map[string]int }

func (c codes) topics(slugs ...string) ippo.Choice { return choice(c.topic, slugs) }

func (c codes) areas(slugs ...string) ippo.Choice { return choice(c.area, slugs) }

func choice(numbers map[string]int, slugs []string) ippo.Choice {
	var c ippo.Choice
	for _, s := range slugs {
		n, ok := numbers[s]
		if !ok {
			panic("democity: no such topic or area: " + s)
		}
		c = c.With(n)
	}
	return c
}
