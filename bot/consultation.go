package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"ippo"
	"ippo/messages"
	"ippo/store"
)

// consultTalk leads to the room for consultations (相談) on our page. LINE carries links to it and nothing of
// what is said there.
func consultTalk() *talk {
	return &talk{
		name:   talkConsult,
		module: ippo.ModuleConsultations,
		words: []string{
			"相談", "そうだん", "相談する", "相談したい", "相談したいです", "相談があります", "相談です", "相談したいことがあります", "相談の部屋", "お返事を読む",
			"consult", "consultation", "advice", "ask for advice",
		},
		begin: beginConsultation,
	}
}

func beginConsultation(t *turn) error {
	var state ippo.ConsultationState
	switch c, err := t.bot.store.LatestConsultation(t.ctx, t.follower.ID); {
	case err == nil && c.State != ippo.ConsultationDone:
		state = c.State
	case err != nil && !errors.Is(err, ippo.ErrNotFound):
		return err
	}
	t.send(messages.Room(t.w, t.center.Office, state, t.roomLink("")))
	t.closing()
	return nil
}

// roomContext is what a link to a room carries: what was typed in the chat and waits to be sent.
type roomContext struct {
	Draft string `json:"draft,omitempty"`
}

// roomLink makes a link to the follower's room. One that carries a draft ends soon, and with it the draft;
// unsending the message ends both.
func (t *turn) roomLink(draft string) string {
	about, err := json.Marshal(roomContext{draft})
	if err != nil {
		panic(fmt.Sprintf("bot: context of a room: %v", err)) // a text
	}
	l := store.NewFormLink(t.follower.ID, store.PurposeRoom, about, t.now.Add(store.RoomLinkLife))
	if draft != "" {
		l.ExpiresAt, l.MessageID = t.now.Add(linkLife), t.in.MessageID
	}
	return t.page(l)
}

// longText is from how many characters on a text confides something rather than asks for something.
const longText = 30

// confiding is how a text begins that is a consultation, typed into the chat.
var confiding = regexp.MustCompile(`^(?:ご|御)?(?:相談|そうだん)(?:[\s、。:,!…・]|です|なん|が(?:あ|有)|した|させ|に(?:乗|の)って|お願い|聞いて)|^(?i:i (?:would like|want) (?:to consult|advice)|consultation)[\s,:.]`)

// consultationText reports whether a text is a consultation: 「相談」 and then a long text. A question of a few
// words about consultations is none.
func consultationText(text string) bool {
	plain := strings.TrimSpace(norm.NFKC.String(text))
	return utf8.RuneCountInString(plain) >= longText && confiding.MatchString(plain)
}

// moveToRoom puts a text that was typed into the chat behind a link to the room.
func (t *turn) moveToRoom(text string) error {
	t.send(messages.MovedText(t.w, t.roomLink(strings.TrimSpace(text))))
	t.closing()
	return nil
}

// roomPage is the room: what was said, and the form. It is in the language of who opens it.
type roomPage struct {
	frame
	Vars      messages.Vars
	Action    string
	Sent      bool
	State     ippo.ConsultationState // "" where nothing was said yet
	Entries   []roomEntry
	Earlier   []earlierRoom
	Kinds     []roomKind // offered for a new one
	Text      string
	Moved     bool // the text was typed into the chat
	Problem   string
	Helplines []messages.Helpline // where words of danger were written
}

type roomEntry struct {
	Author ippo.ConsultationAuthor
	Who    string
	At     string
	Text   string
}

// earlierRoom is a consultation that has ended, to be read again for as long as it is kept.
type earlierRoom struct {
	Heading string
	Entries []roomEntry
}

type roomKind struct {
	Value ippo.ConsultationKind
	Label string
	On    bool
}

// StateWords says whose turn it is.
func (p roomPage) StateWords() string { return p.W.Say("consult.state." + string(p.State)) }

// Open reports whether what is written now belongs to what stands there.
func (p roomPage) Open() bool { return p.State != "" && p.State != ippo.ConsultationDone }

// roomFrame is the room as it stands before anything is in it.
func (b *Bot) roomFrame(c *gin.Context) (roomPage, ippo.Settings, error) {
	center, err := b.store.Settings(c.Request.Context())
	if err != nil {
		return roomPage{}, ippo.Settings{}, err
	}
	f, err := b.frame(c, "consult.title")
	return roomPage{
		frame: f, Action: c.Request.URL.Path,
		Vars: messages.Vars{"Office": center.Office.Name, "Phone": center.Office.Phone, "Hours": center.Office.Hours, "Kept": f.W.Days(center.Keep.Days(ippo.RetainConsultations))},
	}, center, err
}

func (b *Bot) showRoom(c *gin.Context, l store.FormLink) error {
	var about roomContext
	if l.Context != nil {
		if err := json.Unmarshal(l.Context, &about); err != nil {
			return fmt.Errorf("read what waits for the room: %w", err)
		}
	}
	page, center, err := b.roomFrame(c)
	if err != nil {
		return err
	}
	page.Text, page.Moved = about.Draft, about.Draft != ""
	page.Sent = c.Query("sent") != ""
	return b.drawRoom(c, http.StatusOK, l, page, center, "")
}

// drawRoom shows the room with what stands in it.
func (b *Bot) drawRoom(c *gin.Context, status int, l store.FormLink, page roomPage, center ippo.Settings, kind ippo.ConsultationKind) error {
	ctx := c.Request.Context()
	latest, err := b.store.LatestConsultation(ctx, l.Follower)
	if err != nil && !errors.Is(err, ippo.ErrNotFound) {
		return err
	}
	if err == nil {
		page.State = latest.State
		entries, err := b.store.ConsultationEntries(ctx, latest.ID)
		if err != nil {
			return err
		}
		page.Entries = roomEntries(page.W, entries)
		for _, e := range entries {
			if e.Author == ippo.EntryResident {
				page.Helplines = nil
				if dangerous(center, e.Text) {
					page.Helplines = messages.Helplines(page.W)
				}
			}
		}
		if latest.Told {
			if err := b.store.SawAnswers(ctx, latest.ID); err != nil {
				return err
			}
		}
		if page.Earlier, err = b.earlierRooms(ctx, page.W, l.Follower, latest.ID); err != nil {
			return err
		}
	}
	if !page.Open() {
		page.Helplines = nil
		for _, k := range ippo.ConsultationKinds {
			label := page.W.Say("consult.kind.none")
			if k != "" {
				label = page.W.Say("consult.kind." + string(k))
			}
			page.Kinds = append(page.Kinds, roomKind{k, label, k == kind})
		}
	}
	return b.render(c, status, "room", page)
}

// roomEntries are those that a resident reads.
func roomEntries(w messages.Words, entries []ippo.ConsultationEntry) (list []roomEntry) {
	for _, e := range entries {
		if e.Shown() {
			list = append(list, roomEntry{e.Author, w.Say("consult.by." + string(e.Author)), w.Moment(e.At), e.Text})
		}
	}
	return list
}

func (b *Bot) earlierRooms(ctx context.Context, w messages.Words, follower ippo.FollowerID, shown ippo.ConsultationID) ([]earlierRoom, error) {
	ended, err := b.store.EarlierConsultations(ctx, follower, shown)
	if err != nil {
		return nil, err
	}
	rooms := make([]earlierRoom, len(ended))
	for i, c := range ended {
		entries, err := b.store.ConsultationEntries(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		kind := "none"
		if c.Kind != "" {
			kind = string(c.Kind)
		}
		rooms[i] = earlierRoom{w.Day(c.MadeAt) + "　" + w.Say("consult.kind."+kind), roomEntries(w, entries)}
	}
	return rooms, nil
}

// takeRoom takes what a resident wrote in their room. The link stays good.
func (b *Bot) takeRoom(c *gin.Context, l store.FormLink) error {
	ctx := c.Request.Context()
	page, center, err := b.roomFrame(c)
	if err != nil {
		return err
	}
	page.Text = field(c, "text")
	kind := ippo.ConsultationKind(field(c, "kind"))
	if kind.Words() == string(kind) {
		kind = "" // a form that is not ours
	}
	err = b.store.Write(ctx, func(t *store.Tx) error {
		if err := t.WriteConsultation(ctx, l.Follower, kind, page.Text, b.automatic(page.W, center)); err != nil {
			return err
		}
		if dangerous(center, page.Text) {
			if _, err := t.AddDeskRequest(ctx, ippo.DeskRequest{Kind: ippo.RequestDanger, Follower: l.Follower, Body: page.Text}, ""); err != nil {
				return err
			}
		}
		return t.EmptyFormLink(ctx, l.ID)
	})
	var problems ippo.Problems
	switch {
	case errors.As(err, &problems):
		page.Problem = page.W.Say("consult.problem.text")
	case errors.Is(err, ippo.ErrConflict):
		page.Problem = page.W.Say("consult.problem.full")
	case err != nil:
		return err
	default:
		return b.to(c, "/form?sent=1")
	}
	return b.drawRoom(c, http.StatusUnprocessableEntity, l, page, center, kind)
}

// automatic is the first answer, which says honestly when there will be one by a person.
func (b *Bot) automatic(w messages.Words, center ippo.Settings) string {
	now := b.now()
	opens := center.NextStaffed(now, b.store.Holidays)
	vars := messages.Vars{
		"Day": w.Day(opens), "Time": opens.In(ippo.Tokyo).Format("15:04"), "Phone": center.Office.Phone, "Hours": center.Office.Hours,
	}
	switch {
	case opens.IsZero():
		return w.Say("consult.auto.unknown", vars)
	case opens.After(now):
		return w.Say("consult.auto.closed", vars)
	}
	return w.Say("consult.auto.now")
}
