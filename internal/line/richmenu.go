package line

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"ippo"
)

// RichMenu is one of the account's menus. Menus made in LINE's own manager are not among them.
type RichMenu struct {
	ID   string
	Name string // for staff; residents never see it
}

// CreateRichMenu makes a menu, which needs its image next. LINE allows 100 an hour and 1,000 in all.
func (c *Client) CreateRichMenu(ctx context.Context, menu json.RawMessage) (id string, err error) {
	req, err := menuRequest(menu)
	if err != nil {
		return "", err
	}
	made, err := call(ctx, c, OpMenuCreate, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.RichMenuIdResponse, error) {
		return api.CreateRichMenuWithHttpInfo(req)
	})
	if err != nil {
		return "", err
	}
	return made.RichMenuId, nil
}

func menuRequest(menu json.RawMessage) (*messaging_api.RichMenuRequest, error) {
	req := new(messaging_api.RichMenuRequest)
	if err := json.Unmarshal(menu, req); err != nil {
		return nil, invalid(OpMenuCreate, "read rich menu: %w", err)
	}
	return req, nil
}

// UploadRichMenuImage gives a menu its image, once: LINE does not replace it. contentType is
// image/png or image/jpeg.
func (c *Client) UploadRichMenuImage(ctx context.Context, menuID, contentType string, image []byte) error {
	switch {
	case !menuShape.MatchString(menuID):
		return invalid(OpMenuImage, "not a rich menu ID")
	case len(image) > MaxRichMenuImage:
		return invalid(OpMenuImage, "the image is %d bytes long; LINE takes %d", len(image), MaxRichMenuImage)
	}
	if err := c.wait(ctx, OpMenuImage); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*c.timeout) // a megabyte over a slow line
	defer cancel()
	blob := *c.blob
	started := time.Now()
	res, _, err := blob.WithContext(ctx).SetRichMenuImageWithHttpInfo(menuID, contentType, bytes.NewReader(image))
	if e := c.outcome(OpMenuImage, res, err); e != nil {
		c.finished(OpMenuImage, e.Class, started)
		return e
	}
	c.finished(OpMenuImage, OK, started)
	return nil
}

// SetDefaultRichMenu shows a menu to everyone who has none of their own.
func (c *Client) SetDefaultRichMenu(ctx context.Context, menuID string) error {
	return c.menuCall(ctx, OpMenuDefault, menuID, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.SetDefaultRichMenuWithHttpInfo(menuID)
	})
}

// DefaultRichMenu reads the menu that everyone sees. NotFound: none is set.
func (c *Client) DefaultRichMenu(ctx context.Context) (menuID string, err error) {
	m, err := call(ctx, c, OpMenuDefault, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.RichMenuIdResponse, error) {
		return api.GetDefaultRichMenuIdWithHttpInfo()
	})
	if err != nil {
		return "", err
	}
	return m.RichMenuId, nil
}

// RichMenus lists the menus made through the API.
func (c *Client) RichMenus(ctx context.Context) ([]RichMenu, error) {
	list, err := call(ctx, c, OpMenuList, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.RichMenuListResponse, error) {
		return api.GetRichMenuListWithHttpInfo()
	})
	if err != nil {
		return nil, err
	}
	menus := make([]RichMenu, len(list.Richmenus))
	for i, m := range list.Richmenus {
		menus[i] = RichMenu{ID: m.RichMenuId, Name: m.Name}
	}
	return menus, nil
}

// DeleteRichMenu removes a menu. LINE allows 100 an hour.
func (c *Client) DeleteRichMenu(ctx context.Context, menuID string) error {
	return c.menuCall(ctx, OpMenuDelete, menuID, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.DeleteRichMenuWithHttpInfo(menuID)
	})
}

// LinkRichMenu shows a menu to up to MaxLinked people, before the one that everyone sees. LINE does so within seconds, and
// passes over who is no friend. NotFound: the menu is gone.
func (c *Client) LinkRichMenu(ctx context.Context, menuID string, userIDs []string) error {
	if err := checkLinked(userIDs); err != nil {
		return err
	}
	return c.menuCall(ctx, OpMenuLink, menuID, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.LinkRichMenuIdToUsersWithHttpInfo(&messaging_api.RichMenuBulkLinkRequest{RichMenuId: menuID, UserIds: userIDs})
	})
}

// UnlinkRichMenu shows up to MaxLinked people what everyone sees.
func (c *Client) UnlinkRichMenu(ctx context.Context, userIDs []string) error {
	if err := checkLinked(userIDs); err != nil {
		return err
	}
	_, err := call(ctx, c, OpMenuLink, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.UnlinkRichMenuIdFromUsersWithHttpInfo(&messaging_api.RichMenuBulkUnlinkRequest{UserIds: userIDs})
	})
	return err
}

// MaxLinked is how many people one call links. Source:
// https://developers.line.biz/en/reference/messaging-api/#link-rich-menu-to-users
const MaxLinked = 500

func checkLinked(userIDs []string) error {
	if n := len(userIDs); n < 1 || n > MaxLinked {
		return invalid(OpMenuLink, "%d people; LINE takes 1 to %d", n, MaxLinked)
	}
	for _, id := range userIDs {
		if !ippo.IsLineUserID(id) {
			return invalid(OpMenuLink, "not a LINE user ID")
		}
	}
	return nil
}

func (c *Client) menuCall(ctx context.Context, op Op, menuID string, do func(*messaging_api.MessagingApiAPI) (*http.Response, struct{}, error)) error {
	if !menuShape.MatchString(menuID) {
		return invalid(op, "not a rich menu ID")
	}
	_, err := call(ctx, c, op, do)
	return err
}
