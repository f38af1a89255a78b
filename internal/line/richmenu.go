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

// ValidateRichMenu asks LINE whether a rich menu object is well formed.
func (c *Client) ValidateRichMenu(ctx context.Context, menu json.RawMessage) (problems []Detail, err error) {
	req, err := menuRequest(OpMenuValidate, menu)
	if err != nil {
		return nil, err
	}
	_, err = call(ctx, c, OpMenuValidate, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.ValidateRichMenuObjectWithHttpInfo(req)
	})
	return problemsOf(err)
}

// CreateRichMenu makes a menu, which needs its image next. LINE allows 100 an hour and 1,000 in all.
func (c *Client) CreateRichMenu(ctx context.Context, menu json.RawMessage) (id string, err error) {
	req, err := menuRequest(OpMenuCreate, menu)
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

func menuRequest(op Op, menu json.RawMessage) (*messaging_api.RichMenuRequest, error) {
	req := new(messaging_api.RichMenuRequest)
	if err := json.Unmarshal(menu, req); err != nil {
		return nil, invalid(op, "read rich menu: %w", err)
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

// ClearDefaultRichMenu shows no menu to those who have none of their own.
func (c *Client) ClearDefaultRichMenu(ctx context.Context) error {
	_, err := call(ctx, c, OpMenuDefault, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.CancelDefaultRichMenuWithHttpInfo()
	})
	return err
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

// RichMenuAliases lists the names under which menus switch to one another: alias to menu ID.
func (c *Client) RichMenuAliases(ctx context.Context) (map[string]string, error) {
	list, err := call(ctx, c, OpMenuAlias, func(api *messaging_api.MessagingApiAPI) (*http.Response, *messaging_api.RichMenuAliasListResponse, error) {
		return api.GetRichMenuAliasListWithHttpInfo()
	})
	if err != nil {
		return nil, err
	}
	aliases := make(map[string]string, len(list.Aliases))
	for _, a := range list.Aliases {
		aliases[a.RichMenuAliasId] = a.RichMenuId
	}
	return aliases, nil
}

// SetRichMenuAlias points an alias at a menu, whether or not the alias was there.
func (c *Client) SetRichMenuAlias(ctx context.Context, alias, menuID string) error {
	if !aliasShape.MatchString(alias) {
		return invalid(OpMenuAlias, "an alias has 1 to 32 of a-z, 0-9, _ and -")
	}
	aliases, err := c.RichMenuAliases(ctx)
	if err != nil {
		return err
	}
	was, exists := aliases[alias]
	if exists && was == menuID {
		return nil
	}
	return c.menuCall(ctx, OpMenuAlias, menuID, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		if exists {
			return api.UpdateRichMenuAliasWithHttpInfo(alias, &messaging_api.UpdateRichMenuAliasRequest{RichMenuId: menuID})
		}
		return api.CreateRichMenuAliasWithHttpInfo(&messaging_api.CreateRichMenuAliasRequest{RichMenuAliasId: alias, RichMenuId: menuID})
	})
}

// DeleteRichMenuAlias removes an alias. LINE allows 100 an hour.
func (c *Client) DeleteRichMenuAlias(ctx context.Context, alias string) error {
	if !aliasShape.MatchString(alias) {
		return invalid(OpMenuAliasDrop, "not a rich menu alias")
	}
	_, err := call(ctx, c, OpMenuAliasDrop, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.DeleteRichMenuAliasWithHttpInfo(alias)
	})
	return err
}

// LinkRichMenu shows a menu to one follower, in place of the default.
func (c *Client) LinkRichMenu(ctx context.Context, userID, menuID string) error {
	if !ippo.IsLineUserID(userID) {
		return invalid(OpMenuLink, "not a LINE user ID")
	}
	return c.menuCall(ctx, OpMenuLink, menuID, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.LinkRichMenuIdToUserWithHttpInfo(userID, menuID)
	})
}

// UnlinkRichMenu gives one follower the default menu again.
func (c *Client) UnlinkRichMenu(ctx context.Context, userID string) error {
	if !ippo.IsLineUserID(userID) {
		return invalid(OpMenuLink, "not a LINE user ID")
	}
	_, err := call(ctx, c, OpMenuLink, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.UnlinkRichMenuIdFromUserWithHttpInfo(userID)
	})
	return err
}

// LinkRichMenuBulk shows a menu to up to ippo.MaxRecipients followers, within seconds. LINE skips those
// who are no friends.
func (c *Client) LinkRichMenuBulk(ctx context.Context, userIDs []string, menuID string) error {
	if len(userIDs) == 0 || len(userIDs) > ippo.MaxRecipients {
		return invalid(OpMenuLinkBulk, "%d users; LINE takes 1 to %d", len(userIDs), ippo.MaxRecipients)
	}
	return c.menuCall(ctx, OpMenuLinkBulk, menuID, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.LinkRichMenuIdToUsersWithHttpInfo(&messaging_api.RichMenuBulkLinkRequest{RichMenuId: menuID, UserIds: userIDs})
	})
}

func (c *Client) menuCall(ctx context.Context, op Op, menuID string, do func(*messaging_api.MessagingApiAPI) (*http.Response, struct{}, error)) error {
	if !menuShape.MatchString(menuID) {
		return invalid(op, "not a rich menu ID")
	}
	_, err := call(ctx, c, op, do)
	return err
}
