package linesim

import (
	"encoding/json"
	"time"
)

// RichMenu is a menu as a phone shows it (リッチメニュー): the object the bot made, and its picture.
type RichMenu struct {
	ID          string         `json:"richMenuId"`
	Size        MenuSize       `json:"size"`
	Selected    bool           `json:"selected"` // open when the chat is
	Name        string         `json:"name"`
	ChatBarText string         `json:"chatBarText"`
	Areas       []RichMenuArea `json:"areas"`

	ImageType string `json:"-"` // image/png or image/jpeg; empty before one is uploaded
	Image     []byte `json:"-"`
}

// MenuSize is in the picture's pixels.
type MenuSize struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// RichMenuArea is a part of the picture that does something when tapped.
type RichMenuArea struct {
	Bounds struct {
		X      int `json:"x"`
		Y      int `json:"y"`
		Width  int `json:"width"`
		Height int `json:"height"`
	} `json:"bounds"`
	Action json.RawMessage `json:"action"`
}

// menu is a rich menu on the platform.
type menu struct {
	RichMenu
	object json.RawMessage // as the bot sent it, with its ID
}

func (m *menu) view() *RichMenu {
	copied := m.RichMenu
	return &copied
}

// menus are the account's rich menus and who sees which. They are guarded by Platform.mu.
type menus struct {
	all       map[string]*menu
	order     []string          // menu IDs as they were made
	aliases   map[string]string // alias → menu ID
	byDefault string
	linked    map[string]string // user ID → menu ID
	batches   map[string]batchProgress
	version   uint64 // grows when what somebody sees may have changed
}

type batchProgress struct {
	accepted, completed time.Time
}

func newMenus() menus {
	return menus{
		all: make(map[string]*menu), aliases: make(map[string]string),
		linked: make(map[string]string), batches: make(map[string]batchProgress),
	}
}

// shownTo returns the menu a person sees: their own before everybody's; nil when there is none
// (docs: rich-menus-overview).
func (s *menus) shownTo(userID string) *menu {
	if own := s.all[s.linked[userID]]; own != nil {
		return own
	}
	return s.all[s.byDefault]
}

func (s *menus) unlink(userID string) {
	if _, linked := s.linked[userID]; linked {
		delete(s.linked, userID)
		s.version++
	}
}

// switchTo is a tap on a richmenuswitch action; it returns the postback's status
// (reference: richmenu-switch-action).
func (s *menus) switchTo(userID, alias string) (status string) {
	id, known := s.aliases[alias]
	switch {
	case !known:
		return "RICHMENU_ALIAS_ID_NOTFOUND"
	case s.all[id] == nil:
		return "RICHMENU_NOTFOUND"
	}
	s.linked[userID] = id // from here on the person has a menu of their own
	s.version++
	return "SUCCESS"
}

func (s *menus) remove(id string) {
	delete(s.all, id)
	for i, other := range s.order {
		if other == id {
			s.order = append(s.order[:i], s.order[i+1:]...)
			break
		}
	}
	if s.byDefault == id {
		s.byDefault = ""
	}
	for userID, linked := range s.linked {
		if linked == id {
			delete(s.linked, userID)
		}
	}
	s.version++
}

// RichMenu returns a menu with its picture.
func (p *Platform) RichMenu(id string) (*RichMenu, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.menus.all[id]
	if m == nil {
		return nil, false
	}
	return m.view(), true
}
