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

// Why LINE does not show the newest menu, as staff read it. The one before stays.
const (
	menuUnreachable  = "LINEから返事がありません。少しあとで、自動でもう一度試します"
	menuUnauthorized = "LINEのアクセストークンが使えません"
	menuRefused      = "LINEに断られました。リンクのアドレスなどを確かめて、もう一度反映してください"
	menuUndrawn      = "画像をつくれませんでした"
)

// menuAgain is how soon LINE is asked again after it was asked in vain. LINE lets 100 menus be made in an hour.
const menuAgain = 5 * time.Minute

// TendRichMenu makes LINE show the newest menu that staff applied, without the areas of modules that are off. The new one
// is made, given its picture and made everyone's; only then are earlier ones of ours deleted, and menus of other tools are
// left alone. Whatever fails on the way leaves the menu before as it was. While none was ever applied, LINE is not asked.
func (r *Runner) TendRichMenu(ctx context.Context) (next time.Time, err error) {
	wanted, err := r.store.WantedRichMenu(ctx)
	if errors.Is(err, ippo.ErrNotFound) {
		return next, nil
	}
	if err != nil {
		return next, err
	}
	settings, err := r.store.Settings(ctx)
	if err != nil {
		return next, err
	}
	state, err := r.store.RichMenuState(ctx)
	if err != nil {
		return next, err
	}
	if again := state.Tried.Add(menuAgain); !state.Tried.IsZero() && r.now().Before(again) {
		return again, nil
	}
	if shown := wanted.Menu.WithoutOff(settings); state.Version != wanted.ID || !r.drawn.same(shown) {
		if err := r.showRichMenu(ctx, wanted.ID, shown, state); err != nil {
			return r.menuFailed(ctx, err)
		}
		r.drawn.remember(shown)
		if state, err = r.store.RichMenuState(ctx); err != nil {
			return next, err
		}
	}
	if !state.Tidy {
		if err := r.tidyRichMenus(ctx, state.LineID); err != nil {
			return r.menuFailed(ctx, err)
		}
	}
	return next, nil
}

// drawnMenu remembers which menu LINE was found to show, so that it is not drawn anew every minute. Only TendRichMenu
// touches it.
type drawnMenu struct{ as []byte }

func (d *drawnMenu) same(m ippo.RichMenu) bool {
	return d.as != nil && string(d.as) == string(d.encoded(m))
}

func (d *drawnMenu) remember(m ippo.RichMenu) { d.as = d.encoded(m) }

func (*drawnMenu) encoded(m ippo.RichMenu) []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("jobs: a rich menu: %v", err)) // texts and flags
	}
	return b
}

// errUndrawn: the menu's picture cannot be drawn.
var errUndrawn = errors.New("draw the rich menu")

// showRichMenu makes a menu everyone's, unless it is already.
func (r *Runner) showRichMenu(ctx context.Context, version ippo.RichMenuID, m ippo.RichMenu, state ippo.RichMenuState) error {
	menu, name, picture, err := r.richMenu(m)
	if err != nil {
		return fmt.Errorf("%w: %w", errUndrawn, err)
	}
	if state.Version == version && state.Name == name {
		return nil
	}
	current, err := r.line.DefaultRichMenu(ctx)
	if err != nil && line.ClassOf(err) != line.NotFound {
		return fmt.Errorf("read the default rich menu: %w", err)
	}
	there, err := r.line.RichMenus(ctx)
	if err != nil {
		return fmt.Errorf("list rich menus: %w", err)
	}
	for _, one := range there {
		if one.ID == current && one.Name == name { // a menu of ours is everyone's only once its picture is there
			return r.store.RichMenuApplied(ctx, version, name, one.ID)
		}
	}
	id, err := r.line.CreateRichMenu(ctx, menu)
	if err != nil {
		return fmt.Errorf("create the rich menu: %w", err)
	}
	if err := r.line.UploadRichMenuImage(ctx, id, "image/png", picture); err != nil {
		return fmt.Errorf("upload the rich menu's picture: %w", err)
	}
	if err := r.line.SetDefaultRichMenu(ctx, id); err != nil {
		return fmt.Errorf("make the rich menu everyone's: %w", err)
	}
	r.log.InfoContext(ctx, "rich menu applied", "version", version, "menu", id)
	return r.store.RichMenuApplied(ctx, version, name, id)
}

// tidyRichMenus deletes all menus of ours but one: earlier ones, and those of a try that failed half-way.
func (r *Runner) tidyRichMenus(ctx context.Context, keep string) error {
	there, err := r.line.RichMenus(ctx)
	if err != nil {
		return fmt.Errorf("list rich menus: %w", err)
	}
	for _, one := range there {
		if one.ID == keep || !strings.HasPrefix(one.Name, r.richMenuName) {
			continue
		}
		if err := r.line.DeleteRichMenu(ctx, one.ID); err != nil && line.ClassOf(err) != line.NotFound {
			return fmt.Errorf("delete an earlier rich menu: %w", err)
		}
	}
	return r.store.RichMenuTidied(ctx)
}

// menuFailed tells staff why, and says when it is tried again.
func (r *Runner) menuFailed(ctx context.Context, err error) (next time.Time, _ error) {
	if ctx.Err() != nil {
		return next, err
	}
	problem := menuRefused
	switch class := line.ClassOf(err); {
	case errors.Is(err, errUndrawn):
		problem = menuUndrawn
	case class == line.Unauthorized:
		problem = menuUnauthorized
	case class == line.Temporary, class == line.RateLimited:
		problem = menuUnreachable
	}
	r.log.WarnContext(ctx, "rich menu not applied", "err", err)
	return r.now().Add(menuAgain), r.store.RichMenuFailed(ctx, problem)
}
