package linesim_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"ippo/internal/lineopenapi"
	"ippo/internal/linesim"
)

// What the SDK sends and the simulator answers is what LINE describes.
func TestContractCalls(t *testing.T) {
	c := &contract{t: t}
	for _, name := range []string{"messaging-api.yml", "insight.yml", "channel-access-token.yml"} {
		doc := lineopenapi.Load(t, name)
		router, err := gorillamux.NewRouter(doc)
		if err != nil {
			t.Fatal(err)
		}
		c.docs = append(c.docs, described{doc, router})
	}
	driveSDK(t, newWorld(t, linesim.Options{AllowLoopbackHTTP: true}), c)
	if len(c.seen) < 40 {
		t.Errorf("only %d operations were held against the documents: %v", len(c.seen), slices.Sorted(maps.Keys(c.seen)))
	}
}

type described struct {
	doc    *openapi3.T
	router routers.Router
}

// contract is a transport that holds every exchange against LINE's documents.
type contract struct {
	t    *testing.T
	docs []described
	seen map[string]bool
}

func (c *contract) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	out := req.Clone(req.Context())
	out.Body = io.NopCloser(bytes.NewReader(body))
	res, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(answer))
	c.check(req, body, res, answer)
	return res, nil
}

func (c *contract) check(req *http.Request, body []byte, res *http.Response, answer []byte) {
	for _, d := range c.docs {
		copied := req.Clone(req.Context())
		copied.URL.Scheme, copied.URL.Host, copied.Host = "", "", ""
		copied.Body = io.NopCloser(bytes.NewReader(body))
		route, params, err := d.router.FindRoute(copied)
		if err != nil {
			continue
		}
		name := route.Operation.OperationID
		if c.seen == nil {
			c.seen = make(map[string]bool)
		}
		c.seen[name] = true
		isJSON := strings.HasPrefix(res.Header.Get("Content-Type"), "application/json")
		declared := route.Operation.Responses.Status(res.StatusCode)
		in := &openapi3filter.RequestValidationInput{
			Request: copied, PathParams: params, Route: route,
			Options: &openapi3filter.Options{
				AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
				ExcludeRequestBody: !strings.HasPrefix(req.Header.Get("Content-Type"), "application/json"),
			},
		}
		if err := openapi3filter.ValidateRequest(req.Context(), in); err != nil && res.StatusCode < 400 {
			c.t.Errorf("%s: request %s: %v", name, body, err)
		}
		if request := route.Operation.RequestBody; request != nil && res.StatusCode < 400 && !in.Options.ExcludeRequestBody {
			c.hold(d.doc, name+" request", request.Value.Content, body)
		}
		if declared == nil {
			if res.StatusCode < 400 { // LINE's documents leave out many of the errors
				c.t.Errorf("%s: status %d is not declared", name, res.StatusCode)
			}
			return
		}
		if !isJSON {
			return
		}
		out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: res.StatusCode, Header: res.Header}
		out.SetBodyBytes(answer)
		if err := openapi3filter.ValidateResponse(req.Context(), out); err != nil {
			c.t.Errorf("%s: answer %s: %v", name, answer, err)
		}
		c.hold(d.doc, name+" answer", declared.Value.Content, answer)
		return
	}
	c.t.Errorf("%s %s is in none of LINE's documents", req.Method, req.URL.Path)
}

// hold checks a JSON body deeply: through discriminators, which the validator takes no notice of, and for
// members that LINE does not know.
func (c *contract) hold(doc *openapi3.T, where string, content openapi3.Content, body []byte) {
	media := content.Get("application/json")
	if media == nil || len(body) == 0 {
		return
	}
	for _, problem := range lineopenapi.Problems(doc, media.Schema, body) {
		c.t.Errorf("%s: %s", where, problem)
	}
}

// Every kind of webhook that the simulator sends is what LINE describes.
func TestContractWebhooks(t *testing.T) {
	doc := lineopenapi.Load(t, "webhook.yml")
	w := newWorld(t, linesim.Options{Webhooks: linesim.WebhookSettings{EventsPerBody: 4}})
	u := w.AddUser(linesim.User{DisplayName: "花子"})
	w.Follow(u.ID)
	w.Say(u.ID, "こんにちは")
	w.SendSticker(u.ID, "446", "1988", "ありがとう")
	w.SendLocation(u.ID, linesim.Location{Title: "市役所", Address: "みらい市1-1", Latitude: 35.1, Longitude: 139.1})
	picture, _ := w.SendImage(u.ID, linesim.Media{ContentType: "image/png"})
	w.SendVideo(u.ID, linesim.Media{ContentType: "video/mp4", Duration: 1500000})
	w.SendAudio(u.ID, linesim.Media{ContentType: "audio/mp4", Duration: 1500000})
	w.SendFile(u.ID, linesim.Media{FileName: "回覧.pdf", Data: []byte("x")})
	w.Postback(u.ID, "topic=3", nil)
	w.tap(u.ID, `{"type":"datetimepicker","data":"when","mode":"datetime"}`, "2026-04-01T09:30")
	w.tap(u.ID, `{"type":"richmenuswitch","richMenuAliasId":"tab-z","data":"tab"}`, "")
	w.Unsend(u.ID, picture)
	link := w.want(w.call("POST", "/v2/bot/user/"+u.ID+"/linkToken", ""), 200)
	var issued struct{ LinkToken string }
	link.decode(t, &issued)
	w.LinkAccount(issued.LinkToken, "nonce")
	g := w.AddGroup("町内会", u.ID)
	w.Invite(g.ID)
	w.SayInGroup(g.ID, u.ID, "よろしく")
	other := w.friend("太郎")
	w.JoinGroup(g.ID, other.ID)
	w.LeaveGroup(g.ID, other.ID)
	w.Remove(g.ID)
	w.Block(u.ID)
	w.settle()
	if err := w.Redeliver(w.Events()[0].ID); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.call("POST", "/v2/bot/channel/webhook/test", "")

	schema := doc.Components.Schemas["CallbackRequest"]
	for _, body := range w.bot.bodies {
		for _, problem := range lineopenapi.Problems(doc, schema, body) {
			t.Errorf("%s: %s", body, problem)
		}
	}
	types := make(map[string]bool)
	for _, e := range w.Events() {
		types[e.Type] = true
		if !e.Acknowledged {
			t.Errorf("%s was not acknowledged", e.Type)
		}
	}
	want := []string{"accountLink", "follow", "join", "leave", "memberJoined", "memberLeft", "message", "postback", "unfollow", "unsend"}
	if got := slices.Sorted(maps.Keys(types)); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
}
