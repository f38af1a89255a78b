package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"ippo"
	"ippo/internal/line"
)

// RichMenuFunc draws a rich menu: as LINE is told it, its name there, and its picture. All our names begin with
// RichMenuName.
type RichMenuFunc func(ippo.RichMenu) (menu json.RawMessage, name string, picture []byte, err error)

// Why LINE does not show the newest menu, as staff read it, and what they can do. The one before stays.
const (
	menuUnreachable  = "LINEから返事がありません。5分ほどで、自動でもう一度試します。1時間たっても変わらないときは、「設定 → LINEとの接続」で確かめてください"
	menuUnauthorized = "LINEのアクセストークンが使えません。「設定 → LINEとの接続」で確かめ、そこに出るとおりに直してもらってください。直れば、自動で反映されます"
	menuRefused      = "LINEに断られました。リンクのアドレスなどを確かめて、もう一度反映してください"
	menuUndrawn      = "画像をつくれませんでした。ことばを変えて、もう一度反映してください。変わらないときは、このシステムの担当者に知らせてください"
	menuUnlinked     = "LINEに断られました。5分ごとに、自動でもう一度試しています。1時間たっても変わらないときは、メニューをもう一度反映してください"
)

// menuAgain is how soon LINE is asked again after it was asked in vain. LINE lets 100 menus be made in an hour.
const menuAgain = 5 * time.Minute

// TendRichMenu makes LINE show the newest menus that staff applied, without the areas of modules that are off. A new one
// is made, given its picture and made the default or linked to whom it is for; only then are earlier ones of ours deleted,
// and menus of other tools are left alone. Whatever fails on the way leaves the menu before as it was. While none was ever
// applied, LINE is not asked.
func (r *Runner) TendRichMenu(ctx context.Context) (next time.Time, err error) {
	settings, err := r.store.Settings(ctx)
	if err != nil {
		return next, err
	}
	newest, err := r.store.WantedRichMenus(ctx)
	if err != nil {
		return next, err
	}
	wanted := map[ippo.RichMenuKind]bool{}
	later := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for _, v := range newest {
		if !settings.Has(v.Kind.Module()) {
			continue
		}
		wanted[v.Kind] = true
		again, err := r.tendRichMenu(ctx, v, settings)
		if err != nil {
			return next, err
		}
		if !again.IsZero() {
			later(again)
		}
	}
	states, err := r.store.RichMenuStates(ctx)
	if err != nil {
		return next, err
	}
	for kind, state := range states {
		if !wanted[kind] && state.LineID != "" {
			if err := r.store.RichMenuGone(ctx, kind); err != nil {
				return next, err
			}
			state.LineID, state.Tidy = "", false
			states[kind] = state
		}
	}
	err = r.linkRichMenus(ctx, states)
	if recorded := r.recordLinking(ctx, err); recorded != nil {
		return next, recorded
	}
	if err == nil {
		err = r.tidyRichMenus(ctx, states)
	}
	if err != nil && ctx.Err() == nil {
		r.log.WarnContext(ctx, "rich menus not linked", "err", err)
		later(r.now().Add(menuAgain))
		return next, nil
	}
	return next, err
}

// tendRichMenu makes LINE have a version. again is when it is tried again, after it failed.
func (r *Runner) tendRichMenu(ctx context.Context, v ippo.RichMenuVersion, settings ippo.Settings) (again time.Time, err error) {
	states, err := r.store.RichMenuStates(ctx)
	if err != nil {
		return again, err
	}
	state := states[v.Kind]
	shown := v.Menu.WithoutOff(settings)
	if state.Version == v.ID && state.Name != "" && r.drawn.same(v.Kind, shown) {
		return again, nil
	}
	if again := state.Tried.Add(menuAgain); !state.Tried.IsZero() && r.now().Before(again) {
		return again, nil
	}
	if err := r.showRichMenu(ctx, v, shown, state); err != nil {
		return r.menuFailed(ctx, v.Kind, err)
	}
	r.drawn.remember(v.Kind, shown)
	return again, nil
}

// drawnMenus remembers which menus LINE was found to have, so that they are not drawn anew every minute. Only TendRichMenu
// touches it.
type drawnMenus map[ippo.RichMenuKind]string

func (d drawnMenus) same(kind ippo.RichMenuKind, m ippo.RichMenu) bool {
	was, known := d[kind]
	return known && was == d.encoded(m)
}

func (d drawnMenus) remember(kind ippo.RichMenuKind, m ippo.RichMenu) { d[kind] = d.encoded(m) }

func (drawnMenus) encoded(m ippo.RichMenu) string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("jobs: a rich menu: %v", err)) // texts and flags
	}
	return string(b)
}

// errUndrawn: the menu's picture cannot be drawn.
var errUndrawn = errors.New("draw the rich menu")

// showRichMenu makes a menu, unless it is there already. The default is everyone's from then on; others are linked after.
func (r *Runner) showRichMenu(ctx context.Context, v ippo.RichMenuVersion, shown ippo.RichMenu, state ippo.RichMenuState) error {
	menu, name, picture, err := r.richMenu(shown)
	if err != nil {
		return fmt.Errorf("%w: %w", errUndrawn, err)
	}
	if state.Name == name && state.LineID != "" {
		if state.Version == v.ID {
			return nil
		}
		return r.store.RichMenuApplied(ctx, v.Kind, v.ID, name, state.LineID)
	}
	id, err := r.findRichMenu(ctx, v.Kind, name, state.LineID)
	if err != nil {
		return err
	}
	if id != "" {
		return r.store.RichMenuApplied(ctx, v.Kind, v.ID, name, id)
	}
	id, err = r.line.CreateRichMenu(ctx, menu)
	if err != nil {
		return fmt.Errorf("create the rich menu: %w", err)
	}
	if err := r.line.UploadRichMenuImage(ctx, id, "image/png", picture); err != nil {
		return fmt.Errorf("upload the rich menu's picture: %w", err)
	}
	if v.Kind == ippo.DefaultRichMenuKind {
		if err := r.line.SetDefaultRichMenu(ctx, id); err != nil {
			return fmt.Errorf("make the rich menu everyone's: %w", err)
		}
	}
	r.log.InfoContext(ctx, "rich menu applied", "audience", v.Kind.Audience, "language", v.Kind.Language, "version", v.ID, "menu", id)
	return r.store.RichMenuApplied(ctx, v.Kind, v.ID, name, id)
}

// findRichMenu returns LINE's name for the menu of a name, if it is there whole: everyone's if it is the default, for that a
// menu of ours is only once its picture is there; another if it is the one that was made.
func (r *Runner) findRichMenu(ctx context.Context, kind ippo.RichMenuKind, name, made string) (id string, err error) {
	current := made
	if kind == ippo.DefaultRichMenuKind {
		if current, err = r.line.DefaultRichMenu(ctx); err != nil && line.ClassOf(err) != line.NotFound {
			return "", fmt.Errorf("read the default rich menu: %w", err)
		}
	}
	if current == "" {
		return "", nil
	}
	there, err := r.line.RichMenus(ctx)
	if err != nil {
		return "", fmt.Errorf("list rich menus: %w", err)
	}
	for _, one := range there {
		if one.ID == current && one.Name == name {
			return one.ID, nil
		}
	}
	return "", nil
}

// linkRichMenus tells LINE who sees another menu than it was told of, as many at a time as it takes. What it was told is
// recorded after each call, so that a program that died goes on there; to be told twice changes nothing.
func (r *Runner) linkRichMenus(ctx context.Context, states map[ippo.RichMenuKind]ippo.RichMenuState) error {
	for {
		due, err := r.store.DueRichMenuLinks(ctx, line.MaxLinked)
		if err != nil || len(due) == 0 {
			return err
		}
		to := map[ippo.RichMenuKind][]ippo.RichMenuReader{}
		for _, l := range due {
			kind := menuOf(l, states)
			to[kind] = append(to[kind], l)
		}
		for kind, people := range to {
			if err := r.linkRichMenu(ctx, kind, states, people); err != nil {
				return err
			}
		}
	}
}

// menuOf is the kind of menu that somebody sees: the best for them that LINE has.
func menuOf(l ippo.RichMenuReader, states map[ippo.RichMenuKind]ippo.RichMenuState) ippo.RichMenuKind {
	for _, kind := range l.Kinds() {
		if states[kind].LineID != "" {
			return kind
		}
	}
	return ippo.DefaultRichMenuKind
}

// linkRichMenu shows people, at most line.MaxLinked, the menu of a kind.
func (r *Runner) linkRichMenu(ctx context.Context, kind ippo.RichMenuKind, states map[ippo.RichMenuKind]ippo.RichMenuState, people []ippo.RichMenuReader) error {
	id := "" // the default is shown to who has none of their own
	if kind != ippo.DefaultRichMenuKind {
		id = states[kind].LineID
	}
	var users []string
	for _, l := range people {
		if l.Told != id {
			users = append(users, l.LineUserID)
		}
	}
	var err error
	switch {
	case users == nil:
	case id == "":
		err = r.line.UnlinkRichMenu(ctx, users)
	default:
		err = r.line.LinkRichMenu(ctx, id, users)
	}
	if line.ClassOf(err) == line.NotFound { // somebody deleted the menu at LINE: it is made anew
		return errors.Join(err, r.store.RichMenuGone(ctx, kind))
	}
	if err != nil {
		return fmt.Errorf("link %d people to the rich menu: %w", len(users), err)
	}
	return r.store.RichMenuLinked(ctx, people, id)
}

// tidyRichMenus deletes all menus of ours that are no kind's: earlier ones, and those of a try that failed half-way.
func (r *Runner) tidyRichMenus(ctx context.Context, states map[ippo.RichMenuKind]ippo.RichMenuState) error {
	keep, tidy := map[string]bool{}, true
	for _, state := range states {
		keep[state.LineID] = true
		tidy = tidy && state.Tidy
	}
	if tidy {
		return nil
	}
	there, err := r.line.RichMenus(ctx)
	if err != nil {
		return fmt.Errorf("list rich menus: %w", err)
	}
	for _, one := range there {
		if keep[one.ID] || !strings.HasPrefix(one.Name, r.richMenuName) {
			continue
		}
		if err := r.line.DeleteRichMenu(ctx, one.ID); err != nil && line.ClassOf(err) != line.NotFound {
			return fmt.Errorf("delete an earlier rich menu: %w", err)
		}
	}
	return r.store.RichMenuTidied(ctx)
}

// menuFailed tells staff why, and says when it is tried again.
func (r *Runner) menuFailed(ctx context.Context, kind ippo.RichMenuKind, err error) (next time.Time, _ error) {
	if ctx.Err() != nil {
		return next, err
	}
	problem := menuUndrawn
	if !errors.Is(err, errUndrawn) {
		problem = menuProblem(err, menuRefused)
	}
	r.log.WarnContext(ctx, "rich menu not applied", "err", err)
	return r.now().Add(menuAgain), r.store.RichMenuFailed(ctx, kind, problem)
}

// recordLinking tells staff why people are not shown their menu, or that they are.
func (r *Runner) recordLinking(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return nil
	case err == nil:
		return r.store.RichMenuLinkingFailed(ctx, "")
	}
	return r.store.RichMenuLinkingFailed(ctx, menuProblem(err, menuUnlinked))
}

// menuProblem says why LINE was asked in vain; refused is what is said where it said no.
func menuProblem(err error, refused string) string {
	switch line.ClassOf(err) {
	case line.Unauthorized:
		return menuUnauthorized
	case line.Temporary, line.RateLimited:
		return menuUnreachable
	}
	return refused
}
