package admin

import (
	"bytes"
	"context"
	"image/png"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ippo"
	"ippo/store"
)

// vision signs follower n up with a vision.
func (o *office) vision(n int, text string) {
	o.t.Helper()
	o.writes(func(ctx context.Context, t *store.Tx) error {
		_, err := t.ApplyAmbassador(ctx, ippo.Ambassador{
			Follower: ippo.FollowerID(n), Name: "川口 花", Kana: "かわぐち はな", Contact: "000-1111-2222", AgeBand: "30s", Vision: text,
		})
		return err
	})
}

func (o *office) writes(change func(context.Context, *store.Tx) error) {
	o.t.Helper()
	if err := o.store.Write(o.t.Context(), func(t *store.Tx) error { return change(o.t.Context(), t) }); err != nil {
		o.t.Fatal(err)
	}
}

var versionShape = regexp.MustCompile(`name="version" value="(\d+)"`)

// version is that of the first vision on a page.
func version(t *testing.T, r reply) string {
	t.Helper()
	found := versionShape.FindStringSubmatch(r.body)
	if found == nil {
		t.Fatalf("no vision on\n%s", r.body)
	}
	return found[1]
}

// One tap shows a vision, another takes that back; what its writer has changed since it was read is not shown by either.
func TestVisionsAreApprovedByATap(t *testing.T) {
	o := open(t)
	for i := range 2 {
		if err := o.follow("Uf000000000000000000000000000000" + string(rune('1'+i))); err != nil {
			t.Fatal(err)
		}
	}
	o.vision(1, "花のまち")
	o.vision(2, "海のまち")
	editor := o.as(ippo.Editor)
	editor.get("/admin/").says("確認を待っている私のまちのビジョン", "2件あります")
	o.as(ippo.Viewer).get("/admin/").saysNot("確認を待っている私")
	list := editor.get("/admin/visions").says("花のまち", "海のまち", "名前は出さない", "2件。")
	done := editor.follow(editor.post("/admin/visions/1", "version", version(t, list), "to", "shown", "list", "state=waiting"))
	done.says("公開しました", "川口 花さんのビジョンを「公開中」にしました", "元に戻す", "海のまち").saysNot("花のまち")
	editor.get("/admin/visions?state=shown").says("花のまち").saysNot("海のまち")
	editor.get("/admin/ambassadors/1").says("公開中")
	editor.follow(editor.post("/admin/visions/1", "version", version(t, done), "to", "waiting", "list", "state=waiting")).says("確認待ちに戻しました", "花のまち")

	old := version(t, editor.get("/admin/visions"))
	o.writes(func(ctx context.Context, t *store.Tx) error { return t.WriteVision(ctx, 1, "ひどいことば", true) })
	editor.post("/admin/visions/1", "version", old, "to", "shown").want(http.StatusConflict)
	editor.get("/admin/visions?state=shown").says("のビジョンはありません")
	editor.get("/admin/visions").says("ひどいことば", "名前も出す")
	editor.post("/admin/visions/1", "version", "x", "to", "shown").want(http.StatusBadRequest)
	editor.post("/admin/visions/1", "version", "1", "to", "anything").want(http.StatusBadRequest)
	o.as(ippo.Administrator).get("/admin/audit").says("私のまちのビジョン: 公開", "私のまちのビジョン: 確認待ちに戻す", "ご本人が内容を変更")
}

// The picture, its table and both files hold words of what is shown, and of nothing else.
func TestPictureOfWords(t *testing.T) {
	o := open(t)
	texts := []string{"花と海のまち", "花と森のまち", "ひみつの温泉", "もっとひみつの洞窟"}
	for i, text := range texts {
		if err := o.follow("Uf000000000000000000000000000000" + string(rune('1'+i))); err != nil {
			t.Fatal(err)
		}
		o.vision(i+1, text)
	}
	editor, viewer := o.as(ippo.Editor), o.as(ippo.Viewer)
	decide := func(id ippo.AmbassadorID, to ippo.VisionState) {
		t.Helper()
		v, err := o.store.Vision(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.store.DecideVision(t.Context(), o.staff[ippo.Editor].ID, id, v.Version, to); err != nil {
			t.Fatal(err)
		}
	}
	picture := func() []byte { return []byte(viewer.get("/admin/keywords/picture.png").want(http.StatusOK).body) }
	blank := picture()
	decide(1, ippo.VisionShown)
	decide(2, ippo.VisionShown)
	decide(4, ippo.VisionReturned)
	viewer.get("/admin/keywords").says("2件から", "花", "2人", "森").saysNot("温泉", "洞窟", "ひみつ", "川口", "数えないことばを")
	svg := viewer.get("/admin/keywords/picture.svg?save=1").want(http.StatusOK)
	holds := func(svg string, words ...string) {
		t.Helper()
		for _, w := range []string{"花", "海", "森", "温泉", "洞窟", "ひみつ", "滝", "川口", "まち"} {
			if strings.Contains(svg, ">"+w+"<") != slices.Contains(words, w) {
				t.Errorf("%q is in the picture, or is not:\n%s", w, svg)
			}
		}
	}
	holds(svg.body, "花", "海", "森")
	if !strings.Contains(svg.header.Get("Content-Disposition"), ".svg") {
		t.Errorf("%v", svg.header)
	}
	drawn := picture()
	config, err := png.DecodeConfig(bytes.NewReader(drawn))
	if err != nil || config.Width < 2400 || bytes.Equal(drawn, blank) {
		t.Errorf("%+v, %v", config, err)
	}
	o.vision(0, "さらにひみつの滝") // signed up on paper, and waits
	if !bytes.Equal(picture(), drawn) {
		t.Error("what waits changed the picture")
	}

	editor.follow(editor.post("/admin/keywords/stop", "word", "花")).says("「花」を数えないことにしました", "海")
	holds(viewer.get("/admin/keywords/picture.svg").body, "海", "森")
	editor.follow(editor.post("/admin/keywords/count", "word", "花")).says("「花」をまた数えます", "2人")
	editor.post("/admin/keywords/stop", "word", " ").want(http.StatusUnprocessableEntity).says("1文字以上30文字以内")
	viewer.post("/admin/keywords/stop", "word", "花").want(http.StatusForbidden)

	// Who asks to be forgotten takes their words along, out of every file.
	o.writes(func(ctx context.Context, t *store.Tx) error { return t.AskErasure(ctx, 1, 0, "") })
	viewer.get("/admin/keywords").says("1件から", "森").saysNot("海")
	holds(viewer.get("/admin/keywords/picture.svg").body, "花", "森")
	if bytes.Equal(picture(), drawn) {
		t.Error("the picture for print is still the old one")
	}
}
