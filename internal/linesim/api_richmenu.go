package linesim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"net/http"
)

// LINE's limits on rich menus (reference: create-rich-menu, upload-rich-menu-image, link-rich-menu-to-users).
const (
	maxRichMenus     = 1000
	maxRichMenuImage = 1 << 20
	maxBulkUsers     = 500
)

func (p *Platform) richMenuRoutes() []route {
	return []route{
		{"POST /v2/bot/richmenu", RichMenuCreate, p.createRichMenu, jsonCall},
		{"POST /v2/bot/richmenu/validate", RichMenuValidate, p.validateRichMenu, jsonCall},
		{"GET /v2/bot/richmenu/list", RichMenuList, p.listRichMenus, jsonCall},
		{"GET /v2/bot/richmenu/{richMenuId}", RichMenuGet, p.getRichMenu, jsonCall},
		{"DELETE /v2/bot/richmenu/{richMenuId}", RichMenuDelete, p.deleteRichMenu, jsonCall},
		{"POST /v2/bot/richmenu/{richMenuId}/content", RichMenuImage, p.uploadRichMenuImage, blobCall},
		{"GET /v2/bot/richmenu/{richMenuId}/content", RichMenuImage, p.getRichMenuImage, blobCall},
		{"POST /v2/bot/user/all/richmenu/{richMenuId}", RichMenuDefault, p.setDefaultRichMenu, jsonCall},
		{"GET /v2/bot/user/all/richmenu", RichMenuDefault, p.getDefaultRichMenu, jsonCall},
		{"DELETE /v2/bot/user/all/richmenu", RichMenuDefault, p.clearDefaultRichMenu, jsonCall},
		{"POST /v2/bot/user/{userId}/richmenu/{richMenuId}", RichMenuUser, p.linkRichMenu, jsonCall},
		{"GET /v2/bot/user/{userId}/richmenu", RichMenuUser, p.getUserRichMenu, jsonCall},
		{"DELETE /v2/bot/user/{userId}/richmenu", RichMenuUser, p.unlinkRichMenu, jsonCall},
		{"POST /v2/bot/richmenu/bulk/link", RichMenuBulk, p.bulkLinkRichMenu, jsonCall},
		{"POST /v2/bot/richmenu/bulk/unlink", RichMenuBulk, p.bulkUnlinkRichMenu, jsonCall},
	}
}

// readRichMenu decodes and checks the rich menu object of a call.
func (p *Platform) readRichMenu(c *call) (*menu, answer) {
	var object map[string]any
	if a, readable := c.decode(&object); !readable {
		return nil, a
	}
	if problems := p.checkRichMenu(object); len(problems) > 0 {
		return nil, badBody(problems...)
	}
	m := &menu{}
	if a, readable := c.decode(&m.RichMenu); !readable {
		return nil, a
	}
	m.ID = "richmenu-" + p.randomHex(16)
	object["richMenuId"] = m.ID
	raw, err := json.Marshal(object)
	if err != nil {
		panic("linesim: rich menu: " + err.Error()) // was JSON before
	}
	m.object = raw
	return m, answer{}
}

func (p *Platform) validateRichMenu(c *call) answer {
	if _, refusal := p.readRichMenu(c); refusal.status != 0 {
		return refusal
	}
	return done()
}

func (p *Platform) createRichMenu(c *call) answer {
	m, refusal := p.readRichMenu(c)
	if refusal.status != 0 {
		return refusal
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.menus.all) >= maxRichMenus {
		return fail(http.StatusBadRequest, "The number of rich menus exceeds the limit")
	}
	p.menus.all[m.ID] = m
	p.menus.order = append(p.menus.order, m.ID)
	p.touch()
	return ok(fields{"richMenuId": m.ID})
}

func (p *Platform) listRichMenus(*call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]json.RawMessage, 0, len(p.menus.order))
	for _, id := range p.menus.order {
		list = append(list, p.menus.all[id].object)
	}
	return ok(fields{"richmenus": list})
}

// withMenu runs do on the menu that the call's path names, or answers 404.
func (p *Platform) withMenu(c *call, do func(*menu) answer) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.menus.all[c.PathValue("richMenuId")]
	if m == nil {
		return fail(http.StatusNotFound, msgNotFound)
	}
	return do(m)
}

func (p *Platform) getRichMenu(c *call) answer {
	return p.withMenu(c, func(m *menu) answer { return ok(m.object) })
}

func (p *Platform) deleteRichMenu(c *call) answer {
	return p.withMenu(c, func(m *menu) answer {
		p.menus.remove(m.ID)
		p.touch()
		return done()
	})
}

func (p *Platform) uploadRichMenuImage(c *call) answer {
	contentType := c.Header.Get("Content-Type")
	if contentType != "image/png" && contentType != "image/jpeg" {
		return fail(http.StatusUnsupportedMediaType, fmt.Sprintf("The content type, %s, is not supported", contentType))
	}
	if len(c.body) > maxRichMenuImage {
		return fail(http.StatusRequestEntityTooLarge, "The image is larger than 1MB")
	}
	picture, format, err := image.DecodeConfig(bytes.NewReader(c.body))
	if err != nil || "image/"+format != contentType {
		return fail(http.StatusBadRequest, "The image could not be read")
	}
	return p.withMenu(c, func(m *menu) answer {
		switch {
		case m.ImageType != "":
			return fail(http.StatusBadRequest, "An image has already been uploaded to the richmenu")
		case picture.Width != m.Size.Width || picture.Height != m.Size.Height:
			return fail(http.StatusBadRequest, "The image size is invalid")
		}
		m.ImageType, m.Image = contentType, c.body
		p.menus.version++
		p.touch()
		return done()
	})
}

func (p *Platform) getRichMenuImage(c *call) answer {
	return p.withMenu(c, func(m *menu) answer {
		if m.ImageType == "" {
			return fail(http.StatusNotFound, msgNotFound)
		}
		return answer{status: http.StatusOK, contentType: m.ImageType, raw: m.Image}
	})
}

// needsImage is what LINE answers when a menu without a picture is to be shown.
func needsImage() answer {
	return fail(http.StatusBadRequest, "must upload richmenu image before applying it to user")
}

func (p *Platform) setDefaultRichMenu(c *call) answer {
	return p.withMenu(c, func(m *menu) answer {
		if m.ImageType == "" {
			return needsImage()
		}
		p.menus.byDefault = m.ID
		p.menus.version++
		p.touch()
		return done()
	})
}

func (p *Platform) getDefaultRichMenu(*call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.menus.byDefault == "" {
		return fail(http.StatusNotFound, "no default richmenu")
	}
	return ok(fields{"richMenuId": p.menus.byDefault})
}

func (p *Platform) clearDefaultRichMenu(*call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.menus.byDefault = ""
	p.menus.version++
	p.touch()
	return done()
}

func (p *Platform) linkRichMenu(c *call) answer {
	return p.withMenu(c, func(m *menu) answer {
		if !userIDPattern.MatchString(c.PathValue("userId")) {
			return fail(http.StatusBadRequest, "The value for the 'userId' parameter is invalid")
		}
		u := p.users[c.PathValue("userId")]
		switch {
		case u == nil || !u.Friend:
			return fail(http.StatusNotFound, msgNotFound) // only friends can be linked
		case m.ImageType == "":
			return needsImage()
		}
		p.menus.linked[u.ID] = m.ID
		p.menus.version++
		p.touch()
		return done()
	})
}

func (p *Platform) getUserRichMenu(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := p.menus.linked[c.PathValue("userId")]
	if id == "" {
		return fail(http.StatusNotFound, "the user has no richmenu")
	}
	return ok(fields{"richMenuId": id})
}

func (p *Platform) unlinkRichMenu(c *call) answer {
	if !userIDPattern.MatchString(c.PathValue("userId")) {
		return fail(http.StatusBadRequest, "The value for the 'userId' parameter is invalid")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.menus.unlink(c.PathValue("userId"))
	p.touch()
	return done()
}

// bulkUsers checks the userIds of a bulk call; one bad ID refuses all of them.
func bulkUsers(ids []string) (answer, bool) {
	if len(ids) == 0 || len(ids) > maxBulkUsers {
		return badBody(Detail{fmt.Sprintf("Size must be between 1 and %d", maxBulkUsers), "userIds"}), false
	}
	for i, id := range ids {
		if !userIDPattern.MatchString(id) {
			return badProperty(fmt.Sprintf("userIds[%d]", i)), false
		}
	}
	return answer{}, true
}

func (p *Platform) bulkLinkRichMenu(c *call) answer {
	var req struct {
		RichMenuID string   `json:"richMenuId"`
		UserIDs    []string `json:"userIds"`
	}
	if a, readable := c.decode(&req); !readable {
		return a
	}
	if a, valid := bulkUsers(req.UserIDs); !valid {
		return a
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.menus.all[req.RichMenuID]
	switch {
	case m == nil:
		return fail(http.StatusNotFound, msgNotFound)
	case m.ImageType == "":
		return needsImage()
	}
	for _, id := range req.UserIDs {
		if u := p.users[id]; u != nil && u.Friend { // others are passed over silently
			p.menus.linked[id] = m.ID
		}
	}
	p.menus.version++
	p.touch()
	return answer{status: http.StatusAccepted, body: struct{}{}}
}

func (p *Platform) bulkUnlinkRichMenu(c *call) answer {
	var req struct {
		UserIDs []string `json:"userIds"`
	}
	if a, readable := c.decode(&req); !readable {
		return a
	}
	if a, valid := bulkUsers(req.UserIDs); !valid {
		return a
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range req.UserIDs {
		p.menus.unlink(id)
	}
	p.touch()
	return answer{status: http.StatusAccepted, body: struct{}{}}
}
