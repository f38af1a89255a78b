package linesim

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"time"

	"ippo/internal/lineview"
)

// chatPage is one person's phone. The page shows it once; /screen gives the parts that change.
type chatPage struct {
	User    User
	Account string
	Text    string // waits in the keyboard
	Choices []stickerChoice
	chatScreen
}

// chatScreen is what changes on a phone while one looks at it.
type chatScreen struct {
	Clock   string
	State   string // friend, stranger or blocked: what the account is to the person
	Lines   []chatLine
	Quick   template.HTML
	Loading int64 // milliseconds that the dots go on; 0: none
	Menu    template.HTML
	MenuBar string // the bar's text
	Open    bool   // the menu opens with the chat
	Version uint64
}

// chatLine is a message, a mark or the day's date. ID stays the same while the line is on the screen.
type chatLine struct {
	ID      string
	Message template.HTML
	Mark    string
	FromBot bool
}

func (h *phone) chatPage(s Screen, text string) chatPage {
	return chatPage{
		User: s.User, Account: h.opts.DisplayName, Text: text,
		Choices: h.stickerChoices(), chatScreen: h.chatScreen(s),
	}
}

// screen answers with what a phone shows now.
func (h *phone) screen(w http.ResponseWriter, r *http.Request) {
	s, ok := h.Screen(r.URL.Query().Get("user"))
	if !ok {
		http.Error(w, "その人の電話は見つかりませんでした。", http.StatusNotFound)
		return
	}
	h.render(w, http.StatusOK, "screen", h.chatScreen(s))
}

func (h *phone) chatScreen(s Screen) chatScreen {
	now := h.now().In(h.tokyo)
	view := chatScreen{Clock: now.Format("15:04"), State: "stranger", Version: s.Version, Lines: h.lines(s.Entries, now)}
	switch {
	case s.User.Friend:
		view.State = "friend"
	case s.User.Blocked:
		view.State = "blocked"
	}
	if view.State == "blocked" {
		return view
	}
	if !s.LoadingUntil.IsZero() {
		view.Loading = s.LoadingUntil.Sub(now).Milliseconds()
	}
	if s.QuickReply != nil {
		view.Quick = h.quick(s.QuickReply)
	}
	if s.RichMenu != nil {
		view.Menu, view.MenuBar, view.Open = h.menu(s.RichMenu), s.RichMenu.ChatBarText, s.RichMenu.Selected
	}
	return view
}

// lines are the chat's entries as LINE sets them: a date before each day's first, the sender's name and
// picture at the first of a run, the time at the last one of a minute.
func (h *phone) lines(entries []Entry, now time.Time) []chatLine {
	lines := make([]chatLine, 0, min(len(entries), maxEntriesShown)+8)
	if len(entries) > maxEntriesShown {
		entries = entries[len(entries)-maxEntriesShown:]
		lines = append(lines, chatLine{ID: "earlier", Mark: "これより前のメッセージは表示していません"})
	}
	for i, e := range entries {
		at := e.At.In(h.tokyo)
		day := at.Format(time.DateOnly)
		newDay := i == 0 || entries[i-1].At.In(h.tokyo).Format(time.DateOnly) != day
		if newDay {
			lines = append(lines, chatLine{ID: "day-" + day, Mark: dayText(at, now)})
		}
		switch {
		case e.Unsent:
			lines = append(lines, chatLine{ID: e.ID, Mark: "メッセージの送信を取り消しました"})
			continue
		case e.Message == nil:
			lines = append(lines, chatLine{ID: e.ID, Mark: markText(e.Kind)})
			continue
		}
		o := lineview.Options{Account: h.opts.DisplayName, Mine: !e.Kind.FromBot()}
		o.Follows = !newDay && sameSide(entries[i-1], e)
		if i+1 == len(entries) || !sameSide(e, entries[i+1]) || !sameMinute(e.At, entries[i+1].At) {
			o.Time = at.Format("15:04")
		}
		lines = append(lines, chatLine{ID: e.ID, Message: h.message(e.Message, o), FromBot: e.Kind.FromBot()})
	}
	return lines
}

// message draws a message, or says that it cannot be shown: one bad message must not hide the others.
func (h *phone) message(raw json.RawMessage, o lineview.Options) template.HTML {
	drawn, err := lineview.Render(raw, o)
	if err != nil {
		h.opts.Log.Warn("message not drawn", "err", err)
		return `<p class="lv-unknown">このメッセージは表示できません。</p>`
	}
	return drawn
}

func (h *phone) quick(quickReply json.RawMessage) template.HTML {
	message, err := json.Marshal(fields{"quickReply": quickReply})
	if err == nil {
		var drawn template.HTML
		if drawn, err = lineview.QuickReplies(message, lineview.Options{}); err == nil {
			return drawn
		}
	}
	h.opts.Log.Warn("quick replies not drawn", "err", err)
	return ""
}

func (h *phone) menu(m *RichMenu) template.HTML {
	picture := ""
	if m.ImageType != "" {
		picture = "menus/" + m.ID
	}
	object, err := json.Marshal(m)
	if err == nil {
		var drawn template.HTML
		if drawn, err = lineview.RichMenu(object, picture, lineview.Options{}); err == nil {
			return drawn
		}
	}
	h.opts.Log.Warn("rich menu not drawn", "menu", m.ID, "err", err)
	return ""
}

// sameSide reports whether two entries are messages of the same speaker.
func sameSide(a, b Entry) bool {
	return a.Message != nil && b.Message != nil && !a.Unsent && !b.Unsent && a.Kind.FromBot() == b.Kind.FromBot()
}

func sameMinute(a, b time.Time) bool {
	return a.Truncate(time.Minute).Equal(b.Truncate(time.Minute))
}

func dayText(at, now time.Time) string {
	switch at.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return "今日"
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return "昨日"
	}
	weekday := []rune("日月火水木金土")[at.Weekday()]
	if at.Year() != now.Year() {
		return fmt.Sprintf("%d/%d/%d(%c)", at.Year(), at.Month(), at.Day(), weekday)
	}
	return fmt.Sprintf("%d/%d(%c)", at.Month(), at.Day(), weekday)
}

func markText(k Kind) string {
	switch k {
	case KindFollow:
		return "友だちに追加しました"
	case KindBlock:
		return "ブロックしました"
	case KindUnblock:
		return "ブロックを解除しました"
	case KindJoin:
		return "グループに参加しました"
	case KindLeave:
		return "グループから退出しました"
	}
	return ""
}

// stickerChoice is a sticker on the phone's own sheet.
type stickerChoice struct {
	Package, ID, Keyword string
	Drawn                template.HTML
}

// stickerChoices are some of the stickers that every LINE app has (docs: sticker-list).
func (h *phone) stickerChoices() []stickerChoice {
	choices := []stickerChoice{
		{Package: "446", ID: "1988", Keyword: "こんにちは"},
		{Package: "446", ID: "1989", Keyword: "ありがとう"},
		{Package: "446", ID: "1990", Keyword: "いいね"},
		{Package: "446", ID: "1991", Keyword: "よろしく"},
		{Package: "446", ID: "1992", Keyword: "わかりました"},
		{Package: "446", ID: "1993", Keyword: "うれしい"},
	}
	for i := range choices {
		c := &choices[i]
		raw, err := json.Marshal(fields{"type": "sticker", "packageId": c.Package, "stickerId": c.ID, "keywords": []string{c.Keyword}})
		if err != nil {
			panic("linesim: sticker: " + err.Error()) // strings only
		}
		c.Drawn = h.message(raw, lineview.Options{Mine: true, Inert: true})
	}
	return choices
}

// events tells the page, as server-sent events, each time its person's screen changes, and in between what
// time it is, which also keeps the connection alive. It ends when the page goes away or the platform is closed.
func (h *phone) events(w http.ResponseWriter, r *http.Request) {
	userID := r.URL.Query().Get("user")
	if _, ok := h.User(userID); !ok {
		http.Error(w, "その人の電話は見つかりませんでした。", http.StatusNotFound)
		return
	}
	control := http.NewResponseController(w)
	// A server's write timeout is for answers that end; a connection that refuses this keeps its own.
	_ = control.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)

	beat := time.NewTicker(h.heartbeat)
	defer beat.Stop()
	seen := ^uint64(0) // the first event always goes out: the page may have missed something before
	for {
		changed := h.Changed()
		if version := h.screenVersion(userID); version != seen {
			seen = version
			if !stream(w, control, fmt.Sprintf("data: %d\n\n", version)) {
				return
			}
		}
		select {
		case <-changed:
		case <-beat.C:
			if !stream(w, control, "event: clock\ndata: "+h.now().In(h.tokyo).Format("15:04")+"\n\n") {
				return
			}
		case <-r.Context().Done():
			return
		case <-h.ctx.Done():
			return
		}
	}
}

// stream writes to a stream at once, or reports that nobody listens any more.
func stream(w io.Writer, control *http.ResponseController, text string) bool {
	if _, err := io.WriteString(w, text); err != nil {
		return false
	}
	return control.Flush() == nil
}

// screenVersion is Screen's Version without the rest.
func (h *phone) screenVersion(userID string) uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	u := h.users[userID]
	if u == nil {
		return 0
	}
	return u.version + h.menus.version
}
