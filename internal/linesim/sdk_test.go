package linesim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/line/line-bot-sdk-go/v8/linebot/channel_access_token"
	"github.com/line/line-bot-sdk-go/v8/linebot/insight"
	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"ippo/internal/linesim"
)

// LINE's own SDK must be able to tell no difference.
func TestSDK(t *testing.T) {
	driveSDK(t, newWorld(t, linesim.Options{AllowLoopbackHTTP: true}), http.DefaultTransport)
}

// sdk is LINE's client and a friend to talk to.
type sdk struct {
	*world
	api    *messaging_api.MessagingApiAPI
	blob   *messaging_api.MessagingApiBlobAPI
	tokens *channel_access_token.ChannelAccessTokenAPI
	stats  *insight.InsightAPI
	friend linesim.User
}

// driveSDK makes the calls that a bot makes, through LINE's SDK.
func driveSDK(t *testing.T, w *world, transport http.RoundTripper) {
	client := &http.Client{Transport: transport}
	token := w.Options().AccessToken
	api, err := messaging_api.NewMessagingApiAPI(token, messaging_api.WithEndpoint(w.url), messaging_api.WithHTTPClient(client))
	if err != nil {
		t.Fatal(err)
	}
	blob, err := messaging_api.NewMessagingApiBlobAPI(token, messaging_api.WithBlobEndpoint(w.url), messaging_api.WithBlobHTTPClient(client))
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := channel_access_token.NewChannelAccessTokenAPI(
		channel_access_token.WithEndpoint(w.url), channel_access_token.WithHTTPClient(client))
	if err != nil {
		t.Fatal(err)
	}
	stats, err := insight.NewInsightAPI(token, insight.WithEndpoint(w.url), insight.WithHTTPClient(client))
	if err != nil {
		t.Fatal(err)
	}
	s := sdk{w, api, blob, tokens, stats, w.friend("花子")}
	s.messages(t)
	s.account(t)
	s.richMenus(t)
	s.chats(t)
}

func (s sdk) messages(t *testing.T) {
	hello := []messaging_api.MessageInterface{
		&messaging_api.TextMessage{Text: "こんにちは", QuickReply: &messaging_api.QuickReply{Items: []messaging_api.QuickReplyItem{
			{Type: "action", Action: &messaging_api.MessageAction{Label: "はい", Text: "はい"}},
		}}},
		&messaging_api.FlexMessage{AltText: "団体", Contents: &messaging_api.FlexBubble{
			Body: &messaging_api.FlexBox{Layout: "vertical", Contents: []messaging_api.FlexComponentInterface{
				&messaging_api.FlexText{Text: "囲碁の会", Weight: "bold"},
			}},
		}},
	}
	key := uuid.NewString()
	pushed, err := s.api.PushMessage(&messaging_api.PushMessageRequest{
		To: s.friend.ID, Messages: hello, CustomAggregationUnits: []string{"spring"},
	}, key)
	if err != nil || len(pushed.SentMessages) != 2 || pushed.SentMessages[0].Id == "" {
		t.Fatalf("push: %+v, %v", pushed, err)
	}
	res, _, err := s.api.PushMessageWithHttpInfo(&messaging_api.PushMessageRequest{
		To: s.friend.ID, Messages: hello, CustomAggregationUnits: []string{"spring"},
	}, key)
	if err == nil || res.StatusCode != http.StatusConflict || res.Header.Get("X-Line-Accepted-Request-Id") == "" {
		t.Errorf("push again: %v", err)
	}
	if _, err := s.api.Multicast(&messaging_api.MulticastRequest{
		To: []string{s.friend.ID}, Messages: hello, CustomAggregationUnits: []string{},
	}, uuid.NewString()); err != nil {
		t.Errorf("multicast: %v", err)
	}
	res, _, err = s.api.BroadcastWithHttpInfo(&messaging_api.BroadcastRequest{Messages: hello}, uuid.NewString())
	if err != nil {
		t.Fatalf("broadcast: %v", err)
	}
	event, err := s.stats.GetMessageEvent(res.Header.Get("X-Line-Request-Id"))
	if err != nil || event.Overview.Delivered != 1 {
		t.Errorf("figures of the broadcast: %+v, %v", event, err)
	}
	if _, err := s.api.ValidatePush(&messaging_api.ValidateMessageRequest{Messages: hello}); err != nil {
		t.Errorf("validate: %v", err)
	}
	_, err = s.api.ValidatePush(&messaging_api.ValidateMessageRequest{Messages: []messaging_api.MessageInterface{
		&messaging_api.TextMessage{Text: strings.Repeat("あ", 5001)},
	}})
	if err == nil || !strings.Contains(err.Error(), "messages[0].text") {
		t.Errorf("validate: %v", err)
	}

	s.Say(s.friend.ID, "はい")
	replied, err := s.api.ReplyMessage(&messaging_api.ReplyMessageRequest{
		ReplyToken: s.last("message").ReplyToken, Messages: hello,
	})
	if err != nil || len(replied.SentMessages) != 2 {
		t.Errorf("reply: %+v, %v", replied, err)
	}
	if got := s.Received(s.friend.ID); got != 8 {
		t.Errorf("received %d messages, want 8", got)
	}
	if names, err := s.api.GetAggregationUnitNameList("", ""); err != nil || len(names.CustomAggregationUnits) != 1 {
		t.Errorf("units: %+v, %v", names, err)
	}
}

func (s sdk) account(t *testing.T) {
	if info, err := s.api.GetBotInfo(); err != nil || info.UserId != s.Options().BotUserID {
		t.Errorf("info: %+v, %v", info, err)
	}
	if profile, err := s.api.GetProfile(s.friend.ID); err != nil || profile.DisplayName != "花子" {
		t.Errorf("profile: %+v, %v", profile, err)
	}
	if ids, err := s.api.GetFollowers("", 1000); err != nil || len(ids.UserIds) != 1 {
		t.Errorf("followers: %+v, %v", ids, err)
	}
	if quota, err := s.api.GetMessageQuota(); err != nil || quota.Type != "none" {
		t.Errorf("quota: %+v, %v", quota, err)
	}
	s.SetQuota(200)
	if quota, err := s.api.GetMessageQuota(); err != nil || quota.Type != "limited" || quota.Value != 200 {
		t.Errorf("quota: %+v, %v", quota, err)
	}
	if used, err := s.api.GetMessageQuotaConsumption(); err != nil || used.TotalUsage != 3 {
		t.Errorf("consumption: %+v, %v", used, err)
	}
	if n, err := s.api.GetNumberOfSentPushMessages("20260330"); err != nil || n.Status != "ready" {
		t.Errorf("delivery: %+v, %v", n, err)
	}
	if _, err := s.api.TestWebhookEndpoint(&messaging_api.TestWebhookEndpointRequest{}); err != nil {
		t.Errorf("webhook test: %v", err)
	}
	if hook, err := s.api.GetWebhookEndpoint(); err != nil || !hook.Active {
		t.Errorf("webhook: %+v, %v", hook, err)
	}
	if link, err := s.api.IssueLinkToken(s.friend.ID); err != nil || link.LinkToken == "" {
		t.Errorf("link token: %+v, %v", link, err)
	}
	if n, err := s.stats.GetNumberOfFollowers("20260330"); err != nil || n.Followers != 1 {
		t.Errorf("followers: %+v, %v", n, err)
	}
	if n, err := s.stats.GetNumberOfMessageDeliveries("20260330"); err != nil || n.Status != "ready" {
		t.Errorf("deliveries: %+v, %v", n, err)
	}
	if n, err := s.stats.GetFriendsDemographics(); err != nil || n.Available {
		t.Errorf("demographics: %+v, %v", n, err)
	}
	if n, err := s.stats.GetStatisticsPerUnit("spring", "20260301", "20260331"); err != nil || n.Overview.UniqueImpression != 0 {
		t.Errorf("figures of a unit: %+v, %v", n, err)
	}
	issued, err := s.tokens.IssueStatelessChannelTokenByClientSecret(s.Options().ChannelID, s.Options().ChannelSecret)
	if err != nil || issued.ExpiresIn != 900 {
		t.Fatalf("token: %+v, %v", issued, err)
	}
	if verified, err := s.tokens.VerifyChannelTokenByJWT(issued.AccessToken); err != nil || verified.ClientId != s.Options().ChannelID {
		t.Errorf("verify: %+v, %v", verified, err)
	}
}

func (s sdk) richMenus(t *testing.T) {
	request := &messaging_api.RichMenuRequest{
		Size: &messaging_api.RichMenuSize{Width: 800, Height: 500}, Name: "ふだん", ChatBarText: "メニュー",
		Areas: []messaging_api.RichMenuArea{{
			Bounds: &messaging_api.RichMenuBounds{Width: 800, Height: 500},
			Action: &messaging_api.PostbackAction{Data: "menu"},
		}},
	}
	if _, err := s.api.ValidateRichMenuObject(request); err != nil {
		t.Errorf("validate rich menu: %v", err)
	}
	made, err := s.api.CreateRichMenu(request)
	if err != nil {
		t.Fatalf("create rich menu: %v", err)
	}
	id := made.RichMenuId
	if _, err := s.blob.SetRichMenuImage(id, "image/png", strings.NewReader(menuImage(t, 800, 500, false))); err != nil {
		t.Fatalf("upload: %v", err)
	}
	if picture, err := s.blob.GetRichMenuImage(id); err != nil || picture.StatusCode != 200 {
		t.Errorf("picture: %v", err)
	} else {
		picture.Body.Close()
	}
	for name, call := range map[string]func() (struct{}, error){
		"default": func() (struct{}, error) { return s.api.SetDefaultRichMenu(id) },
		"link":    func() (struct{}, error) { return s.api.LinkRichMenuIdToUser(s.friend.ID, id) },
		"bulk": func() (struct{}, error) {
			return s.api.LinkRichMenuIdToUsers(&messaging_api.RichMenuBulkLinkRequest{RichMenuId: id, UserIds: []string{s.friend.ID}})
		},
		"alias": func() (struct{}, error) {
			return s.api.CreateRichMenuAlias(&messaging_api.CreateRichMenuAliasRequest{RichMenuAliasId: "tab", RichMenuId: id})
		},
	} {
		if _, err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := s.api.GetRichMenuList(); err != nil || len(list.Richmenus) != 1 || list.Richmenus[0].RichMenuId != id {
		t.Errorf("list: %+v, %v", list, err)
	}
	if menu, err := s.api.GetRichMenu(id); err != nil || menu.Name != "ふだん" {
		t.Errorf("menu: %+v, %v", menu, err)
	}
	if own, err := s.api.GetRichMenuIdOfUser(s.friend.ID); err != nil || own.RichMenuId != id {
		t.Errorf("own menu: %+v, %v", own, err)
	}
	if common, err := s.api.GetDefaultRichMenuId(); err != nil || common.RichMenuId != id {
		t.Errorf("default menu: %+v, %v", common, err)
	}
	if aliases, err := s.api.GetRichMenuAliasList(); err != nil || len(aliases.Aliases) != 1 {
		t.Errorf("aliases: %+v, %v", aliases, err)
	}
	if _, err := s.api.UnlinkRichMenuIdFromUsers(&messaging_api.RichMenuBulkUnlinkRequest{UserIds: []string{s.friend.ID}}); err != nil {
		t.Errorf("unlink: %v", err)
	}
	if _, err := s.api.CancelDefaultRichMenu(); err != nil {
		t.Errorf("cancel default: %v", err)
	}
	if _, err := s.api.DeleteRichMenu(id); err != nil {
		t.Errorf("delete: %v", err)
	}
}

func (s sdk) chats(t *testing.T) {
	if _, err := s.api.ShowLoadingAnimation(&messaging_api.ShowLoadingAnimationRequest{ChatId: s.friend.ID, LoadingSeconds: 5}); err != nil {
		t.Errorf("loading: %v", err)
	}
	id, _ := s.SendImage(s.friend.ID, linesim.Media{ContentType: "image/png", Data: []byte("picture")})
	read := s.last("message").Message.MarkAsReadToken
	if _, err := s.api.MarkMessagesAsReadByToken(&messaging_api.MarkMessagesAsReadByTokenRequest{MarkAsReadToken: read}); err != nil {
		t.Errorf("mark as read: %v", err)
	}
	content, err := s.blob.GetMessageContent(id)
	if err != nil {
		t.Fatalf("content: %v", err)
	}
	defer content.Body.Close()
	if raw, err := io.ReadAll(content.Body); err != nil || string(raw) != "picture" {
		t.Errorf("content %q, %v", raw, err)
	}
}
