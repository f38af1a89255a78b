//go:build !race

package admin

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"ippo"
)

// What a file only pretends to be, or becomes when it is opened, is refused by words, in the memory of any other
// request. What each kind of file can become is tried where it is read.
func TestBombsInEveryUpload(t *testing.T) {
	o := open(t)
	pages := o.everyPage()
	b := o.as(ippo.Administrator)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(make([]byte, 64<<20))
	z.Close()
	bombs := map[string][]byte{
		"a picture of 65535 x 65535": hugePNG(65535, 65535),
		"half a picture":             hugePNG(40, 40),
		"moving pictures":            []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff" + strings.Repeat("!\xf9\x04\x00\x01\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00", 10_000) + ";"),
		"a page in a picture":        append(hugePNG(4, 4), "<script>hostile()</script>"...),
		"zeros, compressed":          zipped.Bytes(),
		"zeros":                      make([]byte, 900<<10),
		"a zip and nothing else":     []byte("PK\x03\x04" + strings.Repeat("\x00", 64)),
		"a zip of 1.2 GB":            zipOf("xl/worksheets/sheet1.xml", "\x00", 1200<<20),
		"elements in elements":       zipOf("xl/worksheets/sheet1.xml", "<a>", 60<<20),
		"a page":                     []byte(`<html>` + hostileText),
		"a drawing":                  []byte(`<svg xmlns="http://www.w3.org/2000/svg">` + hostileText + `</svg>`),
		"one line without an end":    []byte(strings.Repeat("a,", 400<<10)),
		"one quote":                  []byte(`"` + strings.Repeat("a\n", 400<<10)),
		"too much":                   make([]byte, 20<<20),
		"nothing":                    {},
	}
	tried := map[string]bool{}
	for _, f := range o.everyForm(b, pages) {
		if f.multipart && len(f.files) == 0 { // it takes pictures once one is added
			f.values.Set("do", "add-picture:ja")
			r := b.submit(f, nil)
			for _, more := range formsOf(t, f.action, r.body) {
				if len(more.files) > 0 {
					f = more
				}
			}
			f.values.Set("do", "save")
			for name := range f.values {
				if strings.HasSuffix(name, ".alt") {
					f.values.Set(name, "花")
				}
			}
		}
		for _, field := range f.files {
			tried[routeOf(o, f.action)] = true
			for name, bomb := range bombs {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				r := b.submit(f, map[string][]byte{field: bomb})
				if to := r.header.Get("Location"); strings.HasPrefix(to, "/admin/intakes/") { // what it is, its job says
					o.work()
					r = b.get(to)
				}
				runtime.ReadMemStats(&after)
				if r.status != http.StatusOK && (r.status < 400 || r.status >= 500) || harmful(r.body) { // 200: the form comes back
					t.Errorf("POST %s with %s: %d", f.action, name, r.status)
				}
				if r.status < 400 && !strings.Contains(r.body, `role="alert"`) && !strings.Contains(r.body, `class="problem`) || strings.Contains(r.body, "処理できませんでした") {
					t.Errorf("POST %s with %s says nothing", f.action, name)
				}
				if all := (after.TotalAlloc - before.TotalAlloc) >> 20; all > 300 {
					t.Errorf("POST %s with %s took %d MB", f.action, name, all)
				}
			}
		}
	}
	for route := range maxBodies {
		if !tried[route] {
			t.Errorf("POST %s takes files, and none was tried", route)
		}
	}
	// A file where none is asked for is no form: nothing is taken, or the form comes back.
	engine := gin.New()
	o.panel.Routes(engine)
	fill := strings.NewReplacer(":id", "1", ":slug", "kosodate", ":flyer", "1", ":code", "1")
	for _, one := range engine.Routes() {
		if one.Method != http.MethodPost || !strings.HasPrefix(one.Path, "/admin/") || one.Path == "/admin/logout" {
			continue
		}
		f := form{action: fill.Replace(one.Path), multipart: true}
		if r := b.submit(f, map[string][]byte{"file": make([]byte, 2*maxBody)}); r.status >= 500 {
			t.Errorf("POST %s breaks over a file: %d", one.Path, r.status)
		}
		if r := b.post(fill.Replace(one.Path), "x", strings.Repeat("a", 2*maxBody)); maxBodies[one.Path] == 0 && r.status != http.StatusRequestEntityTooLarge {
			t.Errorf("POST %s takes a form of 2 MB: %d", one.Path, r.status)
		}
	}
}

// routeOf is the route of an address.
func routeOf(o *office, address string) string {
	address, _, _ = strings.Cut(address, "?")
	is := strings.Split(address, "/")
	for route := range maxBodies {
		parts := strings.Split(route, "/")
		if slices.EqualFunc(parts, is, func(part, name string) bool {
			return part == name || strings.HasPrefix(part, ":") && name != "new" && name != "import"
		}) {
			return route
		}
	}
	return address
}

// zipOf packs a file of so many bytes.
func zipOf(name, text string, size int) []byte {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	w, _ := z.Create(name)
	for many := []byte(strings.Repeat(text, 1<<20/len(text))); size > 0; size -= len(many) {
		w.Write(many)
	}
	z.Close()
	return file.Bytes()
}

// hugePNG is the beginning of a picture that says it is so large.
func hugePNG(width, height uint32) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	head = append(binary.BigEndian.AppendUint32(head, height), 8, 6, 0, 0, 0)
	png := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	png = binary.BigEndian.AppendUint32(append(png, head...), crc32.ChecksumIEEE(head))
	return append(png, 0, 0, 0, 0, 'I', 'D', 'A', 'T', 0x35, 0xaf, 0x06, 0x1e)
}
