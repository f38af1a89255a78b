package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"ippo"
	"ippo/internal/faq"
	"ippo/internal/groupsheet"
	"ippo/internal/keyword"
	"ippo/internal/line"
	"ippo/internal/outside"
	"ippo/internal/secret"
	"ippo/messages"
	"ippo/store"
)

// Config is what a Panel works with. Store, Line, Keys, PublicURL and Try are needed.
type Config struct {
	Store     *store.Store
	Line      *line.Desk
	Keys      *secret.Keyring
	PublicURL string // the address that links start with, without a slash at its end
	Now       ippo.Clock
	Holidays  ippo.Holidays
	Log       *slog.Logger
	Wake      func()             // tells the delivery engine that there is work
	Try       TryFunc            // says what the bot would answer
	Outside   outside.Client     // asks whether links answer
	Texts     *messages.Catalogs // by default those that are built in
	FAQ       *faq.Finder        // of the store's frequent questions; by default one of its own
	Keywords  *keyword.Gatherer  // of the visions that are shown; likewise

	MailOff        bool           // nobody is told by mail; the home page says so
	FrameAncestors string         // who may show the panel in a frame, as in CSP; 'none' by default
	From           []netip.Prefix // the addresses that the panel may be opened from; none: everywhere

	// Reminders draws a campaign's reminders, as package jobs is told to draw them. By default they are as
	// messages.Reminders draws them.
	Reminders func(ippo.Campaign) []ippo.Wording

	// ChatURL makes the address that opens the account's chat with a first message typed in. By
	// default it is LINE's own, for the account that the access token belongs to.
	ChatURL func(text string) (string, error)
}

// TryFunc says what the bot would answer to a text of somebody who reads a language, and why; nothing of it happens.
type TryFunc func(ctx context.Context, text string, l ippo.Language) (ippo.Trial, error)

// Panel serves the staff's pages. It is safe for concurrent use.
type Panel struct {
	Config

	*builtIn

	sessions  *scs.SessionManager
	origins   *http.CrossOriginProtection
	passwords *passwords
	account   *account
	catalogs  *messages.Catalogs
	words     messages.Words // cards are made in Japanese

	groupLinks *secret.Signer // of the pages of groups
	formLinks  *secret.Signer // of residents' rooms
	factors    *secret.Box    // second factors that are being set up
	browsers   *secret.Box    // in which somebody has logged in

	wall func() time.Time // the clock of people's apps, which the demo does not move
}

// New makes a Panel. It fails when a template does not parse.
func New(cfg Config) (*Panel, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Holidays == nil {
		cfg.Holidays = func(time.Time) bool { return false }
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Wake == nil {
		cfg.Wake = func() {}
	}
	if cfg.FAQ == nil {
		cfg.FAQ = faq.NewFinder(cfg.Store.AskedFAQs)
	}
	if cfg.Keywords == nil {
		cfg.Keywords = keyword.NewGatherer(cfg.Store)
	}
	if cfg.FrameAncestors == "" {
		cfg.FrameAncestors = "'none'"
	}
	var err error
	if cfg.Texts == nil {
		if cfg.Texts, err = messages.Load(); err != nil {
			return nil, fmt.Errorf("panel: %w", err)
		}
	}
	if cfg.Reminders == nil {
		cfg.Reminders = func(c ippo.Campaign) []ippo.Wording { return messages.Reminders(cfg.Texts, c, cfg.PublicURL) }
	}
	p := &Panel{
		Config:   cfg,
		sessions: newSessions(cfg.Store, strings.HasPrefix(cfg.PublicURL, "https://")),
		origins:  http.NewCrossOriginProtection(),
		account:  newAccount(cfg.Line, cfg.Log),
		catalogs: cfg.Texts,
		words:    cfg.Texts.In(ippo.Japanese),

		groupLinks: cfg.Keys.Signer(store.GroupLinks),
		formLinks:  cfg.Keys.Signer(store.FormLinks),

		passwords: newPasswords(),
		factors:   cfg.Keys.Box("second factors"),
		browsers:  cfg.Keys.Box("known browsers"),
		wall:      time.Now,
	}
	if p.ChatURL == nil {
		p.ChatURL = p.account.chatURL
	}
	if p.builtIn, err = loadBuiltIn(); err != nil {
		return nil, fmt.Errorf("panel: %w", err)
	}
	return p, nil
}

// builtIn is what is compiled into the program and never changes: the panels of a process share it.
type builtIn struct {
	pages  map[string]page
	helps  helps
	assets *assets
}

var loadBuiltIn = sync.OnceValues(func() (*builtIn, error) {
	assets, err := loadAssets()
	if err != nil {
		return nil, err
	}
	pages, err := loadPages(assets)
	if err != nil {
		return nil, err
	}
	helps, err := loadHelps()
	if err != nil {
		return nil, err
	}
	return &builtIn{pages, helps, assets}, nil
})

// route is one address of the panel.
type route struct {
	method string
	path   string // below /admin
	least  ippo.Role
	handle func(*gin.Context) error
}

// anyone marks a route that needs no login.
const anyone ippo.Role = ""

// routes lists every page and action of the panel with the least role that may use it. Personal
// data needs an editor; what makes something reach residents needs an approver, and stopping it does
// not: the brake is within everyone's reach who may write. What a rule or a restore has held goes on by
// an administrator's word only.
func (p *Panel) routes() []route {
	const (
		get  = http.MethodGet
		post = http.MethodPost
	)
	routes := []route{
		{get, "/login", anyone, p.loginPage},
		{post, "/login", anyone, p.login},
		{post, "/unsent", ippo.Viewer, p.dropUnsent},
		{get, "/login/code", anyone, p.codePage},
		{post, "/login/code", anyone, p.loginCode},
		{get, "/invite/:code", anyone, p.showInvite},
		{post, "/invite/:code", anyone, p.acceptInvite},
		{post, "/logout", ippo.Viewer, p.logout},

		{get, "/", ippo.Viewer, p.home},

		{get, "/calendar", ippo.Viewer, p.showCalendar},
		{get, "/audiences", ippo.Viewer, p.savedAudienceList},
		{get, "/audiences/:id/delete", ippo.Editor, p.askDeleteSavedAudience},
		{post, "/audiences/:id/delete", ippo.Editor, p.deleteSavedAudience},
		{get, "/templates", ippo.Viewer, p.templateList},
		{post, "/templates/:id", ippo.Editor, p.updateTemplate},
		{get, "/templates/:id/edit", ippo.Editor, p.editTemplate},
		{get, "/templates/:id/delete", ippo.Editor, p.askDeleteTemplate},
		{post, "/templates/:id/delete", ippo.Editor, p.deleteTemplate},
		{get, "/broadcasts", ippo.Viewer, p.broadcastList},
		{get, "/broadcasts.csv", ippo.Viewer, p.broadcastCSV},
		{get, "/broadcasts/new", ippo.Editor, p.newBroadcast},
		{post, "/broadcasts", ippo.Editor, p.createBroadcast},
		{post, "/broadcasts/preview", ippo.Editor, p.previewBroadcast},
		{get, "/broadcasts/beside", ippo.Editor, p.besideForm},
		{get, "/broadcasts/beside/drop", ippo.Editor, p.askDropWorkingCopy},
		{post, "/broadcasts/beside/drop", ippo.Editor, p.dropWorkingCopy},
		{get, "/broadcasts/reductions", ippo.Viewer, p.reductionList},
		{get, "/broadcasts/digest", ippo.Viewer, p.showDigest},
		{post, "/broadcasts/digest", ippo.Approver, p.decideDigest},
		{get, "/broadcasts/:id", ippo.Viewer, p.showBroadcast},
		{post, "/broadcasts/:id", ippo.Editor, p.updateBroadcast},
		{get, "/broadcasts/:id/edit", ippo.Editor, p.editBroadcast},
		{get, "/broadcasts/:id/progress", ippo.Viewer, p.broadcastProgress},
		{get, "/broadcasts/:id/whom", ippo.Viewer, p.broadcastWhom},
		{get, "/broadcasts/:id/sheet", ippo.Viewer, p.broadcastSheet},
		{get, "/broadcasts/:id/versions", ippo.Viewer, p.broadcastVersions},
		{get, "/broadcasts/:id/links", ippo.Editor, p.broadcastLinks},
		{get, "/broadcasts/:id/results.csv", ippo.Viewer, p.broadcastResults},
		{get, "/broadcasts/:id/ledger.csv", ippo.Viewer, p.broadcastLedger},
		{post, "/broadcasts/:id/test", ippo.Editor, p.testBroadcast},
		{post, "/broadcasts/:id/submit", ippo.Editor, p.submitBroadcast},
		{post, "/broadcasts/:id/approve", ippo.Approver, p.approveBroadcast},
		{post, "/broadcasts/:id/return", ippo.Approver, p.returnBroadcast},
		{post, "/broadcasts/:id/pause", ippo.Editor, p.pauseBroadcast},
		{post, "/broadcasts/:id/resume", ippo.Approver, p.resumeBroadcast},
		{post, "/broadcasts/:id/release", ippo.Administrator, p.releaseBroadcast},
		{get, "/broadcasts/:id/cancel", ippo.Editor, p.askCancelBroadcast},
		{post, "/broadcasts/:id/cancel", ippo.Editor, p.cancelBroadcast},
		{get, "/broadcasts/:id/correct", ippo.Editor, p.askCorrectBroadcast},
		{post, "/broadcasts/:id/correct", ippo.Editor, p.correctBroadcast},
		{post, "/broadcasts/:id/template", ippo.Editor, p.makeTemplate},
		{post, "/broadcasts/:id/duplicate", ippo.Editor, p.duplicateBroadcast},
		{post, "/broadcasts/:id/unknown/sent", ippo.Approver, p.settleUnknown},
		{get, "/broadcasts/:id/unknown/again", ippo.Approver, p.askSendUnknown},
		{post, "/broadcasts/:id/unknown/again", ippo.Approver, p.sendUnknown},

		{get, "/series", ippo.Viewer, p.seriesList},
		{get, "/series/:id", ippo.Viewer, p.showSeries},
		{post, "/series/:id", ippo.Editor, p.updateSeries},
		{get, "/series/:id/edit", ippo.Editor, p.editSeries},
		{post, "/series/:id/test", ippo.Editor, p.testRecurring(ippo.SourceSeries)},
		{post, "/series/:id/activate", ippo.Approver, p.activate(ippo.SourceSeries)},
		{post, "/series/:id/pause", ippo.Editor, p.deactivate(ippo.SourceSeries)},
		{post, "/series/:id/firing", ippo.Approver, p.decideFiring(ippo.SourceSeries)},
		{get, "/series/:id/delete", ippo.Editor, p.askDeleteSeries},
		{post, "/series/:id/delete", ippo.Editor, p.deleteSeries},

		{get, "/notices", ippo.Viewer, p.noticeList},

		{get, "/campaigns", ippo.Viewer, p.campaignList},
		{get, "/campaigns.csv", ippo.Viewer, p.campaignCSV},
		{post, "/campaigns/several", ippo.Editor, p.withCampaigns(bulk.change)},
		{post, "/campaigns/undo", ippo.Editor, p.withCampaigns(bulk.undo)},
		{get, "/campaigns/new", ippo.Editor, p.newCampaign},
		{post, "/campaigns", ippo.Editor, p.createCampaign},
		{post, "/campaigns/preview", ippo.Editor, p.previewCampaign},
		{get, "/campaigns/:id", ippo.Viewer, p.showCampaign},
		{post, "/campaigns/:id", ippo.Editor, p.updateCampaign},
		{get, "/campaigns/:id/edit", ippo.Editor, p.editCampaign},
		{post, "/campaigns/:id/test", ippo.Editor, p.testRecurring(ippo.SourceCampaign)},
		{post, "/campaigns/:id/activate", ippo.Approver, p.activate(ippo.SourceCampaign)},
		{post, "/campaigns/:id/pause", ippo.Editor, p.deactivate(ippo.SourceCampaign)},
		{post, "/campaigns/:id/firing", ippo.Approver, p.decideFiring(ippo.SourceCampaign)},
		{get, "/campaigns/:id/results", ippo.Viewer, p.campaignResults},
		{get, "/campaigns/:id/results.csv", ippo.Viewer, p.campaignResultsCSV},
		{post, "/campaigns/:id/flyers", ippo.Editor, p.addFlyer},
		{get, "/campaigns/:id/flyers/:flyer", ippo.Viewer, p.showFlyer},
		{post, "/campaigns/:id/flyers/:flyer/delete", ippo.Editor, p.deleteFlyer},
		{get, "/campaigns/:id/delete", ippo.Editor, p.askDeleteCampaign},
		{post, "/campaigns/:id/delete", ippo.Editor, p.deleteCampaign},

		{get, "/requests", ippo.Editor, p.requestList},
		{get, "/requests.csv", ippo.Editor, p.requestCSV},
		{get, "/requests/:id", ippo.Editor, p.showRequest},
		{post, "/requests/:id", ippo.Editor, p.updateRequest},

		{get, "/consultations", ippo.Editor, p.consultationList},
		{get, "/consultations.csv", ippo.Editor, p.consultationCSV},
		{get, "/consultations/new", ippo.Editor, p.newConsultation},
		{post, "/consultations", ippo.Editor, p.enterConsultation},
		{post, "/consultations/several", ippo.Editor, p.moveConsultations},
		{post, "/consultations/undo", ippo.Editor, p.undoCases(ippo.CaseConsultation, "consultations")},
		{get, "/consultations/:id", ippo.Editor, p.showConsultation},
		{post, "/consultations/:id/answer", ippo.Editor, p.answerConsultation},
		{post, "/consultations/:id/note", ippo.Editor, p.noteConsultation},
		{post, "/consultations/:id/settle", ippo.Editor, p.settleConsultation},
		{post, "/consultations/:id/handover", ippo.Editor, p.handOverConsultation},

		{get, "/events/:id/reservations", ippo.Editor, p.reservationList},
		{post, "/events/:id/reservations", ippo.Editor, p.enterReservation},
		{get, "/events/:id/reservations.csv", ippo.Editor, p.reservationCSV},
		{get, "/events/:id/names", ippo.Editor, p.names},
		{get, "/events/:id/code", ippo.Editor, p.eventCode},
		{get, "/events/:id/code.svg", ippo.Editor, p.eventQR},
		{get, "/reservations/:id", ippo.Editor, p.showReservation},
		{post, "/reservations/:id", ippo.Editor, p.handReservation},
		{get, "/reservations/:id/cancel", ippo.Editor, p.askCancelReservation},
		{post, "/reservations/:id/cancel", ippo.Editor, p.cancelReservation},

		{get, "/matches", ippo.Editor, p.matchList},
		{get, "/matches.csv", ippo.Editor, p.matchCSV},
		{post, "/matches/several", ippo.Editor, p.moveMatches},
		{post, "/matches/undo", ippo.Editor, p.undoCases(ippo.CaseMatch, "matches")},
		{get, "/outcomes", ippo.Viewer, p.matchReport},
		{get, "/matches/:id", ippo.Editor, p.showMatch},
		{post, "/matches/:id/ask", ippo.Editor, p.askMatch},
		{post, "/matches/:id/consent", ippo.Editor, p.consentMatch},
		{post, "/matches/:id/hand", ippo.Editor, p.handMatch},
		{post, "/matches/:id/answer", ippo.Editor, p.answerMatch},
		{post, "/matches/:id/move", ippo.Editor, p.moveMatch},
		{post, "/matches/:id/note", ippo.Editor, p.noteMatch},

		{get, "/freshness", ippo.Editor, p.freshness},
		{post, "/freshness/:id", ippo.Editor, p.confirmGroup},
		{get, "/freshness/:id/slip", ippo.Editor, p.slip},
		{get, "/groups/import", ippo.Editor, p.showGroupUpload},
		{post, "/groups/import", ippo.Editor, p.uploadGroups},
		{get, "/groups/import/:id", ippo.Editor, p.showGroupImport},
		{post, "/groups/import/:id", ippo.Editor, p.planGroups},
		{post, "/groups/import/:id/start", ippo.Editor, p.startGroupImport},
		{get, "/groups/:id/host", ippo.Editor, p.showHost},
		{post, "/groups/:id/host/line", ippo.Editor, p.linkHost},
		{post, "/groups/:id/host/line/remove", ippo.Editor, p.unlinkHost},

		{get, "/try", ippo.Viewer, p.tryWords},
		{get, "/unanswered", ippo.Editor, p.unansweredList},
		{get, "/unanswered/:id/answer", ippo.Editor, p.answerUnanswered},
		{get, "/unanswered/:id/delete", ippo.Editor, p.askDeleteUnanswered},
		{post, "/unanswered/:id/delete", ippo.Editor, p.deleteUnanswered},

		{get, "/followers", ippo.Viewer, p.followerList},
		{get, "/followers.csv", ippo.Editor, p.followerCSV},
		{post, "/followers/tags", ippo.Editor, p.tagFollowers},
		{post, "/followers/tags/undo", ippo.Editor, p.undoTagFollowers},
		{get, "/followers/:id/erase", ippo.Approver, p.askErase},
		{post, "/followers/:id/erase", ippo.Approver, p.eraseFollower},
		{get, "/followers/:id/keep", ippo.Approver, p.askKeep},
		{post, "/followers/:id/keep", ippo.Approver, p.keepFollower},
		{get, "/ambassadors", ippo.Editor, p.ambassadorList},
		{get, "/ambassadors.csv", ippo.Editor, p.ambassadorCSV},
		{post, "/ambassadors/letters", ippo.Editor, p.printLetters},
		{post, "/ambassadors/steps", ippo.Editor, p.moveAmbassadors},
		{post, "/ambassadors/undo", ippo.Editor, p.undoAmbassadors},
		{post, "/ambassadors/path", ippo.Editor, p.saveAmbassadorPath},
		{get, "/ambassadors/invited", ippo.Editor, p.invitedList},
		{get, "/ambassadors/manual", ippo.Editor, p.editManual},
		{post, "/ambassadors/manual", ippo.Editor, p.saveManual},
		{get, "/ambassadors/:id", ippo.Editor, p.showAmbassador},
		{post, "/ambassadors/:id/status", ippo.Editor, p.moveAmbassador},
		{post, "/ambassadors/:id/back", ippo.Editor, p.stepBackAmbassador},
		{post, "/ambassadors/:id/day", ippo.Editor, p.planAmbassador},
		{post, "/ambassadors/:id/line/remove", ippo.Editor, p.unlinkAmbassador},
		{post, "/ambassadors/:id/rest", ippo.Editor, p.restAmbassador},
		{post, "/ambassadors/:id/note", ippo.Editor, p.noteAmbassador},
		{get, "/visions", ippo.Editor, p.visionList},
		{get, "/visions.csv", ippo.Editor, p.visionCSV},
		{post, "/visions/:id", ippo.Editor, p.decideVision},
		{get, "/keywords", ippo.Viewer, p.showKeywords},
		{get, "/keywords/picture.svg", ippo.Viewer, p.keywordSVG},
		{get, "/keywords/picture.png", ippo.Viewer, p.keywordPNG},
		{post, "/keywords/stop", ippo.Editor, p.addStopWord},
		{post, "/keywords/count", ippo.Editor, p.removeStopWord},

		{get, "/sheets", ippo.Viewer, p.indicatorSheetList},
		{get, "/sheets/new", ippo.Editor, p.newIndicatorSheet},
		{post, "/sheets", ippo.Editor, p.createIndicatorSheet},
		{get, "/sheets/:id", ippo.Viewer, p.showIndicatorSheet},
		{post, "/sheets/:id", ippo.Editor, p.updateIndicatorSheet},
		{get, "/sheets/:id/edit", ippo.Editor, p.editIndicatorSheet},
		{get, "/sheets/:id/delete", ippo.Editor, p.askDeleteIndicatorSheet},
		{post, "/sheets/:id/delete", ippo.Editor, p.deleteIndicatorSheet},
		{get, "/sheets/:id/sheet.csv", ippo.Viewer, p.indicatorCSV},
		{get, "/sheets/:id/import", ippo.Editor, p.importIndicatorsPage},
		{post, "/sheets/:id/import", ippo.Editor, p.importIndicators},
		{get, "/sheets/:id/headings/new", ippo.Editor, p.newHeading},
		{post, "/sheets/:id/headings", ippo.Editor, p.createHeading},
		{get, "/sheets/:id/indicators/new", ippo.Editor, p.newIndicator},
		{post, "/sheets/:id/indicators", ippo.Editor, p.createIndicator},
		{get, "/headings/:id", ippo.Editor, p.editHeading},
		{post, "/headings/:id", ippo.Editor, p.updateHeading},
		{get, "/headings/:id/delete", ippo.Editor, p.askDeleteHeading},
		{post, "/headings/:id/delete", ippo.Editor, p.deleteHeading},
		{get, "/indicators/:id", ippo.Viewer, p.showIndicator},
		{post, "/indicators/:id", ippo.Editor, p.updateIndicator},
		{get, "/indicators/:id/edit", ippo.Editor, p.editIndicator},
		{post, "/indicators/:id/values", ippo.Editor, p.setIndicatorValues},
		{post, "/indicators/:id/freeze", ippo.Approver, p.freezeIndicatorValue},
		{get, "/indicators/:id/amend", ippo.Approver, p.askAmendIndicator},
		{post, "/indicators/:id/amend", ippo.Approver, p.amendIndicator},
		{get, "/indicators/:id/delete", ippo.Editor, p.askDeleteIndicator},
		{post, "/indicators/:id/delete", ippo.Editor, p.deleteIndicator},

		{get, "/reports", ippo.Viewer, p.reportList},
		{get, "/reports/:id", ippo.Viewer, p.showReport},
		{post, "/reports/:id", ippo.Editor, p.saveReport},
		{get, "/reports/:id/edit", ippo.Editor, p.editReport},
		{get, "/reports/:id/report.csv", ippo.Viewer, p.reportCSV},
		{post, "/reports/:id/fix", ippo.Approver, p.fixReport},
		{post, "/reports/:id/reopen", ippo.Approver, p.reopenReport},

		{post, "/tour", ippo.Viewer, p.moveTour},
		{get, "/account", ippo.Viewer, p.showMe},
		{get, "/account/factor", ippo.Viewer, p.showFactor},
		{post, "/account/factor", ippo.Viewer, p.setFactor},
		{post, "/account/sessions/end", ippo.Viewer, p.endMySession},
		{post, "/account/factor/change", ippo.Viewer, p.changeFactor},
		{post, "/account/password", ippo.Viewer, p.changePassword},
		{post, "/account/line", ippo.Editor, p.linkLine},
		{post, "/account/line/remove", ippo.Editor, p.unlinkLine},

		{get, "/setup", ippo.Viewer, p.setup},
		{get, "/settings", ippo.Administrator, p.showSettings},
		{post, "/settings", ippo.Administrator, p.saveSettings},
		{get, "/connection", ippo.Administrator, p.showConnection},
		{post, "/connection/check", ippo.Administrator, p.checkConnection},
		{post, "/connection/webhook", ippo.Administrator, p.setWebhook},
		{get, "/greeting", ippo.Administrator, p.showGreeting},
		{post, "/greeting", ippo.Administrator, p.saveGreeting},
		{get, "/richmenu", ippo.Viewer, p.showRichMenu},
		{post, "/richmenu", ippo.Approver, p.applyRichMenu},
		{post, "/richmenu/preview", ippo.Approver, p.previewRichMenu},
		{post, "/richmenu/withdraw", ippo.Approver, p.withdrawRichMenu},
		{get, "/richmenu/picture.png", ippo.Viewer, p.richMenuPicture},
		{post, "/richmenu/:id/restore", ippo.Approver, p.restoreRichMenu},
		{get, "/modules", ippo.Administrator, p.showModules},
		{post, "/modules", ippo.Administrator, p.saveModules},
		{get, "/staff", ippo.Administrator, p.staffList},
		{get, "/staff/new", ippo.Administrator, p.newStaff},
		{post, "/staff", ippo.Administrator, p.createStaff},
		{get, "/staff/invite", ippo.Administrator, p.newInvite},
		{post, "/staff/invite", ippo.Administrator, p.inviteStaff},
		{post, "/staff/invites/:id/cancel", ippo.Administrator, p.cancelInvite},
		{get, "/staff/:id", ippo.Administrator, p.editStaff},
		{post, "/staff/:id", ippo.Administrator, p.updateStaff},
		{post, "/staff/:id/sessions/end", ippo.Administrator, p.endStaffSession},
		{post, "/staff/:id/factor/remove", ippo.Administrator, p.removeFactor},
		{post, "/staff/:id/password", ippo.Administrator, p.resetPassword},
		{get, "/teams", ippo.Administrator, p.teamList},
		{get, "/teams/new", ippo.Administrator, p.newTeam},
		{post, "/teams", ippo.Administrator, p.createTeam},
		{get, "/teams/:id", ippo.Administrator, p.editTeam},
		{post, "/teams/:id", ippo.Administrator, p.updateTeam},
		{get, "/teams/:id/delete", ippo.Administrator, p.askDeleteTeam},
		{post, "/teams/:id/delete", ippo.Administrator, p.deleteTeam},
		{get, "/tokens", ippo.Administrator, p.tokenList},
		{get, "/tokens/new", ippo.Administrator, p.newToken},
		{post, "/tokens", ippo.Administrator, p.createToken},
		{get, "/tokens/:id", ippo.Administrator, p.showToken},
		{get, "/tokens/:id/end", ippo.Administrator, p.askEndToken},
		{post, "/tokens/:id/end", ippo.Administrator, p.endToken},
		{post, "/tokens/:id/take", ippo.Administrator, p.takeToken},
		{get, "/audit", ippo.Administrator, p.auditLog},
		{get, "/audit.csv", ippo.Administrator, p.auditCSV},

		{get, "/deleted", ippo.Editor, p.deletedList},
		{post, "/deleted/:id/restore", ippo.Editor, p.restoreDeleted},

		{get, "/tags", ippo.Viewer, p.tagList},
		{post, "/tags", ippo.Editor, p.createTag},
		{get, "/tags/:slug", ippo.Editor, p.editTag},
		{post, "/tags/:slug", ippo.Editor, p.updateTag},
		{get, "/tags/:slug/delete", ippo.Editor, p.askDeleteTag},
		{post, "/tags/:slug/delete", ippo.Editor, p.deleteTag},

		{get, "/entries", ippo.Viewer, p.entryList},
		{get, "/entries.csv", ippo.Viewer, p.entryCSV},
		{post, "/entries", ippo.Editor, p.createEntry},
		{post, "/entries/several", ippo.Editor, p.entriesAtOnce().change},
		{post, "/entries/undo", ippo.Editor, p.entriesAtOnce().undo},
		{get, "/entries/:slug", ippo.Editor, p.editEntry},
		{post, "/entries/:slug", ippo.Editor, p.updateEntry},
		{get, "/entries/:slug/delete", ippo.Editor, p.askDeleteEntry},
		{post, "/entries/:slug/delete", ippo.Editor, p.deleteEntry},
		{get, "/entries/:slug/poster", ippo.Viewer, p.poster},
		{get, "/entries/:slug/qr.svg", ippo.Viewer, p.qrCode},
		{get, "/entries/:slug/qr.png", ippo.Viewer, p.qrPicture},
	}
	return slices.Concat(routes, p.news().routes(), p.events().routes(), p.groups().routes(), p.faqs().routes(), p.autoReplies().routes(), p.canned().routes(), p.intakeRoutes(),
		p.topics().routes(), p.areas().routes())
}

// Routes registers the panel under /admin and the API under /api/v1. Failed logins are counted by the
// address that r believes: whose X-Forwarded-For it trusts is for the caller to set.
func (p *Panel) Routes(r *gin.Engine) {
	g := r.Group("/admin", p.guard)
	for _, one := range p.routes() {
		g.Handle(one.method, one.path, p.allow(one.least), p.has(moduleOf(one.path)), p.answer(one.handle))
	}
	g.GET("/static/*file", p.assets.serve)
	r.GET("/admin", func(c *gin.Context) { c.Redirect(http.StatusSeeOther, "/admin/") })
	api := &API{Store: p.Store, Line: p.Line, Log: p.Log, Wake: p.Wake, account: p.account}
	api.Routes(r)
	r.NoMethod(func(c *gin.Context) {
		if strings.HasPrefix(c.Request.URL.Path, "/api/") {
			api.refuse(c, errMethod)
		}
	})
	r.NoRoute(p.guard, func(c *gin.Context) {
		if strings.HasPrefix(c.Request.URL.Path, "/api/") {
			api.refuse(c, ippo.ErrNotFound)
			return
		}
		if !strings.HasPrefix(c.Request.URL.Path, "/admin/") {
			c.String(http.StatusNotFound, "404 not found\n")
			return
		}
		p.fail(c, http.StatusNotFound, "ページが見つかりません", "アドレスを確かめるか、ホームからたどってください。")
	})
}

// maxBody bounds what a form may send, but for those with files.
const maxBody = 1 << 20

// maxBodies bounds what forms with files may send, by their routes.
var maxBodies = map[string]int64{
	"/admin/campaigns/:id/flyers": ippo.MaxFlyerUpload + maxBody,
	"/admin/broadcasts":           maxComposed,
	"/admin/broadcasts/:id":       maxComposed,
	"/admin/series/:id":           maxComposed,
	"/admin/templates/:id":        maxComposed,
	"/admin/groups/import":        groupsheet.MaxFile + maxBody,
	"/admin/news/import":          ippo.MaxIntake + maxBody,
	"/admin/events/import":        ippo.MaxIntake + maxBody,
	"/admin/entries/import":       ippo.MaxIntake + maxBody,
	"/admin/followers/import":     ippo.MaxIntake + maxBody,
	"/admin/ambassadors/import":   ippo.MaxIntake + maxBody,
	"/admin/campaigns/import":     ippo.MaxIntake + maxBody,
	"/admin/consultations/import": ippo.MaxIntake + maxBody,
	"/admin/matches/import":       ippo.MaxIntake + maxBody,
}

// maxComposed is enough for some pictures at once.
const maxComposed = 3*ippo.MaxPictureUpload + maxBody

// admits reports whether the panel may be opened from an address.
func (p *Panel) admits(from string) bool {
	if len(p.From) == 0 {
		return true
	}
	address, err := netip.ParseAddr(from)
	return err == nil && slices.ContainsFunc(p.From, func(n netip.Prefix) bool { return n.Contains(address.Unmap()) })
}

// guard stands before every page: from where and who is asking is found out, other sites' forms are turned away,
// and the browser is told to load nothing from elsewhere.
func (p *Panel) guard(c *gin.Context) {
	h := c.Writer.Header()
	// lineview draws Flex Messages with style attributes, whose values it writes itself, and their
	// pictures lie at any https address; scripts and style sheets are our own.
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "+
		"img-src 'self' https:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "+p.FrameAncestors)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if p.FrameAncestors == "'none'" {
		h.Set("X-Frame-Options", "DENY")
	}
	if strings.HasPrefix(p.PublicURL, "https://") {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if !p.admits(c.ClientIP()) {
		p.Log.WarnContext(c.Request.Context(), "panel opened from an address that is not allowed", "address", c.ClientIP())
		c.String(http.StatusForbidden, "この場所からは開けません。\n職員画面は、センターが決めた場所からだけ開けます。センターの中から開きなおすか、システムの担当者に相談してください。\n")
		c.Abort()
		return
	}
	c.Request = c.Request.WithContext(store.From(c.Request.Context(), c.ClientIP()))
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, cmp.Or(maxBodies[c.FullPath()], maxBody))
	if strings.HasPrefix(c.Request.URL.Path, "/admin/static/") {
		return
	}
	h.Set("Cache-Control", "no-store")
	if err := p.identify(c); err != nil {
		p.fault(c.Request.Context(), "load session", err)
		c.String(http.StatusInternalServerError, "処理できませんでした。時間をおいて、もう一度お試しください。\n")
		c.Abort()
		return
	}
	if err := p.origins.Check(c.Request); err != nil {
		p.noteRefusal(c)
		p.fail(c, http.StatusForbidden, "送信できませんでした", "別のサイトからの操作を受け付けませんでした。画面を開きなおして、もう一度お試しください。")
		c.Abort()
		return
	}
	// Read here, because Gin takes a form that cannot be read for an empty one.
	if err := c.Request.ParseForm(); err != nil {
		p.oops(c, fmt.Errorf("%w: %w", errBadForm, err))
		c.Abort()
	}
}

// allow lets through who has at least the role, as their teams leave it to them there; others are asked to log in,
// or told why not.
func (p *Panel) allow(least ippo.Role) gin.HandlerFunc {
	return func(c *gin.Context) {
		if least == anyone {
			return
		}
		me := p.me(c)
		role, err := p.teamOnly(c, me)
		switch {
		case me.ID == 0:
			p.askLogin(c)
		case err != nil:
			p.oops(c, err)
		case !role.Includes(least):
			p.oops(c, ippo.ErrForbidden)
		case p.lacksFactor(c, me):
			p.askFactor(c)
		default:
			return
		}
		c.Abort()
	}
}

// lacksFactor reports whether the reader has to set up a second factor before anything else. The page for it and
// the way out stay open, so nobody is locked out.
func (p *Panel) lacksFactor(c *gin.Context, me ippo.Staff) bool {
	if me.Factor || c.FullPath() == "/admin/account/factor" || c.FullPath() == "/admin/logout" {
		return false
	}
	settings, err := p.Store.Settings(c.Request.Context())
	if err != nil {
		p.fault(c.Request.Context(), "read settings for the second factor", err)
		return false
	}
	return p.mustHaveFactor(settings, me)
}

// answer is the one place where an error becomes a status, a page for staff and a line for operators.
func (p *Panel) answer(h func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if me := p.me(c); me.ID != 0 && c.Request.Method == http.MethodPost { // it is taken now
			if err := p.Store.DropUnsentForm(c.Request.Context(), me.ID, c.Request.URL.Path); err != nil {
				p.oops(c, err)
				return
			}
		}
		if err := h(c); err != nil {
			p.oops(c, err)
		}
	}
}

// noteRefusal notes in the audit log what somebody who is logged in was refused. That they are told so does not
// depend on it.
func (p *Panel) noteRefusal(c *gin.Context) {
	me := p.me(c)
	if me.ID == 0 {
		return
	}
	ctx := c.Request.Context()
	if err := p.Store.Refused(ctx, me.ID, "access.refuse", c.Request.Method+" "+c.FullPath()); err != nil {
		p.fault(ctx, "note what was refused", err)
	}
}

// errBadForm: what was sent is no form.
var errBadForm = errors.New("form cannot be read")

// oops says an error to whom it concerns.
func (p *Panel) oops(c *gin.Context, err error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, ippo.ErrNotFound):
		p.fail(c, http.StatusNotFound, "見つかりません", "削除されたか、アドレスが違うようです。一覧からたどってください。")
	case errors.Is(err, ippo.ErrConflict):
		p.fail(c, http.StatusConflict, "状態が変わっていました", "ほかの職員が先に変更したか、同じボタンが2回押されました。今の内容を確認してください。")
	case errors.Is(err, ippo.ErrForbidden):
		p.noteRefusal(c)
		p.fail(c, http.StatusForbidden, "この操作はできません", "あなたの役割やチームでは使えない画面です。必要なときは管理者に相談してください。")
	case errors.As(err, &tooLarge):
		p.fail(c, http.StatusRequestEntityTooLarge, "内容が大きすぎます", "ブラウザーの「戻る」で書いていた画面に戻り、文字数を減らすか、ファイルを小さくしてください。")
	case errors.Is(err, errBadForm):
		p.fail(c, http.StatusBadRequest, "送信できませんでした", "内容を読み取れませんでした。画面を開きなおして、もう一度お試しください。")
	case c.Request.Context().Err() != nil:
		// The browser has gone; there is nobody to tell.
		c.Status(499)
	default:
		p.Log.ErrorContext(c.Request.Context(), "panel request failed", "method", c.Request.Method, "route", c.FullPath(), "err", err)
		p.fail(c, http.StatusInternalServerError, "処理できませんでした", "時間をおいて、もう一度お試しください。続くときは管理者に知らせてください。")
	}
}
