package admin

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hostileText would run if it were shown as it is, in a text, in an attribute, or in a cell of a spreadsheet.
const hostileText = `=1+1<script>hostile()</script>"'><img src=x onerror=hostile()>`

// harmful reports whether a page shows any of it as HTML.
func harmful(body string) bool {
	return strings.Contains(body, "<script>hostile") || strings.Contains(body, "<img src=x")
}

// form is a form as a page has it.
type form struct {
	action    string
	multipart bool
	values    url.Values
	texts     []string // fields that anything can be typed into
	files     []string
}

// formsOf finds the forms of a page that send something, with what stands in them.
func formsOf(t testing.TB, at, page string) []form {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var forms []form
	var walk func(n *html.Node, f *form)
	walk = func(n *html.Node, f *form) {
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		_, checked := attr["checked"]
		name := attr["name"]
		switch {
		case n.Data == "form" && strings.EqualFold(attr["method"], "post"):
			action := attr["action"]
			if action == "" {
				action = at
			}
			forms = append(forms, form{action: action, multipart: attr["enctype"] == "multipart/form-data", values: url.Values{}})
			i := len(forms) - 1
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c, &forms[i])
			}
			return
		case f == nil || name == "":
		case n.Data == "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			f.values.Add(name, text)
			f.texts = append(f.texts, name)
		case n.Data == "select":
			chosen := ""
			for o := n.FirstChild; o != nil; o = o.NextSibling {
				value, on := "", false
				for _, a := range o.Attr {
					switch a.Key {
					case "value":
						value = a.Val
					case "selected":
						on = true
					}
				}
				if on {
					chosen = value
				}
			}
			f.values.Add(name, chosen)
		case n.Data == "input" && attr["type"] == "file":
			f.files = append(f.files, name)
		case n.Data == "input" && (attr["type"] == "checkbox" || attr["type"] == "radio"):
			if checked {
				f.values.Add(name, attr["value"])
			}
		case n.Data == "input":
			f.values.Add(name, attr["value"])
			if attr["type"] != "password" && attr["type"] != "hidden" {
				f.texts = append(f.texts, name)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, f)
		}
	}
	walk(doc, nil)
	return forms
}

// submit sends a form, with files if it takes some.
func (b *person) submit(f form, files map[string][]byte) reply {
	b.o.t.Helper()
	if !f.multipart {
		r := b.request(http.MethodPost, f.action)
		body := f.values.Encode()
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		return b.do(r)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range f.values {
		for _, value := range values {
			w.WriteField(name, value)
		}
	}
	for name, data := range files {
		part, err := w.CreateFormFile(name, `../../`+hostileText+`.png`)
		if err != nil {
			b.o.t.Fatal(err)
		}
		part.Write(data)
	}
	w.Close()
	r := b.request(http.MethodPost, f.action)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
	return b.do(r)
}

// everyForm returns the forms of every page, by their addresses and fields.
func (o *office) everyForm(b *person, pages map[string]string) []form {
	o.t.Helper()
	known := map[string]form{}
	for _, address := range slices.Sorted(maps.Keys(pages)) {
		at, _, _ := strings.Cut("/admin"+address, "?")
		for _, f := range formsOf(o.t, at, b.get("/admin"+address).body) {
			if f.action != "/admin/logout" {
				known[f.action+" "+strings.Join(slices.Sorted(maps.Keys(f.values)), " ")] = f
			}
		}
	}
	var all []form
	for _, key := range slices.Sorted(maps.Keys(known)) {
		all = append(all, known[key])
	}
	return all
}
